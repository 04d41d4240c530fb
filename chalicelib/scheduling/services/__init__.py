"""What scheduling does, a file for each matter."""
