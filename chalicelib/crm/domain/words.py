"""Text as people compare it: without case, diacritics and punctuation."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a base and a mark (UAX #15), as people type them.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


def fold(text: str) -> str:
    """Give the words of a text, folded and parted by single spaces: `Łukasz  O'Neil` as `lukasz o neil`."""
    apart = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LETTERS)
    bare = (letter for letter in apart if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())
