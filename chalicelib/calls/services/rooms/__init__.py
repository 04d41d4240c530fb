"""People talk with each other: hand-overs, conferences, supervisors, by what it is about."""
