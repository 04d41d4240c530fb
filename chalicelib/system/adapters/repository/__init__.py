"""The system's rows in DynamoDB, by aggregate."""
