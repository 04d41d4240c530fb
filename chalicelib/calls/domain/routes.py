"""Our own numbers: which template answers calls to them, when, and what callers hear outside those hours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, time

    from chalicelib.kernel.phones import E164


class AfterHours(StrEnum):
    """What a caller meets outside the hours: a message alone, a machine that records, another template."""

    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    TEMPLATE = "template"


@dataclass(frozen=True)
class Span:
    """From when until when, local time; `end` is not in it."""

    start: time
    end: time


@dataclass(frozen=True)
class OfficeHours:
    """When calls are answered: the spans of each weekday, Monday first, and days without any."""

    time_zone: str
    weekdays: tuple[tuple[Span, ...], ...]
    closed_on: tuple[date, ...] = ()


@dataclass(frozen=True)
class LineRoute:
    """How calls to one of our numbers are taken; without hours it is always open."""

    line: E164
    template_id: str
    hours: OfficeHours | None = None
    after_hours: AfterHours = AfterHours.MESSAGE
    after_hours_text: str = ""
    after_hours_template_id: str = ""
    version: int = 1
