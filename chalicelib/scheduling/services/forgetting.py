"""Forgetting the appointments of somebody whose data is erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.scheduling.domain.bookings import STANDS
from chalicelib.scheduling.services.booking import withdraw

if TYPE_CHECKING:
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_AT_ONCE = 50


def forget_bookings(scheduling: SchedulingPorts, contact_id: str) -> None:
    """Delete every booking of a contact; the places of those that stand are free again, nobody is told."""
    start = None
    while True:
        page = scheduling.bookings.of_contact(contact_id, _AT_ONCE, start)
        for booking in page.items:
            if booking.state in STANDS and scheduling.calendars.get(booking.calendar_id):
                withdraw(scheduling, booking.id)
            scheduling.bookings.remove(booking)
        start = page.next_start
        if start is None:
            return
