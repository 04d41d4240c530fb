"""Finding free slots: one query a calendar, whatever is booked elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.crm.domain.details import check_time_zone
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import FieldError, Invalid, NotFound, about_field
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.domain.availability import bookable_between, free_slots
from chalicelib.scheduling.domain.offers import part_of
from chalicelib.scheduling.services.calendars import get_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.offers import PartOfDay
    from chalicelib.scheduling.domain.slots import Free, Slot
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

MAX_DAYS = 31
MAX_CALENDARS = 20
_PAGE = 100
# How far around a time others are looked for, in days.
_AROUND = (3, 15, 60)
_JUST_AFTER = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Asked:
    """What somebody wants to know: of these calendars, or of all with a service, days in their own zone.

    `first` and `last` are both included, at most 31 days. No calendars and no service are all calendars.
    `part`: only slots that begin in this part of the day, in that zone.
    """

    first: date
    last: date
    zone: str
    calendar_ids: tuple[str, ...] = ()
    service: str = ""
    part: PartOfDay | None = None

    def fits(self, slot: Slot) -> bool:
        """Tell whether a slot begins in the part of the day that is asked for."""
        return part_of(slot.start.astimezone(ZoneInfo(self.zone))) is self.part


@dataclass(frozen=True)
class Offer:
    """A slot that can be booked, with its start on both clocks."""

    calendar_id: str
    start: datetime
    end: datetime
    places: int
    local_start: datetime
    calendar_start: datetime


def available(scheduling: SchedulingPorts, asked: Asked, page_size: int, start: str | None) -> Page[Offer]:
    """Give what can be booked, in order of time, from after the position `start`.

    Raises `Invalid`: `bad_range`, `bad_time_zone`, or `too_many_calendars` when more than 20 are asked for;
    and `NotFound` for a calendar or a service that nobody has.
    """
    _span(asked)  # a range that makes no sense costs no read
    return available_in(scheduling, _calendars(scheduling, asked), asked, page_size, start)


def available_in(
    scheduling: SchedulingPorts, calendars: list[Calendar], asked: Asked, page_size: int, start: str | None
) -> Page[Offer]:
    """Give what can be booked in these calendars, whichever are asked for, as `available`."""
    since, until = _span(asked)
    after = from_iso(start.partition("#")[0]) if start else since
    found = []
    for calendar in calendars:
        free = _free(scheduling, calendar, max(since, after), until)
        fitting = (each for each in free if asked.part is None or asked.fits(each.slot))
        past = (each for each in fitting if start is None or _position(each) > start)
        found += [(each, calendar) for each in islice(past, page_size + 1)]
    first = nsmallest(page_size + 1, found, key=lambda pair: _position(pair[0]))
    offers = [_offer(free, calendar, ZoneInfo(asked.zone)) for free, calendar in first[:page_size]]
    return Page(offers, _position(first[page_size - 1][0]) if len(first) > page_size else None)


def nearest(scheduling: SchedulingPorts, calendar: Calendar, start: datetime, count: int = 3) -> list[Slot]:
    """Give the slots that can be booked nearest to a time, two months away at most, in order of time."""
    found: list[Slot] = []
    for days in _AROUND:
        around = timedelta(days=days)
        free = (each.slot for each in _free(scheduling, calendar, start - around, start + around))
        found = nsmallest(count, free, key=lambda slot: (abs(slot.start - start), slot.start))
        if len(found) == count:
            break
    return sorted(found)


def _free(
    scheduling: SchedulingPorts, calendar: Calendar, since: datetime, until: datetime
) -> Iterator[Free]:
    earliest, latest = bookable_between(calendar, scheduling.clock.now())
    since, until = max(since, earliest), min(until, latest + _JUST_AFTER)
    if not calendar.is_active or since >= until:
        return iter(())
    sheets = scheduling.sheets.between(calendar.id, calendar.day_of(since), calendar.day_of(until))
    return free_slots(calendar, sheets, since, until, scheduling.clock.now())


def _calendars(scheduling: SchedulingPorts, asked: Asked) -> list[Calendar]:
    if len(asked.calendar_ids) > MAX_CALENDARS:
        raise _invalid("too_many_calendars", "/calendar_id", f"At most {MAX_CALENDARS} calendars at once.")
    if asked.calendar_ids:
        with about_field("/calendar_id"):
            return [get_calendar(scheduling, each) for each in dict.fromkeys(asked.calendar_ids)]
    found = calendars_for(scheduling, asked.service)
    if not found:
        message = "No calendar that takes bookings has this service."
        raise NotFound(message, code="service_not_found", errors=(FieldError("/service", message),))
    if len(found) > MAX_CALENDARS:
        raise _invalid(
            "too_many_calendars", "/calendar_id", f"{len(found)} calendars; name at most {MAX_CALENDARS}."
        )
    return found


def calendars_for(scheduling: SchedulingPorts, service: str = "") -> list[Calendar]:
    """Give the calendars that take bookings for a service, of any when none is named, by name."""
    found: list[Calendar] = []
    start = None
    while True:
        page = scheduling.calendars.page(_PAGE, start)
        found += [each for each in page.items if each.is_active and (not service or service in each.services)]
        start = page.next_start
        if start is None:
            return sorted(found, key=lambda calendar: (calendar.name, calendar.id))


def _span(asked: Asked) -> tuple[datetime, datetime]:
    with about_field("/time_zone"):
        check_time_zone(asked.zone)
    if not 0 <= (asked.last - asked.first).days < MAX_DAYS:
        raise _invalid("bad_range", "/to", f"Ask for 1 to {MAX_DAYS} days.")
    zone = ZoneInfo(asked.zone)
    try:
        since, until = (
            datetime.combine(day, time(), zone).astimezone(UTC)
            for day in (asked.first, asked.last + timedelta(days=1))
        )
    except OverflowError:
        raise _invalid("bad_range", "/from", "There is no such day.") from None
    return since, until


def _position(free: Free) -> str:
    return f"{iso(free.slot.start)}#{free.calendar_id}"


def _offer(free: Free, calendar: Calendar, zone: ZoneInfo) -> Offer:
    start = free.slot.start
    return Offer(
        free.calendar_id,
        start,
        free.slot.end,
        free.places,
        start.astimezone(zone),
        start.astimezone(calendar.tz),
    )


def _invalid(code: str, pointer: str, message: str) -> Invalid:
    return Invalid(message, code=code, errors=(FieldError(pointer, message),))
