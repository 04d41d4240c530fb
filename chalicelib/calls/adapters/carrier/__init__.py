"""Twilio's REST API through its own client; not imported on a webhook's path."""
