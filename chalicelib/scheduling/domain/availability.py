"""Which slots of a calendar can be booked now, from what its days hold; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.scheduling.domain.sheets import Sheet, places_left
from chalicelib.scheduling.domain.slots import Free, slot_at, slots_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.slots import Slot

_START = "/start"


def bookable_between(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """Give the first and the last instant at which a slot that can be booked now may begin."""
    return now + timedelta(minutes=calendar.notice_min), now + timedelta(days=calendar.horizon_days)


def slot_to_book(calendar: Calendar, start: datetime, now: datetime) -> Slot:
    """Give the slot that begins at `start`, when it is one that may be booked.

    Raises `Invalid`: `booking_in_past`, `booking_too_soon`, `booking_too_far` or `not_a_slot`.
    """
    first, last = bookable_between(calendar, now)
    if start <= now:
        raise _invalid("booking_in_past", "That time is over; choose a later one.")
    if start < first:
        raise _invalid(
            "booking_too_soon", f"Book at least {calendar.notice_min} minutes before; choose a later time."
        )
    if start > last:
        raise _invalid(
            "booking_too_far", f"Book at most {calendar.horizon_days} days before; choose an earlier time."
        )
    slot = slot_at(calendar, start)
    if slot is None:
        raise _invalid("not_a_slot", "No appointment begins then; choose one of the available times.")
    return slot


def free_slots(
    calendar: Calendar, sheets: Mapping[date, Sheet], first: datetime, last: datetime, now: datetime
) -> Iterator[Free]:
    """Give what can be booked and begins from `first` until before `last`, in order of time."""
    earliest, latest = bookable_between(calendar, now)
    for slot in slots_of(calendar, calendar.day_of(first), calendar.day_of(last)):
        if not first <= slot.start < last or not earliest <= slot.start <= latest:
            continue
        day = calendar.day_of(slot.start)
        places = places_left(calendar, sheets.get(day) or Sheet(calendar.id, day), slot, now)
        if places:
            yield Free(calendar.id, slot, places)


def _invalid(code: str, message: str) -> Invalid:
    return Invalid(message, code=code, errors=(FieldError(_START, message),))
