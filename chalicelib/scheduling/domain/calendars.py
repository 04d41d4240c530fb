"""Calendars: when and for how long somebody can come, and how many at once; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.crm.domain.details import check_time_zone
from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

MINUTES_OF_DAY = 24 * 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MAX_REMINDERS = 5
# A day's entries are one row, which storage bounds.
MAX_PLACES_PER_DAY = 1000
_SHORTEST_REMINDER_MIN, _LONGEST_REMINDER_MIN = 5, 30 * MINUTES_OF_DAY


@dataclass(frozen=True, order=True)
class Interval:
    """Open from `start` until `end`, in minutes of the calendar's local day; 1440 is midnight at its end."""

    start: int
    end: int


class Channel(StrEnum):
    """How somebody is reminded."""

    SMS = "sms"
    CALL = "call"


@dataclass(frozen=True)
class Reminder:
    """Remind `before_min` minutes before the start, by this text or call template; None: the usual words."""

    before_min: int
    channel: Channel = Channel.SMS
    template_id: str | None = None


@dataclass(frozen=True)
class Calendar:
    """When bookings can be made, in its own time zone, and what becomes of them.

    `hours` are open by weekday (0 is Monday); `special` days have other hours, `closed` days none. A slot
    lasts `slot_min` minutes, with buffers before and after in which nobody comes, and has room for
    `capacity` people. Bookings are made at least `notice_min` minutes and at most `horizon_days` days ahead;
    the contact itself cancels and moves no later than `cancel_notice_min` minutes before. `services` are tags
    by which several calendars are found at once. `version` grows with each change.
    """

    id: str
    name: str
    zone: str
    created_at: datetime
    created_by: str = "system"
    hours: Mapping[int, tuple[Interval, ...]] = field(default_factory=dict, hash=False)
    slot_min: int = 30
    before_min: int = 0
    after_min: int = 0
    capacity: int = 1
    services: frozenset[str] = frozenset()
    closed: frozenset[date] = frozenset()
    special: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict, hash=False)
    notice_min: int = 60
    horizon_days: int = 90
    cancel_notice_min: int = 0
    location: str = ""
    video_url: str = ""
    reminders: tuple[Reminder, ...] = ()
    confirm_by_sms: bool = False
    confirmation_template_id: str | None = None
    cancellation_template_id: str | None = None
    is_active: bool = True
    updated_at: datetime | None = None
    version: int = 1

    @property
    def tz(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.zone)

    @property
    def step_min(self) -> int:
        """Minutes from one slot to the next: the slot and both buffers."""
        return self.before_min + self.slot_min + self.after_min

    def day_of(self, instant: datetime) -> date:
        """Give the calendar's own date at an instant."""
        return instant.astimezone(self.tz).date()

    def open_on(self, day: date) -> tuple[Interval, ...]:
        """Give when it is open on a day, in order."""
        if day in self.closed:
            return ()
        return self.special.get(day, self.hours.get(day.weekday(), ()))


def check_calendar(calendar: Calendar) -> None:
    """Refuse a calendar in which nothing could be booked rightly.

    `Invalid` names every field as the API does: the zone is `/time_zone`, weekdays have names.
    """
    errors = tuple(_errors(calendar))
    if errors:
        raise Invalid("The calendar cannot be kept like this.", code="calendar_invalid", errors=errors)


def _errors(calendar: Calendar) -> Iterable[FieldError]:
    yield from _zone_errors(calendar.zone)
    yield from _length_errors(calendar)
    yield from _reminder_errors(calendar.reminders)
    for pointer, intervals in _days(calendar):
        yield from _interval_errors(calendar, pointer, intervals)


def _zone_errors(zone: str) -> Iterable[FieldError]:
    try:
        check_time_zone(zone)
    except Invalid as error:
        yield FieldError("/time_zone", error.message)


def _length_errors(calendar: Calendar) -> Iterable[FieldError]:
    bounds = {
        "slot_min": (5, MINUTES_OF_DAY),
        "before_min": (0, 12 * 60),
        "after_min": (0, 12 * 60),
        "capacity": (1, 500),
        "notice_min": (0, 90 * MINUTES_OF_DAY),
        "horizon_days": (1, 730),
        "cancel_notice_min": (0, 90 * MINUTES_OF_DAY),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(calendar, name) <= most:
            yield FieldError(f"/{name}", f"Must be from {least} to {most}.")


def _reminder_errors(reminders: tuple[Reminder, ...]) -> Iterable[FieldError]:
    if len(reminders) > MAX_REMINDERS:
        yield FieldError("/reminders", f"At most {MAX_REMINDERS} reminders.")
    for place, reminder in enumerate(reminders):
        if not _SHORTEST_REMINDER_MIN <= reminder.before_min <= _LONGEST_REMINDER_MIN:
            yield FieldError(f"/reminders/{place}/before_min", "Must be from 5 minutes to 30 days.")


def _days(calendar: Calendar) -> Iterable[tuple[str, tuple[Interval, ...]]]:
    yield from ((f"/hours/{WEEKDAYS[weekday]}", intervals) for weekday, intervals in calendar.hours.items())
    yield from ((f"/special/{day.isoformat()}", intervals) for day, intervals in calendar.special.items())


def _interval_errors(
    calendar: Calendar, pointer: str, intervals: tuple[Interval, ...]
) -> Iterable[FieldError]:
    open_until, places = 0, 0
    for place, each in enumerate(intervals):
        if not open_until <= each.start < each.end <= MINUTES_OF_DAY:
            yield FieldError(f"{pointer}/{place}", "Must begin before it ends, and after the one before it.")
        open_until = each.end
        places += (each.end - each.start) // max(calendar.step_min, 1) * calendar.capacity
    if places > MAX_PLACES_PER_DAY:
        yield FieldError(pointer, f"{places} places on one day; at most {MAX_PLACES_PER_DAY} are kept.")
