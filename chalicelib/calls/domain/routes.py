"""Our own numbers: which template answers calls to them, when, and what callers hear outside those hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164

MIDNIGHT = time()  # as an end: that of the day
MAX_SPANS = 10


class AfterHours(StrEnum):
    """What a caller meets outside the hours: a message alone, a machine that records, another template."""

    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Span:
    """From when until when, local time; `end` is not in it, and 00:00 as an end is that of the day."""

    start: time
    end: time

    def holds(self, at: time) -> bool:
        """Tell whether a time of day is in it."""
        return self.start <= at and (self.end == MIDNIGHT or at < self.end)


@dataclass(frozen=True)
class OfficeHours:
    """When calls are answered: the spans of each weekday, Monday first, and days without any."""

    time_zone: str
    weekdays: tuple[tuple[Span, ...], ...]
    closed_on: tuple[date, ...] = ()


@dataclass(frozen=True)
class LineRoute:
    """How calls to one of our numbers are taken; without hours it is always open.

    `region` is where we take part in its calls, such as `US-TX`; empty: not known.
    """

    line: E164
    template_id: str
    hours: OfficeHours | None = None
    after_hours: AfterHours = AfterHours.MESSAGE
    after_hours_text: str = ""
    after_hours_template_id: str = ""
    region: str = ""
    version: int = 1

    @property
    def place(self) -> tuple[str, str]:
        """Give the country and the region in which we are, each empty when it is not known."""
        country, _, region = self.region.partition("-")
        return country, region


def is_open(hours: OfficeHours | None, instant: datetime) -> bool:
    """Tell whether calls are answered at an instant, by the clock on the wall: DST moves the instant only.

    An hour that a clock shows twice is open twice, one that it skips never comes.
    """
    if hours is None:
        return True
    local = instant.astimezone(ZoneInfo(hours.time_zone))
    spans = hours.weekdays[local.weekday()]
    return local.date() not in hours.closed_on and any(span.holds(local.time()) for span in spans)


def check_spans(spans: tuple[Span, ...], pointer: str) -> tuple[Span, ...]:
    """Give a day's spans in order; `Invalid` for one that ends before it begins, or overlaps another."""
    for place, span in enumerate(spans):
        if span.end != MIDNIGHT and span.end <= span.start:
            remedy = "End it after its start; past midnight, end it at 24:00 and begin the next day at 00:00."
            raise _bad_span(f"{pointer}/{place}/end", remedy)
    ordered = tuple(sorted(spans, key=lambda span: span.start))
    if any(before.end == MIDNIGHT or after.start < before.end for before, after in pairwise(ordered)):
        raise _bad_span(pointer, "Two spans of a day overlap; make one of them.")
    return ordered


def _bad_span(pointer: str, remedy: str) -> Invalid:
    return Invalid(
        "The hours cannot be kept; see errors.", code="invalid_fields", errors=(FieldError(pointer, remedy),)
    )
