"""A place that keeps tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.tokens import Token


class Tokens(Protocol):
    """Where tokens are kept, by digest and by id."""

    def add(self, token: Token) -> bool:
        """Keep a new token; False, and nothing changes, when its id or its digest is taken."""

    def find(self, digest: str) -> Token | None:
        """Give the token with this digest, by one consistent read."""

    def get(self, token_id: str) -> Token | None:
        """Give the token with this id, consistently."""

    def latest(self, page_size: int, start: str | None = None) -> Page[Token]:
        """Give a page of all tokens, the newest first; `start` is the `next_start` of the page before."""

    def reseal(self, token: Token, digest: str) -> Token | None:
        """Give the token another digest, which ends its old secret; None when it was changed meanwhile."""

    def rotate(self, old: Token, new: Token) -> bool:
        """Keep `new`, and `old` as it is given, both or neither.

        False, and nothing changes, when `new` is there already, or `old` was revoked or rotated meanwhile.
        """

    def note_use(self, digest: str, at: datetime, unless_since: datetime) -> None:
        """Keep when a token was used, unless a use at or after `unless_since` is known."""

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token revoked, keeping an earlier revocation; None when there is no such id."""


class TokenPorts(Protocol):
    """What the use cases of tokens work with."""

    clock: Clock

    @property
    def tokens(self) -> Tokens:
        """Kept tokens."""
