"""The conversation's stored things, a module an aggregate."""
