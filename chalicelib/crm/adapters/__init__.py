"""Where contacts and notes are kept."""
