"""Everything that ships to Lambda; the domains, and the ways in."""
