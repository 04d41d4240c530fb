"""The use cases of calls, one module for each stage of a call's life."""
