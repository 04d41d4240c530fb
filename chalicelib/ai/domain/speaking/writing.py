"""Answers that are read and not heard: as the model writes them, without what nobody can see."""

from __future__ import annotations

import re

# Characters that are no text: XML 1.0 forbids them, and terminals obey some of them.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Writer:
    """Takes one answer as it comes, in place of a `Speaker`."""

    @staticmethod
    def add(text: str) -> str:
        """Take more text; give what can be shown of it."""
        return _NO_TEXT.sub("", text)

    @staticmethod
    def rest() -> str:
        """Give what is left at the end of the answer: nothing waits."""
        return ""
