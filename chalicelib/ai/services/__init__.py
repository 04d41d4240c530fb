"""Use cases of the conversation outside the turn itself."""
