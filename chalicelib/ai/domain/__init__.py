"""The terms and rules of a conversation; no I/O."""
