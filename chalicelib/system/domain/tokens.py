"""Tokens and scopes as values; storage and transport are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.actors import SYSTEM
from chalicelib.kernel.errors import Forbidden

if TYPE_CHECKING:
    from datetime import datetime

LAST_USED_PRECISION = timedelta(hours=1)


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
    """An API token as it is kept: its secret only as a SHA-256 digest in hexadecimal.

    `last_used_at` is right to within `LAST_USED_PRECISION`; `created_by` names an actor; `rotated_to` is
    the id of the token that took its place.
    """

    id: str
    name: str
    scope: Scope
    created_at: datetime
    digest: str = field(repr=False)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    created_by: str = SYSTEM
    rotated_to: str | None = None

    def valid_at(self, instant: datetime) -> bool:
        """Tell whether the token is neither revoked nor expired; it expires at the exact instant."""
        return self.revoked_at is None and (self.expires_at is None or instant < self.expires_at)

    def unused_since(self, instant: datetime) -> bool:
        """Tell whether no use was noted at or after `instant`."""
        return self.last_used_at is None or self.last_used_at < instant

    def principal(self) -> Principal:
        """Give the identity under which its bearer acts."""
        return Principal(self.id, self.name, self.scope)


@dataclass(frozen=True)
class TokenWish:
    """What a new token shall be called, may do, and when it ends (None: never)."""

    name: str
    scope: Scope
    expires_at: datetime | None = None


@dataclass(frozen=True)
class IssuedToken:
    """A token with its secret, which is known at this one moment only."""

    token: Token
    secret: str = field(repr=False)


def check_reach(principal: Principal, scope: Scope) -> None:
    """Refuse that somebody makes, changes or ends a token that may more than their own.

    Raises `Forbidden` with code `scope_too_high`.
    """
    if not principal.scope.covers(scope):
        raise Forbidden(
            f"A token of scope {principal.scope} cannot manage one of scope {scope}.", code="scope_too_high"
        )


def successor(old: Token, token_id: str, digest: str, now: datetime, created_by: str) -> Token:
    """Give the token that takes the place of `old`: same name and scope, and as long to live as it had."""
    expires_at = now + (old.expires_at - old.created_at) if old.expires_at else None
    return Token(token_id, old.name, old.scope, now, digest, expires_at, created_by=created_by)


def retired(old: Token, new_id: str, now: datetime, overlap: timedelta) -> Token:
    """Give `old` as it is after its rotation: valid for `overlap` longer at most, revoked if that is zero."""
    if not overlap:
        return replace(old, rotated_to=new_id, revoked_at=now)
    until = now + overlap
    return replace(old, rotated_to=new_id, expires_at=min(old.expires_at or until, until))
