"""What the CRM reads and says over HTTP: every field checked, unknown ones refused."""
