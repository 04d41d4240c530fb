"""Lists of contacts out of indexes: shards are merged, heads are read by key, further filters follow."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any

from chalicelib.crm.adapters.repository.contact_items import SHARDS
from chalicelib.crm.adapters.tables import ContactItem, MemberItem
from chalicelib.crm.domain.listing import ContactFilter, SortBy, Span
from chalicelib.crm.domain.words import fold
from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.listing import Listing

_BATCH = 100  # heads that one request reads
_EXAMINED = 1000  # heads that are read for one page at most
_FIRST, _LAST = "\x00", "\U0010ffff"


def page_of(
    listing: Listing, size: int, start: str | None, read: Callable[[Sequence[str]], list[Contact]]
) -> Page[Contact]:
    """Give a page of the list from after the position `start`; `read` gives heads by their ids."""
    keys = _positions(listing, start, min(size + 1, _BATCH))
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


def _positions(listing: Listing, start: str | None, page_size: int) -> Iterator[str]:
    """Give the sort keys of the list, in order, out of all shards."""
    low, high = _bounds(_span(listing), start, descending=listing.descending)
    if low >= high:
        return iter(())
    index, name, attribute = _source(listing)
    options = {"scan_index_forward": not listing.descending, "page_size": page_size}
    shards = [
        (getattr(item, attribute) for item in index(f"{name}#{n}", low, high, **options))
        for n in range(SHARDS)
    ]
    return (key for key in heapq.merge(*shards, reverse=listing.descending) if key != start)


def _source(listing: Listing) -> tuple[Callable[..., Any], str, str]:
    """Choose what serves the list: how it is queried, whose partition it is, and where the order stands."""
    where = listing.where
    match listing.by:
        case SortBy.NAME:
            return _query("by_name", "name_key"), "CONTACTS", "name_key"
        case SortBy.UPDATED_AT:
            return _query("by_updated", "updated_key"), "CONTACTS", "updated_key"
        case SortBy.LAST_CONTACTED_AT:
            return _query("by_contacted", "contacted_key"), "CONTACTS", "contacted_key"
    if where.tag is not None:
        return _members, f"TAG#{where.tag}", "sk"
    return _by_creation(where)


def _by_creation(where: ContactFilter) -> tuple[Callable[..., Any], str, str]:
    for name, value in (("owner", where.owner), ("company", where.company)):
        if value is not None:
            return _query(f"by_{name}", "created_key"), f"{name.upper()}#{fold(value)}", "created_key"
    for name, value in (("source", where.source), ("status", where.status)):
        if value is not None:
            return _query(f"by_{name}", "created_key"), f"{name.upper()}#{value}", "created_key"
    return _query("by_created", "created_key"), "CONTACTS", "created_key"


def _query(index: str, range_key: str) -> Callable[..., Any]:
    def query(partition: str, low: str, high: str, **options: Any) -> Any:
        between = getattr(ContactItem, range_key).between(low, high)
        return getattr(ContactItem, index).query(partition, between, **options)

    return query


def _members(partition: str, low: str, high: str, **options: Any) -> Any:
    return MemberItem.query(partition, MemberItem.sk.between(low, high), **options)


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
