"""Situations of the phone, by area; the form is in `base`."""
