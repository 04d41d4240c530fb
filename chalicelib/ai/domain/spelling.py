"""How the same words are written differently by those who transcribe them."""

from __future__ import annotations


def plain_quotes(text: str) -> str:
    """Write every apostrophe in one way."""
    return text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")
