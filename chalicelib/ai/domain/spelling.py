"""How the same words are written differently by those who transcribe them."""

from __future__ import annotations

import re

_LONGEST = 2000
_MARKS = re.compile(r"[^\w\s](?: ?[^\w\s])+")
_STOPS = ".!?;,"


def plain_quotes(text: str) -> str:
    """Write every apostrophe in one way."""
    return text.replace("\u2019", "'").replace("\u2018", "'").replace("`", "'")


def tidied(text: str) -> str:
    """Give the first 2,000 characters, one space between words and one mark where several stand together.

    What remains has no long runs in it, on which patterns would take long.
    """
    return _MARKS.sub(_one_mark, " ".join(text[: 4 * _LONGEST].split()))[:_LONGEST]


def _one_mark(run: re.Match[str]) -> str:
    return next((mark for mark in run[0] if mark in _STOPS), run[0][0])
