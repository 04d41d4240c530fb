"""What is held about numbers: suppression and the call that uses one."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from pynamodb.exceptions import (
    DeleteError,
    DoesNotExist,
    PynamoDBException,
    TransactWriteError,
    UpdateError,
)
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository.writes import shard_of
from chalicelib.calls.adapters.tables import HoldItem, NumberItem
from chalicelib.calls.adapters.tables.numbers import FOREVER
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.suppression import Suppression
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, from_millis, iso, to_millis
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.calls.domain.suppression import SuppressionFilter

SHARDS = 4
# As many updates as one transaction may have (Amazon DynamoDB Developer Guide, "Transactions").
_AT_ONCE = 100
# How often a suppression is tried again that somebody else changes at the same time.
_MAX_TRIES = 10
# How many suppressions are looked at beyond a page, for those that the filter takes.
_MORE_EXAMINED = 1000
# Before and after every instant that is written as text.
_FIRST, _LAST = "0", ":"
_REFUSED = "ConditionalCheckFailedException"


@unavailable_on(PynamoDBException)
class NumberRepository:
    """One row a number; both facts stand in it, so that one condition of the dial checks both."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def status(self, number: E164) -> NumberStatus:
        """Give suppression and live call of a number, consistently."""
        try:
            item = NumberItem.get(f"NUMBER#{number}", "NUMBER", consistent_read=True)
        except DoesNotExist:
            return NumberStatus()
        return NumberStatus(
            suppressed_at=from_iso(item.suppressed_at) if item.suppressed_at else None,
            suppression_source=item.suppression_source or "",
            suppression_reason=item.suppression_reason or "",
            live_call_id=item.live_call_id or "",
            live_until=from_iso(item.live_until) if item.live_until else None,
            texts_day=item.texts_day or "",
            texts=int(item.texts or 0),
            dials=tuple(from_millis(at) for at in item.dials or ()),
            talked_at=from_millis(int(item.talked)) if item.talked else None,
            is_held=bool(item.held_until),
            held_until=_end_of_hold(item.held_until),
        )

    def suppress(self, number: E164, source: str, now: datetime, reason: str = "") -> Suppression:
        """Never dial this number again; give the one that holds: the first, as `Suppression.over` says."""
        wanted = Suppression(number, now, source, reason)
        for _ in range(_MAX_TRIES):
            row = _row(number)
            row.update(actions=_suppressing(wanted))
            held = _suppression(row)
            if _put_over(held, new := wanted.over(held)):
                return new
        raise Conflict("The suppression changes too fast.", code="suppression_changed")

    def suppress_all(self, suppressions: Sequence[Suppression]) -> None:
        """Never dial these numbers, each once, again; what is there stands, as `Suppression.over` says."""
        for first in range(0, len(suppressions), _AT_ONCE):
            some = suppressions[first : first + _AT_ONCE]
            try:
                self._suppress_some(some)
                firm = self.suppressed([each.number for each in some], firmly=True)
            except TransactWriteError:  # one of them is just being dialed: each for itself
                firm = frozenset()
            for each in some:
                if each.number not in firm:
                    self.suppress(each.number, each.source, each.suppressed_at, each.reason)

    def _suppress_some(self, suppressions: Sequence[Suppression]) -> None:
        with TransactWrite(connection=self._connection) as transaction:
            for each in suppressions:
                transaction.update(_row(each.number), actions=_suppressing(each))

    def suppressed(self, numbers: Collection[E164], *, firmly: bool = False) -> frozenset[E164]:
        """Tell, consistently, which numbers are suppressed; `firmly`: so that no START by text lifts it."""
        keys = [(f"NUMBER#{number}", "NUMBER") for number in numbers]
        found = NumberItem.batch_get(keys, consistent_read=True)
        held = [_suppression(item) for item in found if item.suppressed_at]
        return frozenset(each.number for each in held if not (firmly and each.is_by_text))

    def suppressions(self, wanted: SuppressionFilter, limit: int, start: str | None) -> Page[Suppression]:
        """Give up to `limit` suppressions, newest first, after `start`; a page may be short and not the last.

        The index follows the rows within a second or so.
        """
        low = iso(wanted.since) if wanted.since else _FIRST
        high = min(iso(wanted.until) if wanted.until else _LAST, start or _LAST)
        found: list[Suppression] = []
        position: str | None = None
        for examined, item in enumerate(_newest_first(low, high, limit) if low < high else ()):
            if item.suppressed_key == start:
                continue
            if len(found) == limit or examined > limit + _MORE_EXAMINED:
                return Page(found, position)
            position = item.suppressed_key
            found += filter(wanted.takes, [_suppression(item)])
        return Page(found)

    def lift(self, number: E164, reason: str, now: datetime, source: str = "") -> bool:
        """Let a suppressed number be dialed again, and keep why; False when it is not suppressed.

        With `source` only while this is what holds: a suppression that came since stays.
        """
        gone = (
            NumberItem.suppressed_at,
            NumberItem.suppression_source,
            NumberItem.suppression_reason,
            NumberItem.suppression_shard,
            NumberItem.suppressed_key,
        )
        actions: list[Action] = [attribute.remove() for attribute in gone]
        actions += [
            NumberItem.released_at.set(iso(now)),
            NumberItem.release_reason.set(reason),
            NumberItem.changed_by.set(actor()),
        ]
        held = NumberItem.suppressed_at.exists()
        return _updated(number, actions, held & (NumberItem.suppression_source == source) if source else held)

    def forget(self, number: E164, now: datetime) -> bool:
        """Delete what is known of a number that is not suppressed; False while a call uses it."""
        free = NumberItem.live_call_id.does_not_exist() | (NumberItem.live_until < iso(now))
        try:
            _row(number).delete(NumberItem.suppressed_at.does_not_exist() & free)
        except DeleteError as error:
            if response_code(error) == _REFUSED:
                return self.status(number).suppressed_at is not None
            raise
        HoldItem("HOLDS", f"NUMBER#{number}").delete()
        return True

    def note_talk(self, number: E164, at: datetime) -> None:
        """Note that somebody talked about a debt on a call that was answered then; a later one stands."""
        talked = NumberItem.talked
        actions: list[Action] = [talked.set(to_millis(at)), NumberItem.kind.set(NumberItem)]
        _updated(number, actions, talked.does_not_exist() | (talked < to_millis(at)))

    def release(self, number: E164, call_id: str) -> None:
        """Say that this call no longer uses the number; nothing when another call does."""
        try:
            _row(number).update(
                actions=[NumberItem.live_call_id.remove(), NumberItem.live_until.remove()],
                condition=NumberItem.live_call_id == call_id,
            )
        except UpdateError as error:
            if response_code(error) != _REFUSED:
                raise


def _put_over(held: Suppression, new: Suppression) -> bool:
    """Put a suppression in the place of the one that holds; False when that has changed or gone."""
    if new == held:
        return True
    actions: list[Action] = [
        NumberItem.suppressed_at.set(iso(new.suppressed_at)),
        NumberItem.suppression_source.set(new.source),
        NumberItem.suppression_reason.set(new.reason),
        NumberItem.suppressed_key.set(new.position),
        NumberItem.changed_by.set(actor()),
    ]
    return _updated(new.number, actions, NumberItem.suppression_source == held.source)


def _updated(number: E164, actions: list[Action], condition: Condition) -> bool:
    try:
        _row(number).update(actions=actions, condition=condition)
    except UpdateError as error:
        if response_code(error) == _REFUSED:
            return False
        raise
    return True


def _end_of_hold(held_until: str | None) -> datetime | None:
    return from_iso(held_until) if held_until and held_until != FOREVER else None


def _row(number: E164) -> NumberItem:
    return NumberItem(f"NUMBER#{number}", "NUMBER")


def _number(item: NumberItem) -> E164:
    return E164(item.pk.removeprefix("NUMBER#"))


def _suppressing(suppression: Suppression) -> list[Action]:
    """Suppress a row, all or nothing of it; what says that it was released before goes."""
    first = (
        (NumberItem.suppressed_at, iso(suppression.suppressed_at)),
        (NumberItem.suppression_source, suppression.source),
        (NumberItem.suppression_reason, suppression.reason),
        (NumberItem.suppression_shard, _shard(suppression.number)),
        (NumberItem.suppressed_key, suppression.position),
    )
    return [
        *(attribute.set(attribute | value) for attribute, value in first),
        NumberItem.released_at.remove(),
        NumberItem.release_reason.remove(),
        NumberItem.changed_by.set(actor()),
        NumberItem.kind.set(NumberItem),  # an update that makes the row says not what it is
    ]


def _shard(number: E164) -> str:
    return f"SUPPRESSED#{shard_of(number, SHARDS)}"


def _newest_first(low: str, high: str, limit: int) -> Iterable[NumberItem]:
    """Read the shards side by side, each only as far as is asked for."""
    span = NumberItem.suppressed_key.between(low, high)
    shards = [
        NumberItem.by_suppressed.query(
            f"SUPPRESSED#{shard}",
            span,
            scan_index_forward=False,
            page_size=min(limit // 2 + 2, _MORE_EXAMINED),
        )
        for shard in range(SHARDS)
    ]
    return heapq.merge(*shards, key=lambda item: str(item.suppressed_key), reverse=True)


def _suppression(item: NumberItem) -> Suppression:
    return Suppression(
        number=_number(item),
        suppressed_at=from_iso(item.suppressed_at or ""),
        source=item.suppression_source or "",
        reason=item.suppression_reason or "",
    )
