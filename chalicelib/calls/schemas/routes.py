"""Routes of our numbers as the API takes and shows them."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from chalicelib.calls.domain.routes import (
    MAX_SPANS,
    MIDNIGHT,
    AfterHours,
    LineRoute,
    OfficeHours,
    Span,
    check_spans,
)
from chalicelib.calls.schemas.fields import Id
from chalicelib.crm.domain.details import check_time_zone
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.schemas import DayIn, Input

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_END = "24:00"
_MAX_CLOSED_DAYS = 400


def _zone(name: str) -> str:
    try:
        return check_time_zone(name)
    except Invalid as error:
        raise ValueError(error.message) from error


TimeZone = Annotated[str, AfterValidator(_zone)]


def _end(text: str) -> str:
    if text == "00:00":
        raise ValueError("End it at 24:00; a span ends on its day.")
    return text


Start = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
End = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"), AfterValidator(_end)]


class SpanIn(Input):
    """From when until when, local time as `HH:MM`; a span ends on its day, at 24:00 at the latest."""

    start: Start
    end: End

    def span(self) -> Span:
        """Give the domain's value."""
        end = MIDNIGHT if self.end == _END else time.fromisoformat(self.end)
        return Span(time.fromisoformat(self.start), end)


Spans = Annotated[list[SpanIn], Field(max_length=MAX_SPANS)]


class HoursIn(Input):
    """When calls are answered: a day without spans is closed, and so are the days in `closed_on`."""

    time_zone: TimeZone
    monday: Spans = Field(default_factory=list)
    tuesday: Spans = Field(default_factory=list)
    wednesday: Spans = Field(default_factory=list)
    thursday: Spans = Field(default_factory=list)
    friday: Spans = Field(default_factory=list)
    saturday: Spans = Field(default_factory=list)
    sunday: Spans = Field(default_factory=list)
    closed_on: Annotated[list[DayIn], Field(max_length=_MAX_CLOSED_DAYS)] = Field(default_factory=list)

    def hours(self) -> OfficeHours:
        """Give the domain's value; `Invalid` names the span that cannot be kept."""
        days = {day: tuple(each.span() for each in getattr(self, day)) for day in _DAYS}
        weekdays = tuple(check_spans(spans, f"/hours/{day}") for day, spans in days.items())
        return OfficeHours(self.time_zone, weekdays, tuple(sorted(set(self.closed_on))))


class RouteIn(Input):
    """How calls to a number of ours are taken; without `hours` it is always open."""

    template_id: Id
    hours: HoursIn | None = None
    after_hours: Annotated[
        AfterHours, Field(description="What callers meet at other times; `message` needs a text.")
    ] = AfterHours.MESSAGE
    after_hours_text: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=1000),
        Field(description="What is said after hours, before the beep of the voicemail too."),
    ] = ""
    after_hours_template_id: Annotated[str, StringConstraints(max_length=60)] = ""
    region: Annotated[
        str,
        StringConstraints(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$"),
        Field(description="Where we take part in its calls (ISO 3166-2, `US-TX`); decides on announcements."),
    ] = ""

    def route(self, line: E164) -> LineRoute:
        """Give the domain's value."""
        fields = self.model_dump(exclude={"hours"})
        return LineRoute(line=line, hours=self.hours.hours() if self.hours else None, **fields)


class SpanView(BaseModel):
    """From when until when, local time; it ends on its day."""

    start: str
    end: str


class HoursView(BaseModel):
    """When calls are answered, and on which days not."""

    time_zone: str
    monday: list[SpanView]
    tuesday: list[SpanView]
    wednesday: list[SpanView]
    thursday: list[SpanView]
    friday: list[SpanView]
    saturday: list[SpanView]
    sunday: list[SpanView]
    closed_on: list[date]


class RouteView(BaseModel):
    """A number of ours and how calls to it are taken."""

    number: str
    template_id: str
    hours: HoursView | None
    after_hours: AfterHours
    after_hours_text: str
    after_hours_template_id: str
    region: str
    version: int


class RouteList(BaseModel):
    """Our numbers that have a route, by number."""

    items: list[RouteView]


def route_view(route: LineRoute) -> RouteView:
    """Give a route as the API shows it."""
    return RouteView(
        number=route.line,
        template_id=route.template_id,
        hours=_hours_view(route.hours) if route.hours else None,
        after_hours=route.after_hours,
        after_hours_text=route.after_hours_text,
        after_hours_template_id=route.after_hours_template_id,
        region=route.region,
        version=route.version,
    )


def _hours_view(hours: OfficeHours) -> HoursView:
    days: dict[str, Any] = {
        day: [SpanView(start=_written(span.start), end=_written(span.end, _END)) for span in spans]
        for day, spans in zip(_DAYS, hours.weekdays, strict=True)
    }
    return HoursView(time_zone=hours.time_zone, closed_on=list(hours.closed_on), **days)


def _written(at: time, midnight: str = "00:00") -> str:
    return midnight if at == MIDNIGHT else at.isoformat("minutes")
