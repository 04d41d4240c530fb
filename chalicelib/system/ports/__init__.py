"""What the system's use cases need from outside."""
