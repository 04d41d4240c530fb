"""The conversation: engine, prompts, providers and analysis; knows no phone and no customer records."""
