"""How written text becomes text that a voice can speak."""

from __future__ import annotations

from chalicelib.ai.domain.speaking.cleaning import Speaker
from chalicelib.ai.domain.speaking.writing import Writer

__all__ = ["Speaker", "Writer", "speakable"]


def speakable(text: str, language: str = "en") -> str:
    """Clean a whole text in the language of a tag, as an answer is cleaned that a model streams."""
    speaker = Speaker(language)
    return speaker.add(text) + speaker.rest()
