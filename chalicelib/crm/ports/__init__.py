"""What the CRM's use cases need from outside."""
