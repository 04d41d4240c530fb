"""Tokens in memory."""

from __future__ import annotations

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.system.domain.tokens import Token


class FakeTokens:
    """Tokens in a dict; implements `Tokens`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Token] = {}
        self._lock = Lock()

    def add(self, token: Token) -> bool:
        """Keep a token, once."""
        with self._lock:
            return self._by_id.setdefault(token.id, token) is token

    def find(self, digest: str) -> Token | None:
        """Give the token."""
        return next((token for token in self._by_id.values() if token.digest == digest), None)

    def get(self, token_id: str) -> Token | None:
        """Give the token."""
        return self._by_id.get(token_id)

    def latest(self, page_size: int, start: str | None = None) -> Page[Token]:
        """Give a page, the newest first."""
        found = sorted((key for key in self._by_id if start is None or key < start), reverse=True)
        shown = found[:page_size]
        return Page([self._by_id[key] for key in shown], shown[-1] if len(found) >= page_size else None)

    def reseal(self, token: Token, digest: str) -> Token | None:
        """Give the token another digest."""
        with self._lock:
            kept = self._by_id[token.id]
            if replace(kept, last_used_at=None) != replace(token, last_used_at=None):
                return None
            self._by_id[token.id] = replace(kept, digest=digest)
            return self._by_id[token.id]

    def rotate(self, old: Token, new: Token) -> bool:
        """Keep both, when the old one is untouched."""
        with self._lock:
            kept = self._by_id[old.id]
            if new.id in self._by_id or kept.rotated_to or kept.revoked_at:
                return False
            self._by_id |= {old.id: replace(old, last_used_at=kept.last_used_at), new.id: new}
            return True

    def note_use(self, digest: str, at: datetime, unless_since: datetime) -> None:
        """Keep when a token was used."""
        with self._lock:
            token = self.find(digest)
            if token and token.unused_since(unless_since):
                self._by_id[token.id] = replace(token, last_used_at=at)

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token, once."""
        with self._lock:
            token = self._by_id.get(token_id)
            if token is None:
                return None
            self._by_id[token_id] = replace(token, revoked_at=token.revoked_at or at)
            return self._by_id[token_id]
