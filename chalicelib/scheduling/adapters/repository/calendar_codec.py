"""Calendars and day sheets as items, and back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.scheduling.adapters.repository.campaign_codec import instant_of, text_of
from chalicelib.scheduling.adapters.tables import CalendarItem, SheetItem
from chalicelib.scheduling.domain.calendars import Calendar, Channel, Interval, Reminder
from chalicelib.scheduling.domain.sheets import Entry, EntryKind, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

_APART = frozenset({"id", "name", "zone", "created_at", "created_by", "updated_at", "version"})
_KEPT = timedelta(days=366)


def calendar_item(calendar: Calendar) -> CalendarItem:
    """Give the row of a calendar."""
    return CalendarItem(
        "CALENDARS",
        f"CALENDAR#{calendar.id}",
        name=calendar.name,
        zone=calendar.zone,
        rules=_rules_json(calendar),
        created_at=iso(calendar.created_at),
        created_by=calendar.created_by,
        updated_at=text_of(calendar.updated_at),
        version=calendar.version,
    )


def calendar_of(item: CalendarItem) -> Calendar:
    """Give the calendar of a row."""
    return Calendar(
        id=item.sk.removeprefix("CALENDAR#"),
        name=item.name,
        zone=item.zone,
        created_at=from_iso(item.created_at),
        created_by=item.created_by,
        updated_at=instant_of(item.updated_at),
        version=int(item.version),
        **_rules_of(item.rules),
    )


def _rules_json(calendar: Calendar) -> dict[str, Any]:
    rules = {name: value for name, value in vars(calendar).items() if name not in _APART}
    return rules | {
        "hours": {str(day): _spans(intervals) for day, intervals in calendar.hours.items()},
        "special": {day.isoformat(): _spans(intervals) for day, intervals in calendar.special.items()},
        "closed": sorted(day.isoformat() for day in calendar.closed),
        "services": sorted(calendar.services),
        "reminders": [asdict(each) for each in calendar.reminders],
    }


def _rules_of(kept: dict[str, Any]) -> dict[str, Any]:
    return kept | {
        "hours": {int(day): _intervals(spans) for day, spans in kept["hours"].items()},
        "special": {date.fromisoformat(day): _intervals(spans) for day, spans in kept["special"].items()},
        "closed": frozenset(map(date.fromisoformat, kept["closed"])),
        "services": frozenset(kept["services"]),
        "reminders": tuple(
            Reminder(**each | {"channel": Channel(each["channel"])}) for each in kept["reminders"]
        ),
    }


def _spans(intervals: Iterable[Interval]) -> list[list[int]]:
    return [[each.start, each.end] for each in intervals]


def _intervals(spans: Iterable[list[int]]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in spans)


def sheet_key(calendar_id: str, day: date) -> tuple[str, str]:
    """Give the key of a day."""
    return f"CALENDAR#{calendar_id}", f"DAY#{day.isoformat()}"


def sheet_item(sheet: Sheet) -> SheetItem:
    """Give the row of a sheet, one version on."""
    expires_at = datetime.combine(sheet.day, time(), UTC) + _KEPT
    return SheetItem(
        *sheet_key(sheet.calendar_id, sheet.day),
        entries=[_entry_json(each) for each in sheet.entries],
        expires_at=int(expires_at.timestamp()),
        version=sheet.version + 1,
    )


def sheet_of(item: SheetItem) -> Sheet:
    """Give the sheet of a row."""
    return Sheet(
        calendar_id=item.pk.removeprefix("CALENDAR#"),
        day=date.fromisoformat(item.sk.removeprefix("DAY#")),
        entries=tuple(_entry_of(each) for each in item.entries),
        version=int(item.version),
    )


def _entry_json(entry: Entry) -> list[str | None]:
    return [iso(entry.start), iso(entry.end), entry.kind.value, entry.holder, text_of(entry.until)]


def _entry_of(kept: list[str]) -> Entry:
    start, end, kind, holder, until = kept
    return Entry(from_iso(start), from_iso(end), EntryKind(kind), holder, instant_of(until))
