"""Cuts text into tokens, a token being a word with the space before it; no model's own vocabulary."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\s*\S+|\s+$")
_PROMPT_TOKEN = re.compile(r"\w{1,6}|[^\w\s]")


def split(text: str) -> list[str]:
    """Return the tokens of an answer; joined they give the text back."""
    return _TOKEN.findall(text)


def split_arguments(text: str) -> list[str]:
    """Return at least two fragments of a tool call's arguments, as a client must be able to join them."""
    parts = split(text)
    if len(parts) > 1 or len(text) < 2:  # noqa: PLR2004 - one character cannot be split
        return parts
    middle = len(text) // 2
    return [text[:middle], text[middle:]]


def count_prompt(text: str) -> int:
    """Return about as many tokens as a real tokenizer finds in English."""
    return sum(1 for _ in _PROMPT_TOKEN.finditer(text))
