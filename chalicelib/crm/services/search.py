"""Contacts are found by words, out of the entries that the fold keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.listing import ContactFilter
    from chalicelib.crm.domain.search import Search, SearchEntry
    from chalicelib.crm.ports.crm import CrmPorts

_BATCH = 100  # entries that one request reads, and heads
_EXAMINED = 1000  # entries that are looked at for one page at most

# A place among the results: the number of the way, then the key of the entry.
_Placed = tuple[str, "SearchEntry"]


def search_contacts(
    crm: CrmPorts, search: Search, where: ContactFilter, page_size: int, start: str | None = None
) -> Page[Contact]:
    """Give contacts that a query finds and a filter takes, each once, by the words that were found.

    A contact is found a second or so after it was written. A page looks at 1,000 entries at most: it may be
    short, and more may follow.
    """
    found: list[tuple[str, Contact]] = []
    examined, last = 0, None
    for batch in _batches(crm, search, start, page_size + 1):
        found += _shown(crm, search, where, batch)
        if len(found) > page_size:
            return Page([contact for _, contact in found[:page_size]], found[page_size - 1][0])
        examined += len(batch)
        if examined >= _EXAMINED:
            last = batch[-1][0]
            break
    return Page([contact for _, contact in found], last)


def _batches(crm: CrmPorts, search: Search, start: str | None, size: int) -> Iterator[list[_Placed]]:
    """Give the entries behind the position, way after way: as many as a page has, then more at once."""
    first, after = (int(start[0]), start[1:]) if start else (0, "")
    limit = min(size, _BATCH)
    for number, way in enumerate(search.ways[first:], first):
        while entries := crm.searches.entries(way.prefix, after or None, limit):
            yield [(f"{number}{entry.key}", entry) for entry in entries]
            if len(entries) < limit:
                break
            after, limit = entries[-1].key, min(2 * limit, _BATCH)
        after = ""


def _shown(
    crm: CrmPorts, search: Search, where: ContactFilter, batch: Sequence[_Placed]
) -> Iterator[tuple[str, Contact]]:
    """Give the contacts that are shown at these entries, as they are stored now."""
    places = {entry.contact_id: place for place, entry in batch if search.shows(int(place[0]), entry)}
    for contact in crm.contacts.many(list(places)):
        if search.finds(contact) and where.matches(contact):
            yield places[contact.id], contact
