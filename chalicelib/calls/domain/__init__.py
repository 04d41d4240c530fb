"""The terms and rules of calls; no I/O."""
