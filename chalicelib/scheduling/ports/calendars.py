"""Where calendars, their day sheets, bookings and reminders are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.domain.bookings import Booking, PlannedReminder
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.sheets import Sheet


class CalendarBook(Protocol):
    """Stored calendars."""

    def add(self, calendar: Calendar) -> Calendar:
        """Store a new calendar, or give the one that has this id."""

    def get(self, calendar_id: str) -> Calendar | None:
        """Give a calendar, consistently."""

    def save(self, calendar: Calendar) -> bool:
        """Store a calendar in place of the version below; False when it has another, or is gone."""

    def remove(self, calendar: Calendar) -> bool:
        """Delete a calendar at its version; False when it has another."""

    def page(self, page_size: int, start: str | None) -> Page[Calendar]:
        """Give calendars, newest first, from after the id `start`."""


class SheetBook(Protocol):
    """Stored day sheets."""

    def get(self, calendar_id: str, day: date) -> Sheet:
        """Give the sheet of a day, consistently; an empty one of version 0 when nothing is stored."""

    def between(self, calendar_id: str, first: date, last: date) -> dict[date, Sheet]:
        """Give the stored sheets of these days, both included, in one query; days without one are missing."""

    def save(self, sheet: Sheet) -> bool:
        """Store a sheet that was read at its version, one version on.

        False when it has another, or is just being written.
        """


@dataclass(frozen=True)
class BookingWrite:
    """What is written together: a booking, the sheets that it takes a place on or leaves, its reminders.

    `booking` is stored in place of the version below it (1 is new), each sheet in place of its version, one
    version on. `reminders` take the place of all that the booking had before (as many as `former_reminders`
    at most); None leaves them as they are.
    """

    booking: Booking
    sheets: tuple[Sheet, ...] = ()
    reminders: tuple[PlannedReminder, ...] | None = None
    former_reminders: int = 0


class BookingBook(Protocol):
    """Stored bookings, each with a place in the list of its contact."""

    def get(self, booking_id: str) -> Booking | None:
        """Give a booking, consistently."""

    def many(self, booking_ids: Sequence[str]) -> list[Booking]:
        """Give those of these bookings that exist, consistently, in any order."""

    def write(self, write: BookingWrite) -> bool:
        """Store all of it or nothing; False when anything is not at its version, or just being written."""

    def of_contact(
        self, contact_id: str, page_size: int, start: str | None, since: datetime | None = None
    ) -> Page[Booking]:
        """Give the bookings of a contact, the latest start first, from after the position `start`.

        With `since` none that begins before it.
        """

    def remove(self, booking: Booking) -> None:
        """Forget a booking, its place in the list of its contact, and its reminders; sheets stay."""


class ReminderBook(Protocol):
    """Stored reminders; a booking's writes make and delete them."""

    def get(self, booking_id: str, number: int) -> PlannedReminder | None:
        """Give a reminder, consistently."""

    def of_booking(self, booking_id: str) -> list[PlannedReminder]:
        """Give the reminders of a booking, consistently, in order of their numbers."""

    def due(self, now: datetime, limit: int) -> list[PlannedReminder]:
        """Give up to `limit` waiting reminders that are due by `now`, the longest due first."""

    def settle(self, reminder: PlannedReminder) -> bool:
        """Store what became of a waiting reminder.

        False when it does not wait any more, or is not the one of this sequence and time.
        """
