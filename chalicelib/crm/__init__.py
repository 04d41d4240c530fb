"""The people we talk to: contacts, and the notes about them."""
