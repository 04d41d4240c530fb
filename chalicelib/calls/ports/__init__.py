"""What calls need from outside, by what it is about."""
