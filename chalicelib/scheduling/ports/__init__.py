"""What scheduling needs from outside, a file for each matter."""
