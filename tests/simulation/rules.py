"""What a judge holds a log against: written beside the product's own rules, and never read from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

_MINUTES = 60

# The outcomes that a call may have of which the carrier says this in the end.
TRUTH: Mapping[str, frozenset[str]] = {
    "busy": frozenset({"busy", "declined"}),
    "no-answer": frozenset({"no_answer"}),
    "failed": frozenset({"failed"}),
    "canceled": frozenset({"canceled"}),
    "completed": frozenset(
        {
            "completed",
            "opted_out",
            "abandoned",
            "transferred",
            "voicemail_left",
            "voicemail_no_message",
            "failed",
        }
    ),
}


@dataclass(frozen=True)
class Window:
    """When people may be called, by their own clock: from which minute of a day until which, by weekday.

    Monday is 0. A weekday that is missing, and a holiday, are closed.
    """

    days: Mapping[int, tuple[int, int]]
    holidays: frozenset[date] = frozenset()

    @classmethod
    def daily(cls, start: int, end: int) -> Window:
        """Open every day from one hour until another."""
        return cls(dict.fromkeys(range(7), (start * _MINUTES, end * _MINUTES)))

    def is_open(self, at: datetime, zone: str) -> bool:
        """Tell whether somebody in this zone may be called at an instant."""
        local = at.astimezone(ZoneInfo(zone))
        hours = self.days.get(local.weekday())
        if hours is None or local.date() in self.holidays:
            return False
        minute = local.hour * _MINUTES + local.minute
        return hours[0] <= minute < hours[1]


def _nowhere(_number: str) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True)
class Rules:
    """The promises in numbers; windows by scope.

    `zones` gives every zone in which somebody with a number may be. Not sooner than `gaps` (by outcome) after
    the end of an attempt begins the next. `grace` is how long an order may be under way to the carrier.
    """

    zones: Callable[[str], tuple[str, ...]] = _nowhere
    windows: Mapping[str, Window] = field(default_factory=dict)
    max_attempts: int = 3
    gaps: Mapping[str, timedelta] = field(default_factory=dict)
    grace: timedelta = timedelta(0)

    def windows_of(self, scopes: tuple[str, ...]) -> list[Window]:
        """Give the windows that hold for these scopes."""
        return [self.windows[scope] for scope in scopes if scope in self.windows]


@dataclass(frozen=True)
class Books:
    """What the product holds in the end: numbers it never dials again, and its sums beside a recount."""

    suppressed: frozenset[str] = frozenset()
    sums: Mapping[str, int] = field(default_factory=dict)
    recount: Mapping[str, int] = field(default_factory=dict)
