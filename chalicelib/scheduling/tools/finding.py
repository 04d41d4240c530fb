"""Finding free times for the person on a call: what they said becomes days, and three times are offered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.day_words import Days, days_meant
from chalicelib.scheduling.domain.offers import chosen
from chalicelib.scheduling.services.availability import (
    MAX_DAYS,
    Asked,
    available_in,
)
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.tools.naming import calendars_of
from chalicelib.scheduling.tools.times import choice, zone_of
from chalicelib.scheduling.tools.whose import appointment_at, some_ahead

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.kernel.tools import ToolContext
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.offers import PartOfDay
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.scheduling.services.availability import Offer
    from chalicelib.scheduling.tools.arguments import Availability

# More free times than anybody is offered; the earliest of them count.
_LOOKED_AT = 400
_SOON = 7
# Farther ahead nothing can be booked, in whatever calendar.
_FARTHEST = timedelta(days=750)


def check_availability(scheduling: SchedulingPorts, context: ToolContext, wanted: Availability) -> str:
    """Give three free times at most, in the person's own zone; when none fits, the next that there are."""
    calendars = _calendars(scheduling, context, wanted)
    zone = zone_of(context, calendars[0].zone)
    today = context.now.astimezone(ZoneInfo(zone)).date()
    days = _days(wanted, today)
    found = chosen(_free(scheduling, calendars, zone, days, wanted.part))
    if found:
        return f"Free: {choice(context, _starts(found), zone)}{_both_zones(zone, calendars)}"
    others = _others(scheduling, calendars, zone, days, wanted.part)
    if not others:
        return "Nothing is free then, nor in the month after it. Say so, and offer to take a note."
    return f"Nothing is free then. The next that are free: {choice(context, _starts(others), zone)}"


def near_choice(
    scheduling: SchedulingPorts, context: ToolContext, calendars: list[Calendar], start: datetime, zone: str
) -> str:
    """Say which other times are free on the day of a time, or after it."""
    if start > context.now + _FARTHEST:
        return ""
    day = start.astimezone(ZoneInfo(zone)).date()
    days = Days(max(day, context.now.astimezone(ZoneInfo(zone)).date()), day + timedelta(days=_SOON))
    if days.last < days.first:
        return ""
    found = sorted(_free(scheduling, calendars, zone, days), key=lambda each: abs(each.start - start))
    near = sorted({each.start for each in found[:3]})
    return f"Free instead: {choice(context, near, zone)}" if near else ""


def _days(wanted: Availability, today: date) -> Days:
    """Say which days are asked for: any of the next month when none is named."""
    month = Days(today, today + timedelta(days=MAX_DAYS - 1))
    first = _meant(wanted.day, today) if wanted.day else month
    until = _meant(wanted.until, today) if wanted.until else first
    if max(first.last, until.last) < today:
        raise Invalid("That day is over; ask for a later one.", code="day_over")
    begin = max(first.first, today)
    if begin > today + _FARTHEST:
        raise Invalid("That day is too far ahead; ask for an earlier one.", code="day_too_far")
    last = max(begin, first.last if not wanted.until else until.last)
    return Days(begin, min(last, begin + timedelta(days=MAX_DAYS - 1)))


def _meant(words: str, today: date) -> Days:
    days = days_meant(words, today)
    if days is None:
        raise Invalid(
            f'"{words}" is no day that is understood: give its date, such as {today.isoformat()}.',
            code="day_not_understood",
        )
    return days


def _calendars(scheduling: SchedulingPorts, context: ToolContext, wanted: Availability) -> list[Calendar]:
    """Give the calendars to look in: that of the appointment to be moved, else those with the service."""
    if wanted.moving is None:
        return calendars_of(scheduling, wanted.service)
    booking = appointment_at(context, some_ahead(scheduling, context), wanted.moving)
    return [get_calendar(scheduling, booking.calendar_id)]


def _free(
    scheduling: SchedulingPorts,
    calendars: list[Calendar],
    zone: str,
    days: Days,
    part: PartOfDay | None = None,
) -> list[Offer]:
    asked = Asked(days.first, days.last, zone, part=part)
    return list(available_in(scheduling, calendars, asked, _LOOKED_AT, None).items)


def _others(
    scheduling: SchedulingPorts, calendars: list[Calendar], zone: str, days: Days, part: PartOfDay | None
) -> list[Offer]:
    """Give what is free when nothing is as it was wanted: at another time of these days, or after them."""
    if part and (same_days := chosen(_free(scheduling, calendars, zone, days))):
        return same_days
    after = days.last + timedelta(days=1)
    later = Days(after, after + timedelta(days=MAX_DAYS - 1))
    fitting = _free(scheduling, calendars, zone, later, part) if part else []
    return chosen(fitting or _free(scheduling, calendars, zone, later))


def _starts(offers: list[Offer]) -> list[datetime]:
    return [each.start for each in offers]


def _both_zones(zone: str, calendars: list[Calendar]) -> str:
    """Tell that the business has another clock, should they ask."""
    theirs = calendars[0].zone
    return "" if zone == theirs else f" (their own time, {zone}; the business is in {theirs})"
