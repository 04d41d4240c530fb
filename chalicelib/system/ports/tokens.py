"""A place that keeps tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock
    from chalicelib.system.domain.tokens import Token


class Tokens(Protocol):
    """Where tokens are kept, by digest and by id."""

    def add(self, token: Token) -> None:
        """Keep a new token."""

    def find(self, digest: str) -> Token | None:
        """Give the token with this digest, by one consistent read."""

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token revoked, keeping an earlier revocation; None when there is no such id."""


class TokenPorts(Protocol):
    """What the use cases of tokens work with."""

    clock: Clock

    @property
    def tokens(self) -> Tokens:
        """Kept tokens."""
