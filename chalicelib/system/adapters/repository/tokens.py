"""Tokens in DynamoDB: one read to authenticate, one transaction to issue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.system.adapters.tables import TokenIdItem, TokenItem
from chalicelib.system.domain.tokens import Scope, Token

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.connection import Connection

_ALL = "TOKENS"


@unavailable_on(PynamoDBException)
class TokenRepository:
    """Tokens, on the connection of their table; implements `Tokens`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: Token) -> None:
        """Keep a new token and its place in the list, both or neither."""
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(_item(token), condition=TokenItem.pk.does_not_exist())
            transaction.save(TokenIdItem(_ALL, f"TOKEN#{token.id}", digest=token.digest))

    def find(self, digest: str) -> Token | None:
        """Give the token with this digest, by one consistent read."""
        try:
            return _token(TokenItem.get(f"TOKEN#{digest}", "TOKEN", consistent_read=True))
        except DoesNotExist:
            return None

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token revoked, keeping an earlier revocation; None when there is no such id."""
        try:
            digest = TokenIdItem.get(_ALL, f"TOKEN#{token_id}", consistent_read=True).digest
        except DoesNotExist:
            return None
        self._mark(digest, at)
        return self.find(digest)

    def _mark(self, digest: str, at: datetime) -> None:
        mark = TokenItem.revoked_at
        try:
            TokenItem(f"TOKEN#{digest}", "TOKEN").update([mark.set(iso(at))], mark.does_not_exist())
        except UpdateError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise


def _item(token: Token) -> TokenItem:
    return TokenItem(
        f"TOKEN#{token.digest}",
        "TOKEN",
        id=token.id,
        name=token.name,
        scope=token.scope.value,
        digest=token.digest,
        created_at=iso(token.created_at),
        valid_until=token.expires_at and iso(token.expires_at),
        revoked_at=token.revoked_at and iso(token.revoked_at),
    )


def _token(item: TokenItem) -> Token:
    return Token(
        id=item.id,
        name=item.name,
        scope=Scope(item.scope),
        created_at=from_iso(item.created_at),
        digest=item.digest,
        expires_at=from_iso(item.valid_until) if item.valid_until else None,
        revoked_at=from_iso(item.revoked_at) if item.revoked_at else None,
    )
