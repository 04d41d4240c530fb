"""What the conversation needs from outside."""
