"""What an operator reads and decides: lists of calls, one call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.listing import CallFilter
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page


def list_calls(
    calls: CallPorts, contact_ids: Sequence[str], page_size: int, start: str | None = None
) -> Page[Call]:
    """List the calls of one person, newest first, by all ids that the person has had; no erased ones."""
    return calls.book.of_contacts(contact_ids, page_size, start)


def find_calls(
    calls: CallPorts,
    wanted: CallFilter,
    page_size: int,
    start: str | None = None,
    *,
    oldest_first: bool = False,
) -> Page[Call]:
    """List calls by the time of their acceptance; no erased ones. A page may be short and not the last.

    Calls of a contact are also those of the contacts that were merged into it.
    """
    ids = contact_ids_of(calls, wanted.contact_id) if wanted.contact_id else None
    return calls.lists.page(wanted, ids, page_size, start, oldest_first=oldest_first)


def contact_ids_of(calls: CallPorts, contact_id: str) -> Sequence[str]:
    """Give all ids that a person has had, or the one that is asked for when the contact is gone."""
    try:
        return get_contact(calls.crm, contact_id).ids
    except NotFound:  # its calls are still there
        return (contact_id,)


def read_call(calls: CallPorts, call_id: str) -> CallFile:
    """Give a call with all that belongs to it; turns that were not judged when they were taken are now."""
    file = calls.book.load(call_id)
    if file is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    return replace(file, turns=tuple(_judged(calls, file, turn) for turn in file.turns))


def _judged(calls: CallPorts, file: CallFile, turn: Turn) -> Turn:
    if turn.intent or turn.sentiment or not turn.said:
        return turn
    from chalicelib.calls.services.judging import judged  # noqa: PLC0415  it takes long to load

    return judged(calls, file, turn)
