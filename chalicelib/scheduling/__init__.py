"""What happens later: for now the callbacks that are promised in calls."""
