"""The system itself: who may use it, and whether it is ready."""
