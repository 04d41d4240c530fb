"""Tokens and scopes as values; storage and transport are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Scope(StrEnum):
    """What a token may do; each scope includes the ones before it."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def covers(self, needed: Scope) -> bool:
        """Tell whether this scope is at least `needed`."""
        ranks = list(Scope)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True)
class Principal:
    """Who makes a request: the token's id, the name that people gave it, and its scope."""

    token_id: str
    name: str
    scope: Scope


ANONYMOUS = Principal(token_id="", name="anonymous", scope=Scope.VIEWER)


@dataclass(frozen=True)
class Token:
    """An API token as it is kept: its secret only as a SHA-256 digest in hexadecimal."""

    id: str
    name: str
    scope: Scope
    created_at: datetime
    digest: str = field(repr=False)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def valid_at(self, instant: datetime) -> bool:
        """Tell whether the token is neither revoked nor expired; it expires at the exact instant."""
        return self.revoked_at is None and (self.expires_at is None or instant < self.expires_at)

    def principal(self) -> Principal:
        """Give the identity under which its bearer acts."""
        return Principal(self.id, self.name, self.scope)
