"""Tokens as the API takes and shows them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.kernel.schemas import Input, Instant, InstantIn
from chalicelib.system.domain.tokens import Scope, TokenWish
from chalicelib.system.services.tokens import MAX_NAME, MAX_OVERLAP

if TYPE_CHECKING:
    from chalicelib.system.domain.tokens import IssuedToken

_MAX_DAYS = 3650

TokenName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=MAX_NAME, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
    Field(description="Who or what uses it; written beside everything that is done with it."),
]


class TokenIn(Input):
    """A token to create; without an expiry it is valid until it is revoked."""

    name: TokenName
    scope: Scope
    expires_in_days: Annotated[int, Field(ge=1, le=_MAX_DAYS)] | None = None
    expires_at: InstantIn | None = None

    @model_validator(mode="after")
    def _one_expiry(self) -> TokenIn:
        if self.expires_in_days is not None and self.expires_at is not None:
            raise ValueError("Give either expires_in_days or expires_at, or none of them.")
        return self

    def wish(self, now: datetime) -> TokenWish:
        """Give the use case's input; days are counted from `now`."""
        days = self.expires_in_days
        return TokenWish(self.name, self.scope, now + timedelta(days=days) if days else self.expires_at)


class RotateIn(Input):
    """How a token is rotated."""

    overlap_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=int(MAX_OVERLAP.total_seconds()),
            description="For how long the old secret stays valid.",
        ),
    ] = 0

    def overlap(self) -> timedelta:
        """Give the time for which both secrets are valid."""
        return timedelta(seconds=self.overlap_seconds)


class TokenView(BaseModel):
    """A token without its secret; `last_used_at` is right to within an hour."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    scope: Scope
    created_at: Instant
    created_by: str
    expires_at: Instant | None
    revoked_at: Instant | None
    last_used_at: Instant | None
    rotated_to: Annotated[str | None, Field(description="The id of the token that took its place.")]


class IssuedTokenView(TokenView):
    """A new token; its secret is shown this once, and null when the request is repeated."""

    secret_fields: ClassVar[tuple[str, ...]] = ("secret",)
    secret: Annotated[str | None, Field(description="Send it as Authorization: Bearer <secret>.")]


class TokenList(BaseModel):
    """One page of tokens, newest first; the page token, if any, asks for the next."""

    items: list[TokenView]
    next_page_token: str | None


def issued_view(issued: IssuedToken) -> IssuedTokenView:
    """Give a new token with its secret, as the API shows it once."""
    shown = TokenView.model_validate(issued.token)
    return IssuedTokenView(**shown.model_dump(), secret=issued.secret)
