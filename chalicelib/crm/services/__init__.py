"""The CRM's use cases, by what they are about."""
