"""Tokens are issued, checked, rotated and revoked; nobody manages a token that may more than their own."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, FieldError, Invalid, NotFound, Unavailable
from chalicelib.kernel.ids import is_id, new_id, new_secret
from chalicelib.kernel.logs import log
from chalicelib.system.domain.tokens import (
    LAST_USED_PRECISION,
    IssuedToken,
    Scope,
    Token,
    check_reach,
    retired,
    successor,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.tokens import Principal, TokenWish
    from chalicelib.system.ports.tokens import TokenPorts

MAX_NAME = 100
MAX_OVERLAP = timedelta(days=1)
_SECRET = re.compile(r"aics_[A-Za-z0-9_-]{43}")


def issue_token(
    system: TokenPorts,
    name: str,
    scope: Scope,
    expires_at: datetime | None = None,
    token_id: str | None = None,
) -> tuple[str, Token]:
    """Make a token; the secret is returned this once and kept only as a digest.

    `expires_at` is aware and in the future, else `Invalid` with code `bad_expiry`; `name` has 1 to
    100 characters, else `Invalid` with code `bad_token_name`. A `token_id` that exists already is a
    request repeated because its answer was lost: the same token gets a new secret.
    """
    now = _now(system)
    if expires_at is not None and expires_at <= now:
        message = "A token must expire in the future."
        raise Invalid(message, code="bad_expiry", errors=(FieldError("/expires_at", message),))
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise Invalid(f"A token's name has 1 to {MAX_NAME} characters.", code="bad_token_name")
    secret = new_secret("aics")
    expiry = expires_at and from_millis(to_millis(expires_at))
    token = Token(
        token_id or new_id("token"), name.strip(), scope, now, _digest(secret), expiry, created_by=actor()
    )
    if system.tokens.add(token):
        log("token.issued", token_id=token.id, scope=scope.value)
        return secret, token
    return secret, _resealed(system, token)


def mint_token(system: TokenPorts, principal: Principal, wish: TokenWish, token_id: str) -> IssuedToken:
    """Make a token on somebody's behalf; `Forbidden` (`scope_too_high`) for more than they may themselves.

    See `issue_token` for what else is refused.
    """
    check_reach(principal, wish.scope)
    secret, token = issue_token(system, wish.name, wish.scope, wish.expires_at, token_id)
    return IssuedToken(token, secret)


def rotate_token(
    system: TokenPorts, principal: Principal, token_id: str, overlap: timedelta, new_token_id: str
) -> IssuedToken:
    """Make the token that takes the place of another; the old one is valid for `overlap` longer.

    Raises `NotFound` (`token_not_found`), `Forbidden` (`scope_too_high`), `Invalid` (`bad_overlap`) and
    `Conflict`: `token_not_valid` for one that is revoked or expired, `token_rotated` for one that was
    replaced before. Asked again with the same `new_token_id`, because the answer was lost, the same new
    token gets another secret and nothing else changes.
    """
    if not timedelta() <= overlap <= MAX_OVERLAP:
        raise Invalid("A token can be valid for a day at most after its rotation.", code="bad_overlap")
    old = _reachable(system, principal, token_id)
    secret, now = new_secret("aics"), _now(system)
    new = successor(old, new_token_id, _digest(secret), now, actor())
    if old.rotated_to == new.id:
        return IssuedToken(_resealed(system, new), secret)
    _check_rotatable(old, now)
    if not system.tokens.rotate(retired(old, new.id, now, overlap), new):
        raise _moved_on()
    log("token.rotated", token_id=old.id, rotated_to=new.id)
    return IssuedToken(new, secret)


def withdraw_token(system: TokenPorts, principal: Principal, token_id: str) -> Token:
    """Revoke a token on somebody's behalf, their own as well; again is harmless.

    Raises `NotFound` (`token_not_found`) and `Forbidden` (`scope_too_high`).
    """
    _reachable(system, principal, token_id)
    return revoke_token(system, token_id)


def authenticate(system: TokenPorts, secret: str) -> Principal | None:
    """Give the identity behind a secret, or None when it is unknown, expired or revoked.

    The use is noted, once an hour at most; when that fails, the bearer is admitted all the same.
    """
    if not _SECRET.fullmatch(secret):
        return None
    digest = _digest(secret)
    token = system.tokens.find(digest)
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    now = _now(system)
    if not token.valid_at(now):
        return None
    _note_use(system, token, now)
    return token.principal()


def get_token(system: TokenPorts, token_id: str) -> Token:
    """Give a token, or `NotFound` with code `token_not_found`."""
    token = system.tokens.get(token_id) if is_id(token_id, "token") else None
    if token is None:
        raise _not_found()
    return token


def list_tokens(system: TokenPorts, page_size: int, start: str | None) -> Page[Token]:
    """Give a page of all tokens, the newest first."""
    return system.tokens.latest(page_size, start)


def revoke_token(system: TokenPorts, token_id: str) -> Token:
    """Make a token useless; again is harmless and keeps the first instant."""
    revoked = system.tokens.revoke(token_id, _now(system)) if is_id(token_id, "token") else None
    if revoked is None:
        raise _not_found()
    log("token.revoked", token_id=token_id)
    return revoked


def _reachable(system: TokenPorts, principal: Principal, token_id: str) -> Token:
    token = get_token(system, token_id)
    check_reach(principal, token.scope)
    return token


def _check_rotatable(token: Token, now: datetime) -> None:
    if token.rotated_to:
        raise Conflict(f"The token was replaced by {token.rotated_to}.", code="token_rotated")
    if not token.valid_at(now):
        raise Conflict("The token is revoked or expired; create a new one.", code="token_not_valid")


def _resealed(system: TokenPorts, like: Token) -> Token:
    """Give a token whose first answer was lost another secret: that of `like`, which nobody has seen yet."""
    kept = system.tokens.get(like.id)
    if kept is None or (kept.name, kept.scope) != (like.name, like.scope):
        raise _moved_on()
    resealed = system.tokens.reseal(kept, like.digest)
    if resealed is None:
        raise _moved_on()
    return resealed


def _note_use(system: TokenPorts, token: Token, now: datetime) -> None:
    since = now - LAST_USED_PRECISION
    if not token.unused_since(since):
        return
    try:
        system.tokens.note_use(token.digest, now, since)
    except Unavailable:
        log("token.use_not_noted", token_id=token.id)


def _moved_on() -> Conflict:
    return Conflict("The token was changed meanwhile; read it again.", code="token_changed")


def _not_found() -> NotFound:
    return NotFound("There is no such token.", code="token_not_found")


def _now(system: TokenPorts) -> datetime:
    return from_millis(to_millis(system.clock.now()))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
