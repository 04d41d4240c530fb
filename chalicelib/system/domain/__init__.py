"""The terms and rules of the system itself; no I/O."""
