"""The timeline out of the index `by_time`: one query a page, whatever the kinds of its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.repository.consents import consent_of
from chalicelib.crm.adapters.repository.notes import note_of
from chalicelib.crm.adapters.tables import (
    BookingEntryItem,
    CallEntryItem,
    ConsentItem,
    CrmTable,
    MessageEntryItem,
    NoteItem,
)
from chalicelib.crm.domain.timeline import (
    BookingEntry,
    CallEntry,
    EntryKind,
    MessageEntry,
    TimelineEntry,
)
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from pynamodb.connection import Connection

    from chalicelib.crm.domain.timeline import ToldEntry

_EXAMINED = 300  # entries that a page of one kind looks at
_ROWS = {
    EntryKind.NOTE: NoteItem,
    EntryKind.CONSENT: ConsentItem,
    EntryKind.CALL: CallEntryItem,
    EntryKind.MESSAGE: MessageEntryItem,
    EntryKind.BOOKING: BookingEntryItem,
}
_FIRST, _LAST = "0", ":"  # before and after every instant that is written as text


@unavailable_on(PynamoDBException)
class TimelineRepository:
    """The timeline, on the connection of its table; implements `Timeline`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, contact_id: str, kind: EntryKind | None, page_size: int, start: str | None
    ) -> Page[TimelineEntry]:
        """Give entries of a kind (None: all), newest first, from after the position `start`.

        DynamoDB ends a query at 1 MB: with long notes a page is short.
        """
        # Not through the model: it would ask again until the page is full.
        answer = self._connection.query(
            CrmTable.Meta.table_name,
            contact_id,
            range_key_condition=CrmTable.timeline_key.between(_FIRST, start or _LAST),
            filter_condition=CrmTable.row == _ROWS[kind] if kind else None,
            index_name="by_time",
            limit=_EXAMINED if kind else page_size + 2,
            scan_index_forward=False,
        )
        rest = answer.get("LastEvaluatedKey", {}).get("timeline_key", {}).get("S")
        return _page([CrmTable.from_raw_data(row) for row in answer["Items"]], page_size, start, rest)


def entry_item(entry: ToldEntry) -> CallEntryItem | MessageEntryItem | BookingEntryItem:
    """Give the item of a call, a message or a booking, with its place in the timeline."""
    at = iso(entry.at)
    kept = vars(entry) | {
        "at": at,
        "timeline_id": entry.contact_id,
        "timeline_key": f"{at}#{entry.id}",
    }
    if isinstance(entry, BookingEntry):
        times = {"start": iso(entry.start), "end": iso(entry.end)}
        return BookingEntryItem(f"CONTACT#{entry.contact_id}", f"BOOKING#{entry.id}", **kept | times)
    if isinstance(entry, MessageEntry):
        return MessageEntryItem(f"CONTACT#{entry.contact_id}", f"MESSAGE#{entry.id}", **kept)
    return CallEntryItem(f"CONTACT#{entry.contact_id}", f"CALL#{entry.id}", **kept)


def call_entry_of(item: CallEntryItem) -> CallEntry:
    """Read what the timeline shows of a call."""
    return CallEntry(
        id=item.id,
        contact_id=item.contact_id,
        at=from_iso(item.at),
        direction=item.direction,
        number=item.number,
        outcome=item.outcome,
        reason=item.reason,
        duration_s=None if item.duration_s is None else int(item.duration_s),
    )


def message_entry_of(item: MessageEntryItem) -> MessageEntry:
    """Read what the timeline shows of a message."""
    return MessageEntry(
        id=item.id,
        contact_id=item.contact_id,
        at=from_iso(item.at),
        direction=item.direction,
        number=item.number,
        state=item.state,
        reason=item.reason,
        call_id=item.call_id,
    )


def booking_entry_of(item: BookingEntryItem) -> BookingEntry:
    """Read what the timeline shows of a booking."""
    return BookingEntry(
        id=item.id,
        contact_id=item.contact_id,
        at=from_iso(item.at),
        calendar_id=item.calendar_id,
        start=from_iso(item.start),
        end=from_iso(item.end),
        state=item.state,
        call_id=item.call_id,
    )


def entry_of(item: CrmTable) -> TimelineEntry | None:
    """Read an entry of the timeline; None for a row of a kind that has no place in it."""
    match item:
        case NoteItem():
            note = note_of(item)
            return TimelineEntry(note.id, EntryKind.NOTE, note.created_at, note=note)
        case ConsentItem():
            consent = consent_of(item)
            return TimelineEntry(consent.id, EntryKind.CONSENT, consent.at, consent=consent)
        case CallEntryItem():
            call = call_entry_of(item)
            return TimelineEntry(call.id, EntryKind.CALL, call.at, call=call)
        case MessageEntryItem():
            message = message_entry_of(item)
            return TimelineEntry(message.id, EntryKind.MESSAGE, message.at, message=message)
        case BookingEntryItem():
            booking = booking_entry_of(item)
            return TimelineEntry(booking.id, EntryKind.BOOKING, booking.at, booking=booking)
    return None


def _page(items: list[Any], size: int, start: str | None, rest: str | None) -> Page[TimelineEntry]:
    found = [item for item in items if item.timeline_key != start]
    more = found[size - 1].timeline_key if len(found) > size else rest
    entries = (entry_of(item) for item in found[:size])
    return Page([entry for entry in entries if entry is not None], more)
