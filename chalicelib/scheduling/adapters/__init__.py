"""Where promises are kept."""
