"""What the API takes and shows of scheduling."""
