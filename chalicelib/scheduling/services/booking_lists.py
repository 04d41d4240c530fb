"""Listing the bookings of a calendar on some of its days, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.domain.sheets import EntryKind
from chalicelib.scheduling.services.availability import MAX_DAYS
from chalicelib.scheduling.services.calendars import get_calendar

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.sheets import Entry
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


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
