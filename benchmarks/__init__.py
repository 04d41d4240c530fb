"""Measures the product against its budgets; asserts nothing and ships nothing."""
