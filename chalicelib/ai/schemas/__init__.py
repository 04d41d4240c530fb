"""What the conversation's API takes and shows."""
