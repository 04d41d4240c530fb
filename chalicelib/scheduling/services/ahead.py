"""The appointments that a contact has ahead: which stand, and which were cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.scheduling.domain.bookings import STANDS, BookingState
from chalicelib.scheduling.domain.calendars import MINUTES_OF_DAY
from chalicelib.scheduling.services.booking_lists import bookings_of_contact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_PAGE = 50
_LONGEST = timedelta(minutes=MINUTES_OF_DAY)  # no slot of any calendar is longer
# Who asks for the texts and calls that remind, before the id of the booking.
REQUESTED = "reminder:"


def reminded_of(requested_by: str) -> str:
    """Give the id of the booking of which a call or a text reminds, by who asked for it; empty: of none."""
    return requested_by.removeprefix(REQUESTED) if requested_by.startswith(REQUESTED) else ""


def bookings_ahead(scheduling: SchedulingPorts, contact_id: str) -> list[Booking]:
    """Give the bookings of a contact that stand and are not over, in order of time."""
    ahead = [each for each in _not_over(scheduling, contact_id) if each.state in STANDS]
    return sorted(ahead, key=lambda booking: booking.start)


def cancelled_by(scheduling: SchedulingPorts, contact_id: str, who: str) -> Booking | None:
    """Give a booking ahead that somebody (an actor) has cancelled; of several, the latest start."""
    return next(
        (
            each
            for each in _not_over(scheduling, contact_id)
            if each.state is BookingState.CANCELLED and each.history and each.history[-1].by == who
        ),
        None,
    )


def _not_over(scheduling: SchedulingPorts, contact_id: str) -> Iterator[Booking]:
    """Give what ends later than now, the latest start first."""
    now, start = scheduling.clock.now(), None
    while True:
        page = bookings_of_contact(scheduling, contact_id, _PAGE, start, now - _LONGEST)
        yield from (each for each in page.items if each.end > now)
        start = page.next_start
        if start is None:
            return
