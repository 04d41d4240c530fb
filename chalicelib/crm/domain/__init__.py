"""The terms and rules of the CRM; no I/O."""
