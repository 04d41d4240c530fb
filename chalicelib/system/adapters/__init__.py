"""Where the system's tokens are kept."""
