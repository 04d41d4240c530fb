"""The CRM in DynamoDB; no scan, and uniqueness by condition, never by query."""
