"""Twilio's identifiers: two letters naming the kind, then 32 hexadecimal digits."""

from __future__ import annotations

import re
import secrets

_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")


def new_sid(kind: str) -> str:
    """Return a fresh identifier of a kind: CA call, RE recording, SM message, PN number, CF, VX, TR."""
    return kind + secrets.token_hex(16)


def is_sid(text: str, kind: str) -> bool:
    """Tell whether the text is a well-formed identifier of the kind."""
    return text.startswith(kind) and _SID.fullmatch(text) is not None
