"""Lists of contacts out of indexes: shards are merged, heads are read by key, further filters follow."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from chalicelib.crm.adapters.repository.contact_items import SHARDS, list_word
from chalicelib.crm.adapters.tables import ContactItem
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.listing import SortBy, Span
from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynamodb.connection import Connection

    from chalicelib.crm.domain.listing import Listing

_BATCH = 100  # heads that one request reads
_EXAMINED = 1000  # heads that are read for one page at most
_FIRST, _LAST = "\x00", "\U0010ffff"


Read = Callable[[Sequence[str]], list[Contact]]


def page_of(
    connection: Connection, listing: Listing, size: int, start: str | None, read: Read
) -> Page[Contact]:
    """Give a page of the list from after the position `start`; `read` gives heads by their ids."""
    keys = _positions(connection, listing, start, min(size + 1, _BATCH))
    found: list[tuple[str, Contact]] = []
    last = None
    for _ in range(_EXAMINED // _BATCH):
        # A list by a single key needs no more heads than it shows.
        batch = list(islice(keys, _BATCH if _is_filtered(listing) else size + 1 - len(found)))
        places = {_id(key): key for key in batch}
        found += [(places[one.id], one) for one in read(list(places)) if listing.where.matches(one)]
        if len(found) > size:
            return Page([contact for _, contact in found[:size]], found[size - 1][0])
        if not batch:
            return Page([contact for _, contact in found])
        last = batch[-1]
    return Page([contact for _, contact in found], last)


def _positions(connection: Connection, listing: Listing, start: str | None, page_size: int) -> Iterator[str]:
    """Give the sort keys of the list, in order, out of all shards."""
    low, high = _bounds(_span(listing), start, descending=listing.descending)
    if low >= high:
        return iter(())
    source = _source(listing)
    options = {"scan_index_forward": not listing.descending, "limit": page_size}
    between = getattr(ContactItem, source.attribute).between(low, high)
    shards = [_keys(connection, source, f"{source.partition}#{n}", between, options) for n in range(SHARDS)]
    return (key for key in heapq.merge(*shards, reverse=listing.descending) if key != start)


@dataclass(frozen=True)
class _Source:
    """What serves a list: whose partitions, where the order stands, and in which index, if not the table."""

    partition: str
    attribute: str
    index: str | None


_SORTED = {
    SortBy.NAME: _Source("CONTACTS", "name_key", "by_name"),
    SortBy.UPDATED_AT: _Source("CONTACTS", "updated_key", "by_updated"),
    SortBy.LAST_CONTACTED_AT: _Source("CONTACTS", "contacted_key", "by_contacted"),
}


def _source(listing: Listing) -> _Source:
    """Choose what serves the list; by creation, the filter that fits the fewest contacts, most likely."""
    where = listing.where
    if listing.by in _SORTED:
        return _SORTED[listing.by]
    values = {
        "company": where.company and list_word(where.company),
        "owner": where.owner and list_word(where.owner),
        "tag": where.tag,
        "source": where.source,
        "status": where.status,
    }
    for name, value in values.items():
        if value is not None:
            index = None if name == "tag" else f"by_{name}"
            return _Source(f"{name.upper()}#{value}", "created_key" if index else "sk", index)
    return _Source("CONTACTS", "created_key", "by_created")


def _keys(
    connection: Connection, source: _Source, partition: str, between: Any, options: dict[str, Any]
) -> Iterator[str]:
    # Not through the model: it filters by kind, and an index of keys only has no kind to filter by.
    start: dict[str, Any] | None = None
    while True:
        page = connection.query(
            ContactItem.Meta.table_name,
            partition,
            range_key_condition=between,
            index_name=source.index,
            exclusive_start_key=start,
            **options,
        )
        yield from (item[source.attribute]["S"] for item in page["Items"])
        start = page.get("LastEvaluatedKey")
        if not start:
            return


def _span(listing: Listing) -> Span:
    where = listing.where
    spans = {
        SortBy.CREATED_AT: where.created,
        SortBy.UPDATED_AT: where.updated,
        SortBy.LAST_CONTACTED_AT: where.contacted,
    }
    return spans.get(listing.by, Span())


def _bounds(span: Span, start: str | None, *, descending: bool) -> tuple[str, str]:
    """Give the first and the last sort key; an instant alone stands before all keys of its own."""
    low = iso(span.since) if span.since else _FIRST
    high = iso(span.until) if span.until else _LAST
    if start is None:
        return low, high
    return (low, min(high, start)) if descending else (max(low, start), high)


def _is_filtered(listing: Listing) -> bool:
    where = listing.where
    given = [value for value in vars(where).values() if value is not None and value != Span()]
    return len(given) > (listing.by is SortBy.CREATED_AT)


def _id(key: str) -> str:
    return key.rpartition("#")[2]
