"""Holding a place for a moment, while somebody decides whether to book it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import about_field
from chalicelib.scheduling.domain.availability import slot_to_book
from chalicelib.scheduling.domain.sheets import EntryKind, hold_on, with_hold, without
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.services.places import SlotTaken, check_open, tries

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.scheduling.domain.sheets import Entry
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def hold(scheduling: SchedulingPorts, calendar_id: str, start: datetime, holder: str) -> Entry:
    """Hold a place for two minutes; whatever `holder` held on the same day it lets go of.

    Errors as `book`.
    """
    with about_field("/calendar_id"):
        calendar, start = get_calendar(scheduling, calendar_id), cut_to_millis(start)
    check_open(calendar)
    for _ in tries(scheduling, holder):
        now = scheduling.clock.now()
        slot = slot_to_book(calendar, start, now)
        sheet = scheduling.sheets.get(calendar.id, calendar.day_of(start))
        held = with_hold(calendar, sheet, slot, holder, now)
        if held is None:
            raise SlotTaken(calendar, start)
        if scheduling.sheets.save(held):
            return hold_on(held, holder)
    raise AssertionError("unreachable")


def release(scheduling: SchedulingPorts, calendar_id: str, start: datetime, holder: str) -> None:
    """Let go of what somebody holds on the day of this time; nothing when that is nothing."""
    calendar = get_calendar(scheduling, calendar_id)
    for _ in tries(scheduling, holder):
        sheet = scheduling.sheets.get(calendar.id, calendar.day_of(start))
        left = without(sheet, EntryKind.HELD, holder)
        if left == sheet or scheduling.sheets.save(left):
            return
