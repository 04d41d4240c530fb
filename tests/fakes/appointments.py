"""Calendars, day sheets, bookings and reminders in memory, and samples of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import iso
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.bookings import Booking, PlannedReminder, ReminderState
from chalicelib.scheduling.domain.calendars import Calendar, Interval
from chalicelib.scheduling.domain.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalicelib.scheduling.ports.calendars import BookingWrite

_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
_WORKDAY = (Interval(9 * 60, 12 * 60), Interval(13 * 60, 17 * 60))


def a_calendar(**changes: Any) -> Calendar:
    """Make a calendar in Berlin: workdays from 9 to 12 and from 13 to 17, half an hour each."""
    calendar = Calendar(
        id="calendar_1",
        name="Dr. Weber",
        zone="Europe/Berlin",
        created_at=_NOW,
        created_by="token:1",
        hours=dict.fromkeys(range(5), _WORKDAY),
    )
    return replace(calendar, **changes)


def a_booking(**changes: Any) -> Booking:
    """Make a booking of a Monday morning in Berlin."""
    booking = Booking(
        id="booking_1",
        calendar_id="calendar_1",
        contact_id="contact_1",
        number=E164("+14155552671"),
        name="Ada Lovelace",
        start=datetime(2026, 3, 9, 8, tzinfo=UTC),
        end=datetime(2026, 3, 9, 8, 30, tzinfo=UTC),
        zone="America/New_York",
        created_at=_NOW,
        created_by="token:1",
    )
    return replace(booking, **changes)


@dataclass
class FakeCalendars:
    """Calendars; implements `CalendarBook`."""

    by_id: dict[str, Calendar] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def add(self, calendar: Calendar) -> Calendar:
        """Keep a new calendar."""
        return self.by_id.setdefault(calendar.id, calendar)

    def get(self, calendar_id: str) -> Calendar | None:
        """Give a calendar."""
        return self.by_id.get(calendar_id)

    def save(self, calendar: Calendar) -> bool:
        """Keep the next version of a calendar."""
        with self.lock:
            known = self.by_id.get(calendar.id)
            if known is None or known.version != calendar.version - 1:
                return False
            self.by_id[calendar.id] = calendar
            return True

    def remove(self, calendar: Calendar) -> bool:
        """Forget a calendar."""
        with self.lock:
            known = self.by_id.get(calendar.id)
            if known is None or known.version != calendar.version:
                return False
            del self.by_id[calendar.id]
            return True

    def page(self, page_size: int, start: str | None) -> Page[Calendar]:
        """Give a page, newest first."""
        ids = sorted((each for each in self.by_id if start is None or each < start), reverse=True)
        found = [self.by_id[each] for each in ids[:page_size]]
        return Page(found, found[-1].id if len(ids) > page_size else None)


@dataclass
class FakeSheets:
    """Day sheets; implements `SheetBook`. `reads` counts what was asked for."""

    by_day: dict[tuple[str, date], Sheet] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)
    reads: int = 0

    def get(self, calendar_id: str, day: date) -> Sheet:
        """Give a sheet."""
        return self.by_day.get((calendar_id, day), Sheet(calendar_id, day))

    def between(self, calendar_id: str, first: date, last: date) -> dict[date, Sheet]:
        """Give the sheets of some days."""
        self.reads += 1
        return {
            day: sheet
            for (whose, day), sheet in self.by_day.items()
            if whose == calendar_id and first <= day <= last
        }

    def save(self, sheet: Sheet) -> bool:
        """Keep the next version of a sheet."""
        with self.lock:
            if not self.is_newest(sheet):
                return False
            self.by_day[sheet.calendar_id, sheet.day] = replace(sheet, version=sheet.version + 1)
            return True

    def is_newest(self, sheet: Sheet) -> bool:
        """Tell whether nobody has written a sheet since it was read."""
        return self.get(sheet.calendar_id, sheet.day).version == sheet.version


@dataclass
class FakeReminders:
    """Reminders; implements `ReminderBook`."""

    by_key: dict[tuple[str, int], PlannedReminder] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def get(self, booking_id: str, number: int) -> PlannedReminder | None:
        """Give a reminder."""
        return self.by_key.get((booking_id, number))

    def of_booking(self, booking_id: str) -> list[PlannedReminder]:
        """Give the reminders of a booking."""
        return [each for (whose, _), each in sorted(self.by_key.items()) if whose == booking_id]

    def due(self, now: datetime, limit: int) -> list[PlannedReminder]:
        """Give what is due."""
        waiting = [each for each in self.by_key.values() if each.state is ReminderState.WAITING]
        due = [each for each in waiting if each.due_at <= now]
        return sorted(due, key=lambda each: (each.due_at, each.booking_id, each.number))[:limit]

    def settle(self, reminder: PlannedReminder) -> bool:
        """Keep what became of a waiting reminder."""
        with self.lock:
            known = self.get(reminder.booking_id, reminder.number)
            if known is None or known.state is not ReminderState.WAITING:
                return False
            if (known.sequence, known.due_at) != (reminder.sequence, reminder.due_at):
                return False
            self.by_key[reminder.booking_id, reminder.number] = reminder
            return True


@dataclass
class FakeBookings:
    """Bookings, written with the sheets and reminders of these books; implements `BookingBook`."""

    sheets: FakeSheets
    reminders: FakeReminders
    by_id: dict[str, Booking] = field(default_factory=dict)

    def get(self, booking_id: str) -> Booking | None:
        """Give a booking."""
        return self.by_id.get(booking_id)

    def many(self, booking_ids: Sequence[str]) -> list[Booking]:
        """Give some bookings."""
        return [self.by_id[each] for each in dict.fromkeys(booking_ids) if each in self.by_id]

    def write(self, write: BookingWrite) -> bool:
        """Keep all of it or nothing."""
        with self.sheets.lock:
            known, booking = self.by_id.get(write.booking.id), write.booking
            if (known.version if known else 0) != booking.version - 1:
                return False
            if not all(self.sheets.is_newest(sheet) for sheet in write.sheets):
                return False
            for sheet in write.sheets:
                self.sheets.save(sheet)
            self.by_id[booking.id] = booking
            self._write_reminders(write)
            return True

    def of_contact(
        self, contact_id: str, page_size: int, start: str | None, since: datetime | None = None
    ) -> Page[Booking]:
        """Give a page of a contact's bookings."""
        mine = [each for each in self.by_id.values() if each.contact_id == contact_id]
        placed = {_position(each): each for each in mine if since is None or each.start >= since}
        after = sorted((place for place in placed if start is None or place < start), reverse=True)
        more = after[page_size - 1] if len(after) > page_size else None
        return Page([placed[place] for place in after[:page_size]], more)

    def remove(self, booking: Booking) -> None:
        """Forget a booking and its reminders."""
        with self.sheets.lock:
            self.by_id.pop(booking.id, None)
            for number in range(booking.reminder_count):
                self.reminders.by_key.pop((booking.id, number), None)

    def _write_reminders(self, write: BookingWrite) -> None:
        if write.reminders is None:
            return
        for number in range(write.former_reminders):
            self.reminders.by_key.pop((write.booking.id, number), None)
        for reminder in write.reminders:
            self.reminders.by_key[reminder.booking_id, reminder.number] = reminder


@dataclass
class FakeAlarms:
    """Schedules in a dict; implements `Alarms`."""

    by_key: dict[tuple[str, int], PlannedReminder] = field(default_factory=dict)

    def put(self, reminder: PlannedReminder) -> None:
        """Keep a schedule in place of the former one."""
        self.by_key[reminder.booking_id, reminder.number] = reminder

    def remove(self, booking_id: str, number: int) -> None:
        """Forget a schedule."""
        self.by_key.pop((booking_id, number), None)


def _position(booking: Booking) -> str:
    return f"{iso(booking.start)}#{booking.id}"
