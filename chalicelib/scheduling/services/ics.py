"""Calendar files for others, opened by signed links, and busy times taken from calendars of others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import FieldError, Invalid
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.busy import MAX_BYTES
from chalicelib.scheduling.domain.sheets import (
    Entry,
    EntryKind,
    Sheet,
    busy_by_day,
    with_busy,
    with_more_busy,
)
from chalicelib.scheduling.services.booking import bookings_between, get_booking
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.services.places import tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from chalicelib.scheduling.domain.busy import BusyReading
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

INVITATION, FEED = "invitation", "feed"
# Until this long after its end a booking's file is opened by its link.
_INVITATION_LASTS = timedelta(days=30)
FEED_LASTS = timedelta(days=366)
_FEED_BACK = timedelta(days=31)
# What a function can answer with bounds this: about half a kilobyte each, six megabytes in all.
_MAX_FEED = 5000
# However far ahead a calendar takes bookings, or once did.
_LONGEST_HORIZON = timedelta(days=732)
# So long after an import nothing is missing at the end of what can be booked.
_AHEAD_OF_HORIZON = timedelta(days=31)
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class BusyImport:
    """What an import of busy times did.

    `times` were found, `days` have changed, `unread` entries of the file were not understood, and the
    bookings with the ids `clashes` are at times that are busy now; they stand.
    """

    source: str
    times: int
    days: int
    unread: int
    clashes: tuple[str, ...]


def invitation_signature(scheduling: SchedulingPorts, booking_id: str) -> str:
    """Sign the link to a booking's file, for as long as the file is of use; `NotFound` without one."""
    booking, now = get_booking(scheduling, booking_id), scheduling.clock.now()
    lasts = max(booking.end - now, timedelta()) + _INVITATION_LASTS
    log("calendar.link_given", file=INVITATION, of=booking_id, actor=actor())
    return scheduling.links.sign(INVITATION, booking_id, now, lasts)


def feed_signature(scheduling: SchedulingPorts, calendar_id: str) -> str:
    """Sign the link to a calendar's feed, for a year; `NotFound` without a calendar."""
    get_calendar(scheduling, calendar_id)
    log("calendar.link_given", file=FEED, of=calendar_id, actor=actor())
    return scheduling.links.sign(FEED, calendar_id, scheduling.clock.now(), FEED_LASTS)


def open_invitation(scheduling: SchedulingPorts, booking_id: str, signature: str) -> bytes:
    """Give the file of a booking to whoever has its link; `Forbidden`: `link_invalid`, `link_expired`."""
    scheduling.links.check(INVITATION, booking_id, signature, scheduling.clock.now())
    booking = get_booking(scheduling, booking_id)
    calendar = get_calendar(scheduling, booking.calendar_id)
    return scheduling.icalendars.invitation(booking, calendar, scheduling.clock.now())


def open_feed(scheduling: SchedulingPorts, calendar_id: str, signature: str) -> bytes:
    """Give the bookings of a calendar, from a month back on, to whoever has its link; see the invitation."""
    now = scheduling.clock.now()
    scheduling.links.check(FEED, calendar_id, signature, now)
    calendar = get_calendar(scheduling, calendar_id)
    first, last = calendar.day_of(now - _FEED_BACK), calendar.day_of(now + _LONGEST_HORIZON)
    bookings = bookings_between(scheduling, calendar_id, first, last, _MAX_FEED)
    return scheduling.icalendars.feed(calendar, bookings, now)


def fetch_busy(scheduling: SchedulingPorts, calendar_id: str, url: str, source: str = "") -> BusyImport:
    """Take the busy times of the calendar at an address (`https`, or `webcal`, which is that).

    The address is the source by default. Raises as `import_busy`, and `Invalid`, naming `/url`:
    `address_refused`, `address_failed`.
    """
    get_calendar(scheduling, calendar_id)
    address = re.sub(r"^webcals?://", "https://", url, flags=re.IGNORECASE)
    content = scheduling.fetch_file(address, MAX_BYTES)
    return import_busy(scheduling, calendar_id, content, source or derived_id("source", address))


def import_busy(scheduling: SchedulingPorts, calendar_id: str, content: bytes, source: str) -> BusyImport:
    """Have nobody booked when a calendar file says that somebody is busy, as far as can be booked in a month.

    It replaces whatever the same source said before, day by day; done again after a crash it goes on, and
    days on which nothing changes are not written. Where entries of the file are not understood, nothing is
    freed: they may be what the source said before. Raises `NotFound`, `Invalid` as the reader of files does
    or with code `bad_source`, and `Conflict`, code `day_full`.
    """
    calendar = get_calendar(scheduling, calendar_id)
    _check_source(source)
    first, last = _span(calendar, scheduling.clock.now())
    found = scheduling.icalendars.busy_times(content, calendar.zone, first, last)
    days = busy_by_day(calendar, source, ((each.start, each.end) for each in found.times))
    return _replace(scheduling, calendar, source, days, found)


def remove_busy(scheduling: SchedulingPorts, calendar_id: str, source: str) -> int:
    """Forget the busy times of a source from today on; give on how many days there were any."""
    calendar = get_calendar(scheduling, calendar_id)
    sheets = _sheets(scheduling, calendar)
    return sum(_write_day(scheduling, sheet, source, ())[1] for sheet in sheets.values())


def _replace(
    scheduling: SchedulingPorts,
    calendar: Calendar,
    source: str,
    days: Mapping[date, tuple[Entry, ...]],
    found: BusyReading,
) -> BusyImport:
    sheets = _sheets(scheduling, calendar)
    put = with_more_busy if found.unread else with_busy
    changed = 0
    for day in sorted(sheets.keys() | days.keys()):
        sheet = sheets.get(day) or Sheet(calendar.id, day)
        sheets[day], is_changed = _write_day(scheduling, sheet, source, days.get(day, ()), put)
        changed += is_changed
    clashes = _clashes(sheets, days)
    log(
        "calendar.busy_imported",
        calendar_id=calendar.id,
        days=changed,
        times=len(found.times),
        unread=found.unread,
    )
    return BusyImport(source, len(found.times), changed, found.unread, clashes)


def _write_day(
    scheduling: SchedulingPorts,
    sheet: Sheet,
    source: str,
    busy: tuple[Entry, ...],
    put: Callable[[Sheet, str, Iterable[Entry]], Sheet] = with_busy,
) -> tuple[Sheet, bool]:
    """Put the busy times of a source on a day, by default in place of its former ones.

    Gives what is on that day then, and whether anything had to be written.
    """
    for tried in tries(scheduling, f"{source}{sheet.day}"):
        newest = scheduling.sheets.get(sheet.calendar_id, sheet.day) if tried else sheet
        wanted = put(newest, source, busy)
        if wanted.entries == newest.entries:
            return newest, False
        if scheduling.sheets.save(wanted):
            return wanted, True
    raise AssertionError("unreachable")


def _sheets(scheduling: SchedulingPorts, calendar: Calendar) -> dict[date, Sheet]:
    now = scheduling.clock.now()
    first, last = calendar.day_of(now), calendar.day_of(now + _LONGEST_HORIZON)
    return scheduling.sheets.between(calendar.id, first, last)


def _span(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """Give the instants between which bookings can be made in the month to come, by local days."""
    today = calendar.day_of(now)
    last = min(
        today + timedelta(days=calendar.horizon_days + 1) + _AHEAD_OF_HORIZON,
        calendar.day_of(now + _LONGEST_HORIZON),
    )
    midnights = (datetime.combine(day, time(), calendar.tz).astimezone(UTC) for day in (today, last))
    first, until = midnights
    return first, until


def _clashes(sheets: Mapping[date, Sheet], days: Mapping[date, tuple[Entry, ...]]) -> tuple[str, ...]:
    return tuple(
        entry.holder
        for day in sorted(sheets.keys() & days.keys())
        for entry in sheets[day].entries
        if entry.kind is EntryKind.BOOKED
        and any(busy.start < entry.end and entry.start < busy.end for busy in days[day])
    )


def _check_source(source: str) -> None:
    if not _SOURCE.fullmatch(source):
        detail = "Up to 64 letters, digits, - and _."
        raise Invalid(
            "This cannot name a source.", code="bad_source", errors=(FieldError("/source", detail),)
        )
