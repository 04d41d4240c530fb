"""Packaging and the template: what the stack owns beyond its functions; nothing here ships to Lambda."""
