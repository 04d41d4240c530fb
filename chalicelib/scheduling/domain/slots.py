"""The grid of a calendar's slots: its local hours as instants, right across changes of the clock; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from zoneinfo import ZoneInfo

    from chalicelib.scheduling.domain.calendars import Calendar, Interval

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, order=True)
class Slot:
    """A time that can be booked, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Free:
    """A slot of a calendar that has `places` left."""

    calendar_id: str
    slot: Slot
    places: int


def slots_of(calendar: Calendar, first: date, last: date) -> Iterator[Slot]:
    """Give the slots of the calendar's local days from `first` until `last`, in order of time."""
    for number in range((last - first).days + 1):
        yield from slots_of_day(calendar, first + timedelta(days=number))


def slots_of_day(calendar: Calendar, day: date) -> Iterator[Slot]:
    """Give the slots of one local day.

    A slot begins by the local clock and lasts so many real minutes. Where the clock is set forward, a start
    that does not exist is left out, and so is a slot that would overlap the one before it or last beyond the
    hours; where it is set back, a start that comes twice counts the first time.
    """
    free_from: datetime | None = None
    gap = timedelta(minutes=calendar.before_min + calendar.after_min)
    for interval in calendar.open_on(day):
        for slot in _of_interval(calendar, day, interval):
            if free_from is None or slot.start >= free_from:
                free_from = slot.end + gap
                yield slot


def slot_at(calendar: Calendar, start: datetime) -> Slot | None:
    """Give the slot that begins at an instant; None when none does."""
    return next(
        (each for each in slots_of_day(calendar, calendar.day_of(start)) if each.start == start), None
    )


def _of_interval(calendar: Calendar, day: date, interval: Interval) -> Iterator[Slot]:
    opens, closes = _wall(day, interval.start), _wall(day, interval.end)
    before, after = timedelta(minutes=calendar.before_min), timedelta(minutes=calendar.after_min)
    zone, length = calendar.tz, timedelta(minutes=calendar.slot_min)
    first = interval.start + calendar.before_min
    last = interval.end - calendar.after_min - calendar.slot_min
    for minute in range(first, last + 1, calendar.step_min):
        start = _instant(_wall(day, minute), zone)
        if start is None:
            continue
        # The last moment, not the end: where the clock is changed at midnight, that is another time.
        begins, ends = _local(start - before, zone), _local(start + length + after - _MOMENT, zone)
        if opens <= begins and ends < closes:
            yield Slot(start, start + length)


def _wall(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


def _instant(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the (first) instant of a local time; None when the local clock never shows it."""
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if _local(instant, zone) == wall else None


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)
