"""Where the next page starts travels in a signed token that fits one list and its filters only."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_REMEDY = "Use next_page_token of an answer to the same request, or leave page_token out."


class PageTokens:
    """Signs positions; a token is refused for any other list, filter or key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def write(self, listing: str, filters: Mapping[str, Any], start: str) -> str:
        """Make the token that asks for what follows `start`."""
        return str(self._serializer(listing, filters).dumps(start))

    def read(self, listing: str, filters: Mapping[str, Any], token: str) -> str:
        """Give the position; `Invalid` with code `invalid_fields` for a token that is not of this list."""
        try:
            return str(self._serializer(listing, filters).loads(token))
        except (BadData, ValueError, RecursionError):
            wrong = (FieldError("/page_token", _REMEDY),)
            raise Invalid("The page token does not fit.", code="invalid_fields", errors=wrong) from None

    def _serializer(self, listing: str, filters: Mapping[str, Any]) -> URLSafeSerializer:
        text = listing + repr(sorted((name, str(value)) for name, value in filters.items()))
        salt = hashlib.sha256(text.encode()).digest()
        return URLSafeSerializer(self._key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
