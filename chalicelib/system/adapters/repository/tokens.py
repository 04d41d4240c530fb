"""Tokens in DynamoDB: one read to authenticate, one transaction to issue, rotate or reseal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Unavailable, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code
from chalicelib.system.adapters.tables import TokenIdItem, TokenItem
from chalicelib.system.domain.tokens import Scope, Token

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.attributes import UnicodeAttribute
    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

_ALL = "TOKENS"
_REFUSED = {"ConditionalCheckFailed", "TransactionConflict"}
# A token moves only when a request is repeated; a digest that was looked up is stale once at most, or twice.
_LOOKS = 5


@unavailable_on(PynamoDBException)
class TokenRepository:
    """Tokens, on the connection of their table; implements `Tokens`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, token: Token) -> bool:
        """Keep a new token and its place in the list, both or neither; False when one is taken."""
        transaction = TransactWrite(connection=self._connection)
        _save_new(transaction, token)
        return _committed(transaction)

    def find(self, digest: str) -> Token | None:
        """Give the token with this digest, by one consistent read."""
        try:
            return _token(TokenItem.get(*_key(digest), consistent_read=True))
        except DoesNotExist:
            return None

    def get(self, token_id: str) -> Token | None:
        """Give the token with this id, consistently."""
        for _ in range(_LOOKS):
            digest = _digest_of(token_id)
            token = self.find(digest) if digest else None
            if digest is None or token:
                return token
        raise _moves_too_fast()

    def latest(self, page_size: int, start: str | None = None) -> Page[Token]:
        """Give a page of all tokens, the newest first: their places in the list, then all of them at once."""
        before = {"pk": {"S": _ALL}, "sk": {"S": start}} if start else None
        places = TokenIdItem.query(
            _ALL,
            scan_index_forward=False,
            limit=page_size,
            page_size=page_size,
            last_evaluated_key=before,
            consistent_read=True,
        )
        digests = [place.digest for place in places]
        found = TokenItem.batch_get([_key(digest) for digest in digests], consistent_read=True)
        by_digest = {item.digest: _token(item) for item in found}
        last = places.last_evaluated_key
        tokens = [by_digest[digest] for digest in digests if digest in by_digest]
        return Page(tokens, last["sk"]["S"] if last else None)

    def reseal(self, token: Token, digest: str) -> Token | None:
        """Move the token to another digest, in one transaction; None when it has moved on."""
        sealed = replace(token, digest=digest)
        transaction = TransactWrite(connection=self._connection)
        item = _item(sealed)
        item.resealed = True  # it is not issued again: whoever tells of changes must know
        transaction.save(item, condition=TokenItem.pk.does_not_exist())
        transaction.save(TokenIdItem(_ALL, _place(token.id), digest=digest))
        transaction.delete(TokenItem(*_key(token.digest)), condition=TokenItem.pk.exists() & _as_read(token))
        return sealed if _committed(transaction) else None

    def rotate(self, old: Token, new: Token) -> bool:
        """Keep the new token, and the old one as it is given, unless it was revoked or rotated meanwhile."""
        transaction = TransactWrite(connection=self._connection)
        _save_new(transaction, new)
        untouched = TokenItem.rotated_to.does_not_exist() & TokenItem.revoked_at.does_not_exist()
        transaction.update(
            TokenItem(*_key(old.digest)),
            actions=_retirement(old),
            condition=TokenItem.pk.exists() & untouched,
        )
        return _committed(transaction)

    def note_use(self, digest: str, at: datetime, unless_since: datetime) -> None:
        """Keep when a token was used, unless a use at or after `unless_since` is known."""
        used = TokenItem.last_used_at
        stale = used.does_not_exist() | (used < iso(unless_since))
        _update(digest, [used.set(iso(at))], TokenItem.pk.exists() & stale)

    def revoke(self, token_id: str, at: datetime) -> Token | None:
        """Mark the token revoked, keeping an earlier revocation; None when there is no such id.

        A token that moves to another digest meanwhile is revoked there.
        """
        mark = TokenItem.revoked_at
        revoked: list[Action] = [mark.set(iso(at)), TokenItem.changed_by.set(actor())]
        for _ in range(_LOOKS):
            digest = _digest_of(token_id)
            if digest is None:
                return None
            _update(digest, revoked, TokenItem.pk.exists() & mark.does_not_exist())
            if token := self.find(digest):
                return token
        raise _moves_too_fast()


def _key(digest: str) -> tuple[str, str]:
    return f"TOKEN#{digest}", "TOKEN"


def _place(token_id: str) -> str:
    return f"TOKEN#{token_id}"


def _digest_of(token_id: str) -> str | None:
    try:
        return TokenIdItem.get(_ALL, _place(token_id), consistent_read=True).digest
    except DoesNotExist:
        return None


def _as_read(token: Token) -> Condition:
    """Demand that nobody has revoked, rotated or shortened the token since it was read."""
    revoked = _is(TokenItem.revoked_at, _text(token.revoked_at))
    rotated = _is(TokenItem.rotated_to, token.rotated_to)
    same: Condition = revoked & rotated & _is(TokenItem.valid_until, _text(token.expires_at))
    return same


def _is(attribute: UnicodeAttribute, value: str | None) -> Condition:
    same: Condition = (attribute == value) if value else attribute.does_not_exist()
    return same


def _moves_too_fast() -> Unavailable:
    return Unavailable("The token moves too fast.", retryable=True, code="storage_unavailable")


def _save_new(transaction: TransactWrite, token: Token) -> None:
    transaction.save(_item(token), condition=TokenItem.pk.does_not_exist())
    place = TokenIdItem(_ALL, _place(token.id), digest=token.digest)
    transaction.save(place, condition=TokenIdItem.pk.does_not_exist())


def _retirement(old: Token) -> list[Action]:
    actions: list[Action] = [
        TokenItem.rotated_to.set(old.rotated_to or ""),
        TokenItem.changed_by.set(actor()),
    ]
    if old.revoked_at:
        actions.append(TokenItem.revoked_at.set(iso(old.revoked_at)))
    if old.expires_at:
        actions.append(TokenItem.valid_until.set(iso(old.expires_at)))
    return actions


def _update(digest: str, actions: list[Action], condition: Condition) -> None:
    """Change a token when the condition holds, else leave it."""
    try:
        TokenItem(*_key(digest)).update(actions, condition)
    except UpdateError as error:
        if response_code(error) != "ConditionalCheckFailedException":
            raise


def _committed(transaction: TransactWrite) -> bool:
    """Commit; False when a condition did not hold, or somebody changed the same items at that moment."""
    try:
        with transaction:
            pass
    except TransactWriteError as error:
        if not {reason.code for reason in error.cancellation_reasons if reason} & _REFUSED:
            raise
        return False
    return True


def _item(token: Token) -> TokenItem:
    return TokenItem(
        *_key(token.digest),
        id=token.id,
        name=token.name,
        scope=token.scope.value,
        digest=token.digest,
        created_at=iso(token.created_at),
        created_by=token.created_by,
        valid_until=_text(token.expires_at),
        revoked_at=_text(token.revoked_at),
        last_used_at=_text(token.last_used_at),
        rotated_to=token.rotated_to,
    )


def _token(item: TokenItem) -> Token:
    return Token(
        id=item.id,
        name=item.name,
        scope=Scope(item.scope),
        created_at=from_iso(item.created_at),
        digest=item.digest,
        expires_at=_instant(item.valid_until),
        revoked_at=_instant(item.revoked_at),
        last_used_at=_instant(item.last_used_at),
        created_by=item.created_by or "system",
        rotated_to=item.rotated_to,
    )


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return from_iso(text) if text else None
