"""The system's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock
    from chalicelib.system.domain.tokens import Token


class FakeTokens:
    """Tokens in a dict; implements `Tokens`."""

    def __init__(self) -> None:
        self._by_digest: dict[str, Token] = {}
        self._lock = Lock()

    def add(self, token: Token) -> None:
        """Keep a token."""
        self._by_digest[token.digest] = token

    def find(self, digest: str) -> Token | None:
        """Give the token."""
        return self._by_digest.get(digest)

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token, once."""
        with self._lock:
            token = next((each for each in self._by_digest.values() if each.id == token_id), None)
            if token is None:
                return None
            revoked = replace(token, revoked_at=token.revoked_at or at)
            self._by_digest[token.digest] = revoked
            return revoked


@dataclass
class FakeSystem:
    """Everything that the system's use cases work with, in memory."""

    clock: Clock
    tokens: FakeTokens = field(default_factory=FakeTokens)
