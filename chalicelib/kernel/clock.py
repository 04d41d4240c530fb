"""Time as an argument: the clock that production reads and the one that tests set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where use cases get the time from."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""

    def elapsed(self) -> float:
        """Return seconds from an arbitrary origin; never goes backwards."""

    def pause(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Return seconds from an arbitrary origin; never goes backwards."""
        return time.perf_counter()

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved."""

    instant: datetime

    def now(self) -> datetime:
        """Return the instant that was set."""
        return self.instant

    def elapsed(self) -> float:
        """Return the set instant in seconds."""
        return self.instant.timestamp()

    def pause(self, seconds: float) -> None:
        """Move on by `seconds` at once."""
        self.advance(seconds=seconds)

    def advance(self, **delta: float) -> None:
        """Move on by a `timedelta` given in keywords, such as `seconds=5`."""
        self.instant += timedelta(**delta)


def millis(seconds: float) -> int:
    """Give a span of seconds in whole milliseconds."""
    return round(seconds * 1000)


def to_millis(instant: datetime) -> int:
    """Milliseconds since the Unix epoch."""
    return round(instant.timestamp() * 1000)


def cut_to_millis(instant: datetime) -> datetime:
    """Give the instant in the whole milliseconds that storage keeps; never a later one."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def from_millis(millis: int) -> datetime:
    """Give the aware UTC instant of a count of milliseconds since the Unix epoch."""
    return datetime.fromtimestamp(millis / 1000, UTC)


def iso(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`; sorts as text in the order of time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """Read what `iso` writes."""
    return datetime.fromisoformat(text)
