"""The use cases of the system itself."""
