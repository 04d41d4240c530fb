"""Day sheets: whatever takes places of a calendar on one of its local days; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict
from chalicelib.scheduling.domain.slots import Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from chalicelib.scheduling.domain.calendars import Calendar

HOLD = timedelta(minutes=2)
# A day is one row, of 400 KB at most; imported times beyond those that can be booked need room too.
MAX_ENTRIES = 2000


class EntryKind(StrEnum):
    """Why a time is taken."""

    BOOKED = "booked"  # by the booking that `holder` names: one place
    HELD = "held"  # one place, for whoever decides, until `until`
    BUSY = "busy"  # all places; imported from the source that `holder` names


@dataclass(frozen=True, order=True)
class Entry:
    """A time that is taken, in UTC, by whom and until when at most."""

    start: datetime
    end: datetime
    kind: EntryKind
    holder: str
    until: datetime | None = None


@dataclass(frozen=True)
class Sheet:
    """What is taken on one local day of a calendar; version 0 is a day on which nothing was ever taken."""

    calendar_id: str
    day: date
    entries: tuple[Entry, ...] = ()
    version: int = 0


def places_left(calendar: Calendar, sheet: Sheet, slot: Slot, now: datetime, holder: str = "") -> int:
    """Give how many more people have room in a slot; what `holder` holds itself does not count.

    Two people are never closer than both buffers together, on whatever grid they were booked; imported times
    are kept clear by the buffers of the slot.
    """
    between = timedelta(minutes=calendar.before_min + calendar.after_min)
    before, after = timedelta(minutes=calendar.before_min), timedelta(minutes=calendar.after_min)
    taken = 0
    for entry in _standing(sheet.entries, now):
        if entry.kind is EntryKind.BUSY:
            if entry.start < slot.end + after and slot.start - before < entry.end:
                return 0
        elif not _is_held_by(entry, holder):
            taken += entry.start < slot.end + between and slot.start - between < entry.end
    return max(calendar.capacity - taken, 0)


def with_hold(calendar: Calendar, sheet: Sheet, slot: Slot, holder: str, now: datetime) -> Sheet | None:
    """Give the sheet on which `holder` holds the slot for two minutes, and nothing else; None when taken."""
    entry = Entry(slot.start, slot.end, EntryKind.HELD, holder, now + HOLD)
    return _with(calendar, sheet, entry, now, holder)


def booked(slot: Slot, booking_id: str) -> Entry:
    """Give what a booking takes."""
    return Entry(slot.start, slot.end, EntryKind.BOOKED, booking_id)


def with_booking(
    calendar: Calendar, sheet: Sheet, entry: Entry, now: datetime, holder: str = ""
) -> Sheet | None:
    """Give the sheet on which a booking has its slot, in place of what `holder` held; None when taken."""
    return _with(calendar, sheet, entry, now, holder)


def without(sheet: Sheet, kind: EntryKind, holder: str) -> Sheet:
    """Give the sheet without what somebody has of this kind."""
    left = tuple(each for each in sheet.entries if not (each.kind is kind and each.holder == holder))
    return replace(sheet, entries=left)


def with_busy(sheet: Sheet, source: str, busy: Iterable[Entry]) -> Sheet:
    """Give the sheet with other busy times of a source, in place of those that it told before.

    Raises `Conflict`, code `day_full`, when there are more than a day can keep.
    """
    former = without(sheet, EntryKind.BUSY, source)
    entries = tuple(sorted((*former.entries, *busy), key=_order))
    if len(entries) > MAX_ENTRIES:
        raise Conflict(f"More than {MAX_ENTRIES} entries on {sheet.day}.", code="day_full")
    return replace(sheet, entries=entries)


def with_more_busy(sheet: Sheet, source: str, busy: Iterable[Entry]) -> Sheet:
    """Give the sheet with busy times of a source beside those that it told before; errors as `with_busy`."""
    former = [each for each in sheet.entries if each.kind is EntryKind.BUSY and each.holder == source]
    times = _merged((each.start, each.end) for each in (*former, *busy))
    return with_busy(sheet, source, (Entry(start, end, EntryKind.BUSY, source) for start, end in times))


def busy_by_day(
    calendar: Calendar, source: str, times: Iterable[tuple[datetime, datetime]]
) -> dict[date, tuple[Entry, ...]]:
    """Cut busy times (UTC) into entries of the calendar's local days; what overlaps becomes one."""
    days: dict[date, list[Entry]] = {}
    for start, end in _merged(times):
        for day, first, last in _days_between(calendar, start, end):
            days.setdefault(day, []).append(Entry(first, last, EntryKind.BUSY, source))
    return {day: tuple(entries) for day, entries in days.items()}


def bookings_on(sheet: Sheet) -> tuple[str, ...]:
    """Give the ids of the bookings of a day, in order of time."""
    return tuple(each.holder for each in sheet.entries if each.kind is EntryKind.BOOKED)


def hold_on(sheet: Sheet, holder: str) -> Entry:
    """Give what somebody holds on a day; `StopIteration` when that is nothing."""
    return next(each for each in sheet.entries if _is_held_by(each, holder))


def _with(calendar: Calendar, sheet: Sheet, entry: Entry, now: datetime, holder: str) -> Sheet | None:
    if not places_left(calendar, sheet, Slot(entry.start, entry.end), now, holder):
        return None
    others = [each for each in _standing(sheet.entries, now) if not _is_held_by(each, holder)]
    return replace(sheet, entries=tuple(sorted([*others, entry], key=_order)))


def _standing(entries: Iterable[Entry], now: datetime) -> Iterator[Entry]:
    return (each for each in entries if each.until is None or each.until > now)


def _is_held_by(entry: Entry, holder: str) -> bool:
    return entry.kind is EntryKind.HELD and entry.holder == holder


def _order(entry: Entry) -> tuple[datetime, datetime, str, str]:
    return entry.start, entry.end, entry.kind, entry.holder


def _merged(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for start, end in sorted(times):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _days_between(
    calendar: Calendar, start: datetime, end: datetime
) -> Iterator[tuple[date, datetime, datetime]]:
    """Give each local day of a span with the part of the span on it."""
    while start < end:
        day = calendar.day_of(start)
        midnight = datetime.combine(day + timedelta(days=1), time(), calendar.tz).astimezone(UTC)
        # The clock may skip a midnight, or a whole day: whatever follows this instant is another day.
        until = min(end, midnight) if midnight > start else end
        yield day, start, until
        start = until
