"""REST routes of tokens: made, listed, rotated and revoked; nobody manages one that may more than theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.schemas.tokens import (
    IssuedTokenView,
    RotateIn,
    TokenIn,
    TokenList,
    TokenView,
    issued_view,
)
from chalicelib.system.services import tokens

if TYPE_CHECKING:
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.tokens import Token

bp = Blueprint(__name__)
_TOKENS = "/v1/tokens"
_TOKEN = _TOKENS + "/{token_id}"
_MISSING = {"token_not_found": 404}
_REACH = {**_MISSING, "scope_too_high": 403}


@route(
    bp,
    "POST",
    _TOKENS,
    scope=Scope.OPERATOR,
    body=TokenIn,
    returns=IssuedTokenView,
    status=201,
    errors={"scope_too_high": 403, "bad_expiry": 400, "token_changed": 409},
    example={"name": "Night shift", "scope": "viewer", "expires_in_days": 90},
)
def create_token(request: Request[TokenIn, NoQuery]) -> IssuedTokenView:
    """Create a token.

    Its secret is in this answer and nowhere else; a repeated request (`Idempotency-Key`) has null there.
    """
    system = container().system
    wish = request.body.wish(system.clock.now())
    return issued_view(tokens.mint_token(system, request.principal, wish, request.new_id("token")))


@route(bp, "GET", _TOKENS, scope=Scope.OPERATOR, query=PageQuery, returns=TokenList)
def list_tokens(request: Request[None, PageQuery]) -> Page[Token]:
    """List all tokens, newest first, revoked and expired ones too."""
    return tokens.list_tokens(container().system, request.query.page_size, request.start)


@route(bp, "GET", _TOKENS + "/current", scope=Scope.VIEWER, returns=TokenView, errors=_MISSING)
def get_current_token(request: Request[None, NoQuery]) -> Token:
    """Read the token that this request was sent with."""
    return tokens.get_token(container().system, request.principal.token_id)


@route(bp, "GET", _TOKEN, scope=Scope.OPERATOR, returns=TokenView, errors=_MISSING)
def get_token(request: Request[None, NoQuery]) -> Token:
    """Read a token."""
    return tokens.get_token(container().system, request.path["token_id"])


@route(
    bp,
    "POST",
    _TOKEN + "/rotate",
    scope=Scope.OPERATOR,
    body=RotateIn,
    returns=IssuedTokenView,
    status=201,
    errors={**_REACH, "token_rotated": 409, "token_not_valid": 409, "token_changed": 409},
    example={"overlap_seconds": 3600},
)
def rotate_token(request: Request[RotateIn, NoQuery]) -> IssuedTokenView:
    """Replace a token by a new one with the same name and scope.

    It lives as long as the old one was given to live. The old secret stays valid for `overlap_seconds`.
    """
    overlap, new_id = request.body.overlap(), request.new_id("token")
    token_id = request.path["token_id"]
    return issued_view(tokens.rotate_token(container().system, request.principal, token_id, overlap, new_id))


@route(bp, "DELETE", _TOKEN, scope=Scope.OPERATOR, returns=TokenView, errors=_REACH)
def revoke_token(request: Request[None, NoQuery]) -> Token:
    """Revoke a token, for good; the one in use as well.

    API Gateway may admit its secret for another minute, because it keeps what the authorizer said.
    """
    return tokens.withdraw_token(container().system, request.principal, request.path["token_id"])
