"""Lists over all calls out of indexes: shards are merged, heads are read by key, further filters follow."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException

from chalicelib.calls.adapters.repository import codec
from chalicelib.calls.adapters.repository.writes import indexed
from chalicelib.calls.adapters.tables import CallItem
from chalicelib.calls.domain.listing import LIVE, LiveCalls
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pynamodb.connection import Connection

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.lanes import Lane
    from chalicelib.calls.domain.listing import CallFilter

_BATCH = 100  # heads that one request reads
_EXAMINED = 1000  # heads that are read for one list at most
_FIRST = "0"  # before every instant; erased calls stand behind them all
_LISTS = tuple(f"CALLS#{shard}" for shard in range(codec.LIST_SHARDS))


@unavailable_on(PynamoDBException)
class CallListRepository:
    """Lists over all calls."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self,
        wanted: CallFilter,
        contact_ids: Sequence[str] | None,
        limit: int,
        start: str | None,
        *,
        oldest_first: bool = False,
    ) -> Page[Call]:
        """Give up to `limit` calls after `start`; 1,000 are examined at most, then the page is short."""
        keys = self._positions(wanted, contact_ids, start, limit, oldest_first=oldest_first)
        found: list[tuple[str, Call]] = []
        for _ in range(_EXAMINED // _BATCH):
            # Where every call is wanted no more heads are read than shown.
            batch = list(islice(keys, limit + 1 - len(found) if wanted.is_plain else _BATCH))
            heads = _heads(key.partition("#")[2] for key in batch)
            found += [(key, heads[key]) for key in batch if key in heads and wanted.matches(heads[key])]
            if len(found) > limit:
                return Page([call for _, call in found[:limit]], found[limit - 1][0])
            if not batch:
                return Page([call for _, call in found])
            start = batch[-1]
        return Page([call for _, call in found], start)

    def live(self, limit: int) -> LiveCalls:
        """Give up to `limit` calls that are going on now, newest first; 1,000 are examined at most."""
        ids = list(islice(self._looked_at([codec.SILENT]), _EXAMINED + 1))
        heads = _all_heads(ids[:_EXAMINED])
        live = sorted((head for head in heads if head.state in LIVE), key=codec.started_key, reverse=True)
        return LiveCalls(live[:limit], more=len(live) > limit or len(ids) > _EXAMINED)

    def waiting(self, lane: Lane, limit: int, start: str | None) -> Page[Call]:
        """Give up to `limit` calls that wait in a lane, due or not, the longest due first, after `start`.

        Each shard goes on behind its own row that was given last, as many calls may be due at one instant.
        """
        passed = start.split("|") if start else [""] * codec.DUE_SHARDS
        shards = [
            [(*row, shard) for row in self._behind(f"{codec.WAITING[lane]}#{shard}", last, limit + 1)]
            for shard, last in enumerate(passed)
        ]
        rows = list(islice(heapq.merge(*shards, key=lambda row: row[0]), limit + 1))
        for due_at, pk, shard in rows[:limit]:
            passed[shard] = f"{due_at} {pk}"
        heads = {head.id: head for head in _all_heads([_call_id(pk) for _, pk, _ in rows[:limit]])}
        found = [heads[_call_id(pk)] for _, pk, _ in rows[:limit] if _call_id(pk) in heads]
        still = [head for head in found if head.state is CallState.QUEUED]
        return Page(still, "|".join(passed) if len(rows) > limit else None)

    def _behind(self, partition: str, last: str, limit: int) -> Iterator[tuple[str, str]]:
        """Give up to `limit` rows of a shard behind the one that was given last."""
        due_at, _, pk = last.partition(" ")
        keys = {"due_shard": partition, "due_at": due_at, "pk": pk, "sk": "CALL"}
        start = {name: {"S": value} for name, value in keys.items()} if last else None
        rows = self._rows("by_due_time", partition, "due_at", None, limit, start=start)
        return islice(rows, limit)

    def waits_with(self, template_id: str) -> bool:
        """Tell whether one of the next 1,000 calls that wait to be dialed would be held by a template."""
        ids = islice(self._looked_at(codec.WAITING.values()), _EXAMINED)
        return any(head.template_id == template_id for head in _all_heads(list(ids)))

    def _looked_at(self, kinds: Iterable[str]) -> Iterator[str]:
        """Give the ids of calls of these kinds that somebody must look at, the soonest first."""
        shards = [
            self._rows("by_due_time", f"{kind}#{shard}", "due_at", None, _BATCH)
            for kind in kinds
            for shard in range(codec.DUE_SHARDS)
        ]
        return (pk.removeprefix("CALL#") for _, pk in heapq.merge(*shards))

    def _positions(
        self,
        wanted: CallFilter,
        contact_ids: Sequence[str] | None,
        start: str | None,
        limit: int,
        *,
        oldest_first: bool,
    ) -> Iterator[str]:
        """Give the sort keys of the list, in order, out of all shards or of all ids of the contact."""
        low = max(iso(wanted.since) if wanted.since else _FIRST, start or "" if oldest_first else "")
        high = min(
            iso(wanted.until) if wanted.until else codec.ERASED,
            codec.ERASED if oldest_first else start or codec.ERASED,
        )
        if low >= high:
            return iter(())
        index, attribute = ("by_contact", "started_key") if contact_ids else ("by_listed", "listed_at")
        between = getattr(CallItem, attribute).between(low, high)
        shards = [
            self._rows(index, partition, attribute, between, limit + 1, forward=oldest_first)
            for partition in contact_ids or _LISTS
        ]
        merged = heapq.merge(*shards, reverse=not oldest_first)
        return (key for key, _ in merged if key != start)

    def _rows(  # noqa: PLR0913  what a query takes
        self,
        index: str,
        partition: str,
        attribute: str,
        condition: Any,
        limit: int,
        *,
        forward: bool = True,
        start: dict[str, Any] | None = None,
    ) -> Iterator[tuple[str, str]]:
        while True:
            page = indexed(
                self._connection,
                index,
                partition,
                condition,
                exclusive_start_key=start,
                limit=limit,
                scan_index_forward=forward,
            )
            yield from ((item[attribute]["S"], item["pk"]["S"]) for item in page["Items"])
            start = page.get("LastEvaluatedKey")
            if not start:
                return


def _heads(ids: Iterable[str]) -> dict[str, Call]:
    """Read heads, consistently; by their place in lists."""
    keys = [(codec.call_key(call_id), "CALL") for call_id in ids]
    found = map(codec.call_of, CallItem.batch_get(keys, consistent_read=True))
    return {codec.started_key(head): head for head in found}


def _call_id(pk: str) -> str:
    return pk.removeprefix("CALL#")


def _all_heads(ids: Sequence[str]) -> Iterator[Call]:
    for first in range(0, len(ids), _BATCH):
        yield from _heads(ids[first : first + _BATCH]).values()
