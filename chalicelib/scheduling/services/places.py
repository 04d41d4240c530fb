"""What taking a place on a day has in common, whoever takes it: trying again, and being refused."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.scheduling.domain.sheets import EntryKind, booked, with_booking, without
from chalicelib.scheduling.services.availability import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.sheets import Sheet
    from chalicelib.scheduling.domain.slots import Slot
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_MAX_TRIES = 30
_PAUSE_MS = 20  # at most, and more with every try, up to:
_LONGEST_PAUSE_MS = 300


def tries(scheduling: SchedulingPorts, seed: str) -> Iterator[int]:
    """Count tries, with a pause before each but the first; those of different seeds differ.

    Raises `Unavailable`, code `calendar_busy`, after thirty: others write the same day all the time.
    """
    yield 0
    for tried in range(1, _MAX_TRIES):
        scheduling.clock.pause(_pause_ms(seed, tried) / 1000)
        yield tried
    raise Unavailable("Others book on that day; try again.", retryable=True, code="calendar_busy")


def check_open(calendar: Calendar) -> None:
    """Refuse a calendar that takes no bookings; `Conflict`, code `calendar_closed`."""
    if not calendar.is_active:
        raise Conflict("This calendar takes no appointments.", code="calendar_closed")


class SlotTaken(Conflict):
    """A slot of a calendar has no place left."""

    code = "slot_taken"

    def __init__(self, calendar: Calendar, start: datetime) -> None:
        super().__init__("That time is taken; choose another one.")
        self.calendar = calendar
        self.start = start


@contextmanager
def naming_nearest(scheduling: SchedulingPorts) -> Iterator[None]:
    """Let `slot_taken` name the nearest slots that have a place: `details["nearest"]`, in order of time."""
    try:
        yield
    except SlotTaken as refused:
        others = nearest(scheduling, refused.calendar, refused.start)
        refused.details["nearest"] = [{"start": iso(slot.start), "end": iso(slot.end)} for slot in others]
        raise


def moved_place(
    scheduling: SchedulingPorts, calendar: Calendar, booking: Booking, slot: Slot, holder: str
) -> tuple[Sheet, ...]:
    """Take the new place and free the old one, which may be on the same day; give the days that change."""
    old_day, day = calendar.day_of(booking.start), calendar.day_of(slot.start)
    old = scheduling.sheets.get(calendar.id, old_day)
    freed = without(old, EntryKind.BOOKED, booking.id)
    sheet = freed if day == old_day else scheduling.sheets.get(calendar.id, day)
    now = scheduling.clock.now()
    taken = with_booking(calendar, sheet, booked(slot, booking.id), now, holder)
    if taken is None:
        raise SlotTaken(calendar, slot.start)
    return (taken,) if day == old_day or freed == old else (freed, taken)


def _pause_ms(seed: str, tried: int) -> int:
    """Give a pause that looks random: from nothing to the longest of this try."""
    longest = min(_PAUSE_MS * tried, _LONGEST_PAUSE_MS)
    digest = hashlib.sha256(f"{seed}:{tried}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % (longest + 1)
