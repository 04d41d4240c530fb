"""Numbers that are held back: the number's row, which the commitment checks, and the list of all."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository.writes import instant_of, text_of
from chalicelib.calls.adapters.tables import HoldItem, NumberItem
from chalicelib.calls.adapters.tables.numbers import FOREVER
from chalicelib.calls.domain.holds import NumberHold
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Unavailable, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pynamodb.connection import Connection

_LIST = "HOLDS"
_KEPT = timedelta(days=30)  # a hold that is over; it tells who released it
_MAX_TRIES = 10
_REFUSED, _COLLIDED = "ConditionalCheckFailed", "TransactionConflict"


@unavailable_on(PynamoDBException)
class HoldRepository:
    """Each hold twice, written together: for the commitment of a dial, and to be listed."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, hold: NumberHold) -> None:
        """Hold a number back from now on, in place of a hold that there was."""

        def write(transaction: TransactWrite) -> None:
            transaction.update(
                _row(hold.number),
                actions=[
                    NumberItem.kind.set(NumberItem),
                    NumberItem.held_until.set(text_of(hold.until) or FOREVER),
                ],
            )
            transaction.save(_listed(hold))

        self._done(write)

    def remove(self, number: E164, now: datetime) -> bool:
        """Release a number; False when nobody holds it back. For 30 days the list's row tells of it."""

        def write(transaction: TransactWrite) -> None:
            transaction.update(
                _row(number),
                actions=[NumberItem.held_until.remove()],
                condition=NumberItem.held_until > iso(now),
            )
            transaction.save(
                HoldItem(_LIST, _key(number), deleted_at=iso(now), expires_at=int((now + _KEPT).timestamp()))
            )

        return self._done(write)

    def page(self, now: datetime, limit: int, start: str | None) -> Page[NumberHold]:
        """Give up to `limit` holds that still hold, by number, after `start`."""
        after = HoldItem.sk > _key(start) if start else None
        items = HoldItem.query(_LIST, after, consistent_read=True)
        holds = (_hold(item) for item in items if not item.deleted_at)
        found = list(islice((hold for hold in holds if hold.holds(now)), limit + 1))
        return Page(found[:limit], found[limit - 1].number if len(found) > limit else None)

    def _done(self, write: Callable[[TransactWrite], None]) -> bool:
        """Write; again when it met the commitment of a dial; False when its condition does not hold."""
        for _ in range(_MAX_TRIES):
            try:
                with TransactWrite(connection=self._connection) as transaction:
                    write(transaction)
            except TransactWriteError as error:
                reasons = {reason.code for reason in error.cancellation_reasons if reason}
                if _REFUSED in reasons:
                    return False
                if _COLLIDED not in reasons:
                    raise
            else:
                return True
        raise Unavailable("The number is being dialed over and over; try again.", retryable=True)


def _row(number: E164 | str) -> NumberItem:
    return NumberItem(f"NUMBER#{number}", "NUMBER")


def _key(number: E164 | str) -> str:
    return f"NUMBER#{number}"


def _listed(hold: NumberHold) -> HoldItem:
    return HoldItem(
        _LIST,
        _key(hold.number),
        held_at=iso(hold.held_at),
        until=text_of(hold.until),
        reason=hold.reason,
        held_by=hold.held_by,
        expires_at=int((hold.until + _KEPT).timestamp()) if hold.until else None,
    )


def _hold(item: HoldItem) -> NumberHold:
    return NumberHold(
        number=E164(item.sk.removeprefix("NUMBER#")),
        held_at=from_iso(item.held_at or ""),
        until=instant_of(item.until),
        reason=item.reason or "",
        held_by=item.held_by or "",
    )
