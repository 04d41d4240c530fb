"""Tokens are issued, checked and revoked."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.ids import is_id, new_id, new_secret
from chalicelib.system.domain.tokens import Principal, Scope, Token

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.system.ports.tokens import TokenPorts

MAX_NAME = 100
_SECRET = re.compile(r"aics_[A-Za-z0-9_-]{43}")


def issue_token(
    system: TokenPorts, name: str, scope: Scope, expires_at: datetime | None = None
) -> tuple[str, Token]:
    """Make a token; the secret is returned this once and kept only as a digest.

    `expires_at` is aware and in the future, else `Invalid` with code `bad_expiry`; `name` has 1 to
    100 characters, else `Invalid` with code `bad_token_name`.
    """
    now = from_millis(to_millis(system.clock.now()))
    if expires_at is not None and expires_at <= now:
        raise Invalid("A token must expire in the future.", code="bad_expiry")
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise Invalid(f"A token's name has 1 to {MAX_NAME} characters.", code="bad_token_name")
    secret = new_secret("aics")
    expiry = expires_at and from_millis(to_millis(expires_at))
    token = Token(new_id("token"), name.strip(), scope, now, _digest(secret), expires_at=expiry)
    system.tokens.add(token)
    return secret, token


def authenticate(system: TokenPorts, secret: str) -> Principal | None:
    """Give the identity behind a secret, or None when it is unknown, expired or revoked."""
    if not _SECRET.fullmatch(secret):
        return None
    digest = _digest(secret)
    token = system.tokens.find(digest)
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    return token.principal() if token.valid_at(system.clock.now()) else None


def revoke_token(system: TokenPorts, token_id: str) -> Token:
    """Make a token useless; again is harmless and keeps the first instant."""
    revoked = None
    if is_id(token_id, "token"):
        revoked = system.tokens.revoke(token_id, from_millis(to_millis(system.clock.now())))
    if revoked is None:
        raise NotFound("There is no such token.", code="token_not_found")
    return revoked


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
