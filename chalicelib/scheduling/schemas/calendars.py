"""Calendars as the API takes and shows them: hours by weekday, times of the day as `HH:MM`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from chalicelib.calls.schemas.fields import Id, View
from chalicelib.crm.schemas.values import Line, TimeZone
from chalicelib.kernel.schemas import Input, Instant
from chalicelib.scheduling.domain.calendars import (
    MAX_REMINDERS,
    WEEKDAYS,
    Calendar,
    Channel,
    Interval,
    Reminder,
)
from chalicelib.system.schemas.settings import EndTime, Time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_MAX_INTERVALS, _MAX_DAYS, _MAX_SERVICES = 24, 366, 50
Service = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$"),
    Field(description="A tag in small letters, digits, `_` and `-`, such as `check-up`."),
]
_Channel = Literal["sms", "call"]
_Minutes = Annotated[int, Field(description="Minutes.")]
_MayBeEmpty = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class IntervalIn(Input):
    """Open from when until when, by the calendar's clock."""

    start: Time
    end: EndTime

    def interval(self) -> Interval:
        """Give the domain's value."""
        return Interval(_minute(self.start), _minute(self.end))


_Intervals = Annotated[list[IntervalIn], Field(max_length=_MAX_INTERVALS)]
_CLOSED: Any = Field(default_factory=list)


class CalendarHoursIn(Input):
    """When it is open, by weekday; a day that is left out is closed."""

    monday: _Intervals = _CLOSED
    tuesday: _Intervals = _CLOSED
    wednesday: _Intervals = _CLOSED
    thursday: _Intervals = _CLOSED
    friday: _Intervals = _CLOSED
    saturday: _Intervals = _CLOSED
    sunday: _Intervals = _CLOSED

    def hours(self) -> dict[int, tuple[Interval, ...]]:
        """Give the domain's value."""
        days = {number: _intervals(getattr(self, name)) for number, name in enumerate(WEEKDAYS)}
        return {number: intervals for number, intervals in days.items() if intervals}


class ReminderIn(Input):
    """Remind so many minutes before the start, by text or by call.

    `template_id` is the message template or the call template; a text without one has the usual words.
    """

    before_min: _Minutes
    channel: _Channel = "sms"
    template_id: Id | None = None

    @model_validator(mode="after")
    def _has_words(self) -> ReminderIn:
        if self.channel == "call" and self.template_id is None:
            raise ValueError("A reminder by call needs the call template that says how it is held.")
        return self

    def reminder(self) -> Reminder:
        """Give the domain's value."""
        return Reminder(self.before_min, Channel(self.channel), self.template_id)


class CalendarPatch(Input):
    """What to change of a calendar; what is left out stays."""

    name: Line | None = None
    time_zone: Annotated[TimeZone | None, Field(description="IANA name; it cannot be changed later.")] = None
    hours: CalendarHoursIn | None = None
    closed: Annotated[
        list[date] | None, Field(max_length=_MAX_DAYS, description="Days without hours, as holidays.")
    ] = None
    special: Annotated[
        dict[date, _Intervals] | None,
        Field(max_length=_MAX_DAYS, description="Days with other hours than their weekday."),
    ] = None
    slot_min: _Minutes | None = None
    before_min: _Minutes | None = None
    after_min: _Minutes | None = None
    capacity: Annotated[int | None, Field(description="How many people come to one slot.")] = None
    services: Annotated[list[Service] | None, Field(max_length=_MAX_SERVICES)] = None
    notice_min: _Minutes | None = None
    horizon_days: Annotated[int | None, Field(description="How many days ahead can be booked.")] = None
    cancel_notice_min: _Minutes | None = None
    location: _MayBeEmpty | None = None
    video_url: _MayBeEmpty | None = None
    reminders: Annotated[list[ReminderIn] | None, Field(max_length=MAX_REMINDERS)] = None
    confirm_by_sms: bool | None = None
    confirmation_template_id: Id | None = None
    cancellation_template_id: Id | None = None
    is_active: Annotated[bool | None, Field(description="Whether it takes bookings.")] = None

    def changes(self) -> dict[str, Any]:
        """Give what is to change, as values of the domain, by the names of their fields."""
        given = {
            name: getattr(self, name) for name in self.model_fields_set & set(CalendarPatch.model_fields)
        }
        return {
            _RENAMED.get(name, name): _READ[name](value) if name in _READ and value is not None else value
            for name, value in given.items()
            if value is not None or name in _MAY_BE_NULL
        }

    @field_validator("*")
    @classmethod
    def _there(cls, given: Any, info: Any) -> Any:
        if given is None and info.field_name not in _MAY_BE_NULL:
            raise ValueError("A calendar always has one; leave it out to keep it.")
        return given

    @field_validator("video_url")
    @classmethod
    def _secure(cls, given: str | None) -> str | None:
        if given and not given.startswith("https://"):
            raise ValueError("Give an address that begins with https://.")
        return given


class CalendarIn(CalendarPatch):
    """A calendar to make; it is open at no time unless `hours` or `special` say so."""

    name: Line
    time_zone: Annotated[TimeZone, Field(description="IANA name, such as `Europe/Berlin`; it stays.")]


_MAY_BE_NULL = {"confirmation_template_id", "cancellation_template_id"}
_RENAMED = {"time_zone": "zone"}
_READ: dict[str, Any] = {
    "hours": lambda given: given.hours(),
    "closed": frozenset,
    "special": lambda given: {day: _intervals(intervals) for day, intervals in given.items()},
    "services": frozenset,
    "reminders": lambda given: tuple(each.reminder() for each in given),
}


def new_calendar(body: CalendarIn, calendar_id: str, by: str, now: datetime) -> Calendar:
    """Give the calendar that a request asks for."""
    return Calendar(id=calendar_id, created_at=now, created_by=by, **body.changes())


class IntervalView(BaseModel):
    """Open from when until when, by the calendar's clock."""

    start: str
    end: str


class CalendarHoursView(BaseModel):
    """When it is open, by weekday."""

    monday: list[IntervalView]
    tuesday: list[IntervalView]
    wednesday: list[IntervalView]
    thursday: list[IntervalView]
    friday: list[IntervalView]
    saturday: list[IntervalView]
    sunday: list[IntervalView]


class ReminderView(View):
    """A reminder of each booking."""

    before_min: int
    channel: _Channel
    template_id: str | None


class CalendarView(BaseModel):
    """When bookings can be made, in the calendar's own time zone, and what becomes of them."""

    id: str
    name: str
    time_zone: str
    hours: CalendarHoursView
    closed: list[date]
    special: dict[str, list[IntervalView]]
    slot_min: int
    before_min: int
    after_min: int
    capacity: int
    services: list[str]
    notice_min: int
    horizon_days: int
    cancel_notice_min: int
    location: str
    video_url: str
    reminders: list[ReminderView]
    confirm_by_sms: bool
    confirmation_template_id: str | None
    cancellation_template_id: str | None
    is_active: bool
    created_at: Instant
    created_by: str
    updated_at: Instant | None
    version: int


class CalendarList(BaseModel):
    """One page of calendars, newest first; the page token, if any, asks for the next."""

    items: list[CalendarView]
    next_page_token: str | None


def calendar_view(calendar: Calendar) -> CalendarView:
    """Give a calendar as the API shows it."""
    hours = {name: _shown(calendar.hours.get(number, ())) for number, name in enumerate(WEEKDAYS)}
    shown = vars(calendar) | {
        "time_zone": calendar.zone,
        "hours": CalendarHoursView(**hours),
        "closed": sorted(calendar.closed),
        "special": _special_shown(calendar.special),
        "services": sorted(calendar.services),
        "reminders": [ReminderView.model_validate(each) for each in calendar.reminders],
    }
    return CalendarView(**{name: shown[name] for name in CalendarView.model_fields})


def _special_shown(special: Mapping[date, tuple[Interval, ...]]) -> dict[str, list[IntervalView]]:
    return {day.isoformat(): _shown(intervals) for day, intervals in sorted(special.items())}


def _shown(intervals: Iterable[Interval]) -> list[IntervalView]:
    return [IntervalView(start=_time(each.start), end=_time(each.end)) for each in intervals]


def _intervals(given: Iterable[IntervalIn]) -> tuple[Interval, ...]:
    return tuple(each.interval() for each in given)


def _minute(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
