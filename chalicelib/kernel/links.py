"""Links that open one thing without a token: signed for it alone, and only for a time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.kernel.errors import Forbidden

if TYPE_CHECKING:
    from datetime import timedelta


class SignedLinks:
    """Signs what a link may open; a signature fits one kind of thing, one thing, and this key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def sign(self, kind: str, id_: str, now: datetime, lasts: timedelta) -> str:
        """Make the signature that opens the thing from now on for so long; safe in an address."""
        return str(self._serializer(kind, id_).dumps(int((now + lasts).timestamp())))

    def check(self, kind: str, id_: str, signature: str, now: datetime) -> None:
        """Refuse what does not open this thing now; `Forbidden`, code `link_invalid` or `link_expired`."""
        try:
            until = datetime.fromtimestamp(self._serializer(kind, id_).loads(signature), UTC)
        except (BadData, ValueError, TypeError, OverflowError, OSError, RecursionError):
            raise Forbidden("This link opens nothing.", code="link_invalid") from None
        if now >= until:
            raise Forbidden("This link is too old; ask for a new one.", code="link_expired")

    def _serializer(self, kind: str, id_: str) -> URLSafeSerializer:
        salt = hashlib.sha256(f"link\0{kind}\0{id_}".encode()).digest()
        return URLSafeSerializer(self._key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
