"""The scheduling table, a repository for each matter."""
