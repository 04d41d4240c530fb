"""The signs of written text that are not spoken as they are, and how long one waits for the rest of some."""

from __future__ import annotations

import re

# Control characters that XML 1.0 forbids, marks of written text, emoji and what joins them.
SILENT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\u20e3\ud800-\udfff\ufe00-\ufe0f"
    "\ufeff\ufffe\uffff\u2190-\u21ff\u2300-\u23ff\u27e6\u27e7\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f*`~|\\\\^{}\\[>\u2022]"
)
BREAK = re.compile(r"[\r\n]\s*")
FIGURE_START = re.compile(r"[$€£¥+(]?\s?\d")
SIGNED = re.compile(r"[\d$€£¥]")
SMILEY = re.compile(r"[:;]-?[)(DP](?!\w)")
MAY_BE_SMILEY = re.compile(r"[:;]-?[)(DP]?")
ADDRESS_TAIL = re.compile(r"[\w.@+-]*")
URL = re.compile(r"\S*")
HOST = re.compile(
    r"(?:https?:/+)?(?:www\.)?([^\W_]+(?:-+[^\W_]+)*(?:\.[^\W_]+(?:-+[^\W_]+)*)*)", re.IGNORECASE
)
# Beginnings of words that cannot be spoken before it is known what follows.
HELD = frozenset({"http", "https", "www", "EUR", "USD", "GBP", "CHF", "JPY"})
HELD_PARTS = frozenset(word[:length] for word in HELD for length in range(1, len(word) + 1))
DOMAINS = {
    "com",
    "net",
    "org",
    "info",
    "io",
    "eu",
    "uk",
    "us",
    "de",
    "at",
    "ch",
    "es",
    "fr",
    "mx",
    "co",
    "app",
}
LONGEST = {"link": 400, "tag": 200, "address": 120}
PAUSES = ".!?:;,…-"
