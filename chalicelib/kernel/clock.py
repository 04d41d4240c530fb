"""Time as an argument: the clock that production reads and the one that tests set."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from chalicelib.kernel.pending import Done, Running, run_later

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.kernel.pending import Pending

Result = TypeVar("Result")


class Clock(Protocol):
    """Where use cases get the time from."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC, in the whole milliseconds that storage keeps."""

    def elapsed(self) -> float:
        """Return seconds from an arbitrary origin; never goes backwards."""

    def pause(self, seconds: float) -> None:
        """Wait."""

    def begin(self, work: Callable[[], Result]) -> Pending[Result]:
        """Begin work that goes on beside what follows, so that it need not be waited for to its end."""

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this beside what follows, when so much time has passed; it cannot be taken back."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC, in the whole milliseconds that storage keeps."""
        return cut_to_millis(datetime.now(UTC))

    def elapsed(self) -> float:
        """Return seconds from an arbitrary origin; never goes backwards."""
        return time.perf_counter()

    def pause(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def begin(self, work: Callable[[], Result]) -> Pending[Result]:
        """Begin work in a thread of its own."""
        return Running(work)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this in a thread of its own."""
        run_later(seconds, act)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved."""

    instant: datetime
    waiting: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list, compare=False)

    def now(self) -> datetime:
        """Return the instant that was set, in whole milliseconds."""
        return cut_to_millis(self.instant)

    def elapsed(self) -> float:
        """Return the set instant in seconds."""
        return self.instant.timestamp()

    def pause(self, seconds: float) -> None:
        """Move on by `seconds` at once."""
        self.advance(seconds=seconds)

    def begin(self, work: Callable[[], Result]) -> Pending[Result]:
        """Do the work at once; it takes as long as it moves this clock."""
        return Done(work, self.elapsed)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Do this when the clock is moved so far."""
        self.waiting.append((self.instant + timedelta(seconds=seconds), act))

    def advance(self, **delta: float) -> None:
        """Move on by a `timedelta` given in keywords, such as `seconds=5`."""
        self.instant += timedelta(**delta)
        due = [(at, act) for at, act in self.waiting if at <= self.instant]
        self.waiting = [(at, act) for at, act in self.waiting if at > self.instant]
        for _, act in due:
            act()


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
