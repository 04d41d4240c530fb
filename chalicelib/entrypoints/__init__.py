"""Every way in, and the only folder that speaks Chalice; what happens then is in the domains."""
