"""A keeper of people in memory, and the tokens that it signs."""

from __future__ import annotations

import base64
import json
from typing import Any


def access_token(**claims: Any) -> str:
    """Write a token with these claims; its signature is nobody's."""
    parts = ({"alg": "RS256"}, claims)
    return ".".join([*(_part(json.dumps(part).encode()) for part in parts), _part(b"signature")])


class FakeDirectory:
    """Knows the tokens that were issued, and whose they are; implements `Directory`."""

    def __init__(self) -> None:
        self.asked = 0
        self._subjects: dict[str, str] = {}

    def issue(self, **claims: Any) -> str:
        """Issue a token to the user whom its claims name."""
        token = access_token(**claims)
        self._subjects[token] = claims["sub"]
        return token

    def revoke(self, token: str) -> None:
        """Let a token expire, or take it back."""
        del self._subjects[token]

    def subject_of(self, access_token: str) -> str | None:
        """Give whose token it is."""
        self.asked += 1
        return self._subjects.get(access_token)


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
