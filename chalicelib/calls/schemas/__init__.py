"""Calls, call templates, routes and suppressed numbers as the API takes and shows them."""
