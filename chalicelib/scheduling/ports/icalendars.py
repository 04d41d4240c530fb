"""Calendar files (iCalendar, RFC 5545): written for contacts and for staff, read from anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.busy import BusyReading
    from chalicelib.scheduling.domain.calendars import Calendar


class ICalendars(Protocol):
    """Writes and reads calendar files."""

    def invitation(self, booking: Booking, calendar: Calendar, now: datetime) -> bytes:
        """Write the file of one booking: it puts the appointment in, moves it, or takes it out again."""

    def feed(self, calendar: Calendar, bookings: Iterable[Booking], now: datetime) -> bytes:
        """Write the bookings of a calendar that take a place, for a program that subscribes to them."""

    def busy_times(self, content: bytes, zone: str, first: datetime, last: datetime) -> BusyReading:
        """Read when somebody is busy between two instants.

        `zone` is the time zone of times that name none, and of whole days. The file is not trusted.

        Raises `Invalid`: `calendar_too_large`, `calendar_not_understood`, `calendar_too_many_times`, or
        `calendar_too_slow` for one that takes too long to work out.
        """
