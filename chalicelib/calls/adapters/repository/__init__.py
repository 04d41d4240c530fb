"""Calls, turns, numbers and templates in the calls table."""
