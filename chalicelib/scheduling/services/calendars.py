"""Keeping calendars: making, reading, changing and deleting them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.calendars import check_calendar
from chalicelib.scheduling.domain.sheets import bookings_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_MAX_TRIES = 10


def create_calendar(scheduling: SchedulingPorts, calendar: Calendar) -> Calendar:
    """Keep a new calendar, or give the one that has this id; `Invalid`, code `calendar_invalid`."""
    check_calendar(calendar)
    kept = scheduling.calendars.add(calendar)
    log("calendar.created", calendar_id=kept.id)
    return kept


def get_calendar(scheduling: SchedulingPorts, calendar_id: str) -> Calendar:
    """Give a calendar; `NotFound`, code `calendar_not_found`."""
    calendar = scheduling.calendars.get(calendar_id)
    if calendar is None:
        raise NotFound("There is no such calendar.", code="calendar_not_found")
    return calendar


def list_calendars(scheduling: SchedulingPorts, page_size: int, start: str | None) -> Page[Calendar]:
    """Give calendars, newest first."""
    return scheduling.calendars.page(page_size, start)


def change_calendar(
    scheduling: SchedulingPorts, calendar_id: str, changes: Mapping[str, Any], expected_version: int | None
) -> Calendar:
    """Set fields of a calendar; changing nothing makes no new version, and bookings stay as they are.

    Raises `Invalid`: `calendar_invalid`, or `calendar_zone_fixed` for another time zone, by which the days
    of all its bookings would be others; and `Conflict`, code `version_changed`.
    """
    for _ in range(_MAX_TRIES):
        newest = get_calendar(scheduling, calendar_id)
        _check_version(newest, expected_version)
        wanted = replace(newest, **changes)
        _check_change(newest, wanted)
        if wanted == newest:
            return newest
        changed = replace(wanted, updated_at=scheduling.clock.now(), version=newest.version + 1)
        if scheduling.calendars.save(changed):
            log("calendar.changed", calendar_id=calendar_id)
            return changed
    raise _version_changed()


def delete_calendar(scheduling: SchedulingPorts, calendar_id: str, expected_version: int | None) -> None:
    """Delete a calendar that takes no bookings any more and has none ahead; what is over stays.

    Raises `Conflict`: `calendar_active`, `calendar_in_use`, or `version_changed`.
    """
    calendar = get_calendar(scheduling, calendar_id)
    _check_version(calendar, expected_version)
    if calendar.is_active:
        raise Conflict("Have it take no more bookings before deleting it.", code="calendar_active")
    if _has_bookings_ahead(scheduling, calendar):
        raise Conflict("It has appointments ahead; move or cancel them first.", code="calendar_in_use")
    if not scheduling.calendars.remove(calendar):
        raise _version_changed()
    log("calendar.deleted", calendar_id=calendar_id)


def _has_bookings_ahead(scheduling: SchedulingPorts, calendar: Calendar) -> bool:
    today = calendar.day_of(scheduling.clock.now())
    sheets = scheduling.sheets.between(calendar.id, today, today + timedelta(days=_LONGEST_HORIZON))
    return any(bookings_on(sheet) for sheet in sheets.values())


# Whatever the horizon was when a booking was made.
_LONGEST_HORIZON = 732


def _check_change(newest: Calendar, wanted: Calendar) -> None:
    if wanted.zone != newest.zone:
        message = "The time zone stays; make another calendar for another zone."
        raise Invalid(message, code="calendar_zone_fixed", errors=(FieldError("/time_zone", message),))
    check_calendar(wanted)


def _check_version(calendar: Calendar, expected: int | None) -> None:
    if expected is not None and calendar.version != expected:
        raise _version_changed()


def _version_changed() -> Conflict:
    return Conflict("Somebody else has changed the calendar; read it again.", code="version_changed")
