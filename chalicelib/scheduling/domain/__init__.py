"""What scheduling is about, as values and rules: promised callbacks, campaigns, members."""
