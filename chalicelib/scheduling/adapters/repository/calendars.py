"""Calendars and their day sheets in the scheduling table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.adapters.repository.calendar_codec import (
    calendar_item,
    calendar_of,
    sheet_item,
    sheet_key,
    sheet_of,
)
from chalicelib.scheduling.adapters.repository.writes import done
from chalicelib.scheduling.adapters.tables import CalendarItem, SheetItem
from chalicelib.scheduling.domain.sheets import Sheet

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from chalicelib.scheduling.domain.calendars import Calendar

_CALENDARS = "CALENDARS"


@unavailable_on(PynamoDBException)
class CalendarRepository:
    """One row a calendar; implements `CalendarBook`."""

    def add(self, calendar: Calendar) -> Calendar:
        """Store a new calendar, or give the one that has this id."""
        item = calendar_item(calendar)
        if done(lambda: item.save(CalendarItem.pk.does_not_exist())):
            return calendar
        return self.get(calendar.id) or calendar

    def get(self, calendar_id: str) -> Calendar | None:
        """Give a calendar, consistently."""
        try:
            return calendar_of(CalendarItem.get(_CALENDARS, f"CALENDAR#{calendar_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, calendar: Calendar) -> bool:
        """Store a calendar in place of the version below; False when it has another, or is gone."""
        item = calendar_item(calendar)
        return done(lambda: item.save(CalendarItem.version == calendar.version - 1))

    def remove(self, calendar: Calendar) -> bool:
        """Delete a calendar at its version; False when it has another."""
        item = calendar_item(calendar)
        return done(lambda: item.delete(CalendarItem.version == calendar.version))

    def page(self, page_size: int, start: str | None) -> Page[Calendar]:
        """Give calendars, newest first, from after the id `start`."""
        before = CalendarItem.sk < f"CALENDAR#{start}" if start else CalendarItem.sk.startswith("CALENDAR#")
        items = CalendarItem.query(
            _CALENDARS, before, limit=page_size + 1, scan_index_forward=False, consistent_read=True
        )
        found = [calendar_of(item) for item in items]
        more = found[page_size - 1].id if len(found) > page_size else None
        return Page(found[:page_size], more)


@unavailable_on(PynamoDBException)
class SheetRepository:
    """One row a day of a calendar; implements `SheetBook`."""

    def get(self, calendar_id: str, day: date) -> Sheet:
        """Give the sheet of a day, consistently; an empty one of version 0 when nothing is stored."""
        try:
            return sheet_of(SheetItem.get(*sheet_key(calendar_id, day), consistent_read=True))
        except DoesNotExist:
            return Sheet(calendar_id, day)

    def between(self, calendar_id: str, first: date, last: date) -> dict[date, Sheet]:
        """Give the stored sheets of these days, both included, in one query; days without one are missing."""
        (pk, since), (_, until) = sheet_key(calendar_id, first), sheet_key(calendar_id, last)
        items = SheetItem.query(pk, SheetItem.sk.between(since, until), consistent_read=True)
        return {sheet.day: sheet for sheet in map(sheet_of, items)}

    def save(self, sheet: Sheet) -> bool:
        """Store a sheet that was read at its version, one version on.

        False when it has another, or somebody who books is just writing it.
        """
        item = sheet_item(sheet)
        return done(lambda: item.save(sheet_is_at(sheet.version)), or_collided=True)


def sheet_is_at(version: int) -> Any:
    """Give the condition that a day is still as it was read."""
    return SheetItem.version == version if version else SheetItem.pk.does_not_exist()
