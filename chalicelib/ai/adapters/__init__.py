"""Where the conversation meets vendors: model providers, the template renderer, the table."""
