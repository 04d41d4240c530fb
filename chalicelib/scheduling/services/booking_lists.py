"""Listing the bookings of a contact, and those of a calendar on some of its days, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import FieldError, Invalid, NotFound
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.domain.sheets import EntryKind
from chalicelib.scheduling.services.availability import MAX_DAYS
from chalicelib.scheduling.services.calendars import get_calendar

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.sheets import Entry
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def bookings_of_contact(
    scheduling: SchedulingPorts,
    contact_id: str,
    page_size: int,
    start: str | None,
    since: datetime | None = None,
) -> Page[Booking]:
    """Give the bookings of a contact, the cancelled among them, the latest start first.

    With `since` none that begins before it. Those of contacts that were merged into it are its own; who was
    merged has those of whom it became.
    """
    try:
        ids = get_contact(scheduling.calls.crm, contact_id).ids
    except NotFound:
        ids = (contact_id,)
    pages = [scheduling.bookings.of_contact(each, page_size, start, since) for each in ids]
    if len(pages) == 1:
        return pages[0]
    found = sorted((each for page in pages for each in page.items), key=_place_of, reverse=True)
    there_are_more = len(found) > page_size or any(page.next_start for page in pages)
    kept = found[:page_size]
    return Page(kept, _place_of(kept[-1]) if there_are_more else None)


def bookings_of_days(
    scheduling: SchedulingPorts, days: tuple[str, date, date], page_size: int, start: str | None
) -> Page[Booking]:
    """Give the bookings that take a place of a calendar from a day of its own until another.

    They are in order of time, from after the position `start`. Raises `NotFound` without the calendar, and
    `Invalid`, code `bad_range`, for more than 31 days.
    """
    calendar_id, first, last = days
    get_calendar(scheduling, calendar_id)
    if not 0 <= (last - first).days < MAX_DAYS:
        message = f"Ask for 1 to {MAX_DAYS} days."
        raise Invalid(message, code="bad_range", errors=(FieldError("/to", message),))
    sheets = scheduling.sheets.between(calendar_id, first, last).values()
    taken = [each for sheet in sheets for each in sheet.entries if each.kind is EntryKind.BOOKED]
    places = sorted(place for place in map(_position, taken) if start is None or place > start)
    wanted = {place.partition("#")[2]: place for place in places[:page_size]}
    found = sorted(scheduling.bookings.many(list(wanted)), key=lambda booking: wanted[booking.id])
    return Page(found, places[page_size - 1] if len(places) > page_size else None)


def _position(entry: Entry) -> str:
    return f"{iso(entry.start)}#{entry.holder}"


def _place_of(booking: Booking) -> str:
    """Say where a booking stands in the list of its contact, as `BookingBook.of_contact` does."""
    return f"{iso(booking.start)}#{booking.id}"
