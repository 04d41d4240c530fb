"""The audit log in DynamoDB: entries are put once, expire, and are never changed."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.kernel.changes import Action
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code
from chalicelib.system.adapters.tables import AuditDayItem, AuditItem
from chalicelib.system.domain.audit import AuditEntry
from chalicelib.system.domain.settings import Retention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from chalicelib.system.domain.audit import AuditFilter

# Longer than any entry is kept: a day must be found for as long as one entry of it is.
_DAY_KEPT = timedelta(days=3651)
_KEPT = timedelta(days=Retention.audit_days)
SHARDS = 4
_DAYS = "AUDIT"
# Before and after every instant that is written as text.
_FIRST, _LAST = "0", ":"


@unavailable_on(PynamoDBException)
class AuditRepository:
    """Entries by day, spread over four keys a day; implements `AuditLog`.

    A day with entries has a row of its own, so that reading passes over days without any.
    """

    def __init__(self) -> None:
        self._days: set[str] = set()

    def add(self, entry: AuditEntry, kept: timedelta = _KEPT) -> None:
        """Keep an entry; the same again changes nothing. Its day is kept first: no entry goes unseen."""
        day = iso(entry.at)[:10]
        if day not in self._days:
            AuditDayItem(_DAYS, f"DAY#{day}", expires_at=_seconds(entry.at + _DAY_KEPT)).save()
            self._days.add(day)
        try:
            _item(entry, day, _seconds(entry.at + kept)).save(AuditItem.pk.does_not_exist())
        except PutError as error:
            if response_code(error) != "ConditionalCheckFailedException":
                raise

    def find(self, wanted: AuditFilter, page_size: int, start: str | None) -> Page[AuditEntry]:
        """Give up to `page_size` entries, newest first, from after the position `start`."""
        low, high = _bounds(wanted.since, wanted.until, start)
        found: list[AuditItem] = []
        for item in self._newest_first(wanted, low, high, page_size + 2) if low < high else ():
            if item.sk != start:
                found.append(item)
            if len(found) > page_size:
                break
        more = len(found) > page_size
        entries = [_entry(item) for item in found[:page_size]]
        return Page(entries, found[page_size - 1].sk if more else None)

    def _newest_first(self, wanted: AuditFilter, low: str, high: str, limit: int) -> Iterable[AuditItem]:
        options: dict[str, Any] = {"scan_index_forward": False, "limit": limit}
        span = AuditItem.audit_at.between(low, high)
        if wanted.object:
            whose = AuditItem.actor_key == wanted.actor if wanted.actor else None
            return AuditItem.by_object.query(wanted.object, span, filter_condition=whose, **options)
        if wanted.actor:
            return AuditItem.by_actor.query(wanted.actor, span, **options)
        return self._by_days(low, high, limit)

    def _by_days(self, low: str, high: str, limit: int) -> Iterator[AuditItem]:
        days = AuditDayItem.sk.between(f"DAY#{low[:10]}", f"DAY#{high[:10]}")
        for day in AuditDayItem.query(_DAYS, days, scan_index_forward=False):
            keys = [_key(day.sk.removeprefix("DAY#"), shard) for shard in range(SHARDS)]
            span = AuditItem.sk.between(low, high)
            found = [
                item
                for key in keys
                for item in AuditItem.query(key, span, scan_index_forward=False, limit=limit)
            ]
            yield from sorted(found, key=lambda item: item.sk, reverse=True)


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _bounds(since: datetime | None, until: datetime | None, start: str | None) -> tuple[str, str]:
    """Give the first and the last position; an instant alone stands before all positions of its own."""
    low = iso(since) if since else _FIRST
    high = iso(until) if until else _LAST
    return low, min(high, start) if start else high


def _key(day: str, shard: int) -> str:
    return f"AUDIT#{day}#{shard}"


def _item(entry: AuditEntry, day: str, expires_at: int) -> AuditItem:
    shard = hashlib.sha256(entry.id.encode()).digest()[0] % SHARDS
    position = f"{iso(entry.at)}#{entry.id}"
    return AuditItem(
        _key(day, shard),
        position,
        actor_key=entry.actor,
        object_key=entry.object,
        audit_at=position,
        action=entry.action.value,
        before=dict(entry.before),
        after=dict(entry.after),
        expires_at=expires_at,
    )


def _entry(item: AuditItem) -> AuditEntry:
    at, _, entry_id = item.sk.partition("#")
    kind, _, object_id = item.object_key.partition(":")
    return AuditEntry(
        id=entry_id,
        at=from_iso(at),
        actor=item.actor_key,
        action=Action(item.action),
        object_kind=kind,
        object_id=object_id,
        before=item.before,
        after=item.after,
    )
