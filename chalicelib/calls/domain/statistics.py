"""What finished calls are counted by, how the counters move, and the numbers that people read of them; pure.

A call is counted from the moment its books are closed, on the day (UTC) on which it began. What it adds
follows from the call alone, so that counters can be compared with the calls.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.model_statistics import Row as ModelRow
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from chalicelib.calls.domain.calls import Call

MAX_DAYS = 366
MAX_TEMPLATE_DAYS = 92  # of which numbers are given for each template
MAX_TEMPLATES = 50  # the busiest ones
# Names of numbers; short, because a row of counters below 1 KB costs the least.
DIALED, SECONDS, COST, UNKNOWN = "dialed", "seconds", "cost", "unknown"
CALLS, ANSWERED, OUTCOME = "calls_", "answered_", "o_"
HOUR, ANSWERED_HOUR, LENGTH = "h", "a", "d"
# Upper bounds of the histogram of lengths, in seconds; the last part has none.
BOUNDS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 3600)


class Row(NamedTuple):
    """Which row of counters: calls of one template on one day (UTC, `2026-03-03`)."""

    day: str
    template_id: str


Numbers = Counter[str]
# What the questions to models of a call add to which rows of their counters.
Questions = Mapping[ModelRow, Numbers]
NOTHING_ASKED: Questions = MappingProxyType({})


def counted_of(call: Call) -> tuple[Row, Numbers] | None:
    """Give what a call adds to which row; None until its books are closed."""
    if call.finished_at is None:
        return None
    began = began_at(call)
    return Row(began.date().isoformat(), call.template_id), Counter(_counted(call, began))


def closes_books(old: Call, new: Call) -> bool:
    """Tell whether this change closes the books of a call; one does, and none opens them again."""
    return old.finished_at is None and new.finished_at is not None


def moves_of(old: Call, new: Call) -> dict[Row, Numbers]:
    """Give what is to be added to the counters when a call changes; nothing, most of the time."""
    before, after = counted_of(old), counted_of(new)
    if before == after:
        return {}
    moves: dict[Row, Numbers] = {}
    if before:
        moves.setdefault(before[0], Counter()).subtract(before[1])
    if after:
        moves.setdefault(after[0], Counter()).update(after[1])
    return {row: Counter({name: n for name, n in numbers.items() if n}) for row, numbers in moves.items()}


def totals_of(moves: Mapping[Row, Numbers]) -> dict[str, Numbers]:
    """Give what is to be added to the counters of each day, whatever the template."""
    totals: dict[str, Numbers] = {}
    for row, numbers in moves.items():
        totals.setdefault(row.day, Counter()).update(numbers)
    return totals


def began_at(call: Call) -> datetime:
    """Give when a call began; one that was never dialed counts when that was decided."""
    if call.direction is Direction.INBOUND:
        return call.created_at
    return call.dialed_at or call.ended_at or call.created_at


def _counted(call: Call, began: datetime) -> dict[str, int]:
    """Give what this call adds to each number."""
    numbers = {f"{CALLS}{call.direction}": 1, f"{HOUR}{began.hour:02d}": 1}
    if call.outcome:
        numbers[f"{OUTCOME}{call.outcome}"] = 1
    if call.dialed_at:
        numbers[DIALED] = 1
    if call.answered_at:
        numbers |= {f"{ANSWERED}{call.direction}": 1, f"{ANSWERED_HOUR}{began.hour:02d}": 1}
        numbers |= _length(call.duration_s)
    unknown = sum(event.kind == Happening.UNKNOWN_STATUS for event in call.events)
    return numbers | {name: n for name, n in ((COST, call.cost or 0), (UNKNOWN, unknown)) if n}


def _length(duration_s: int | None) -> dict[str, int]:
    if duration_s is None:
        return {}
    return {SECONDS: duration_s, f"{LENGTH}{bisect_left(BOUNDS, duration_s):02d}": 1}


@dataclass(frozen=True)
class Volume:
    """How many calls there were, how many were dialed and answered, and what they cost in micro-dollars."""

    calls: Mapping[Direction, int]
    answered: Mapping[Direction, int]
    dialed: int
    cost: int

    @property
    def total(self) -> int:
        """All calls, of both directions."""
        return sum(self.calls.values())

    @property
    def answered_total(self) -> int:
        """All calls that were answered, of both directions."""
        return sum(self.answered.values())

    @property
    def answer_rate(self) -> float | None:
        """Answered outbound calls among those that the carrier was asked for; None when there were none."""
        return self.answered[Direction.OUTBOUND] / self.dialed if self.dialed else None


@dataclass(frozen=True)
class Lengths:
    """How long answered calls lasted: a histogram by `BOUNDS`, which can be added to others, and the sum."""

    parts: tuple[int, ...]
    total_s: int

    @property
    def count(self) -> int:
        """How many calls are in it."""
        return sum(self.parts)

    def percentile(self, share: float) -> int | None:
        """Give the bound in seconds within which this share of calls ended; None: longer, or no calls."""
        seen, wanted = 0, share * self.count
        for bound, part in zip(BOUNDS, self.parts, strict=False):
            seen += part
            if self.count and seen >= wanted:
                return bound
        return None


@dataclass(frozen=True)
class CallDashboard:
    """The numbers of finished calls from one day to another (UTC, both included).

    `by_template` has the busiest of `templates` templates, the busiest first.
    """

    first: date
    last: date
    volume: Volume
    outcomes: Mapping[Outcome, int]
    lengths: Lengths
    unknown_statuses: int
    by_day: Mapping[date, Volume]
    by_hour: tuple[tuple[int, int], ...]  # calls and answered ones of each hour, 0 to 23
    by_template: Mapping[str, Volume]
    templates: int


def dashboard_of(
    by_day: Iterable[tuple[str, Numbers]],
    by_template: Iterable[tuple[str, Numbers]],
    first: date,
    last: date,
) -> CallDashboard:
    """Make the dashboard out of counters by day and counters by template, both in parts."""
    days, templates = _Sums(by_day), _Sums(by_template).all()
    all_numbers = days.sum()
    volumes = {template: _volume(numbers) for template, numbers in templates.items()}
    busiest = sorted(volumes.items(), key=lambda each: (-each[1].total, each[0]))
    return CallDashboard(
        first=first,
        last=last,
        volume=_volume(all_numbers),
        outcomes={outcome: all_numbers[f"{OUTCOME}{outcome}"] for outcome in Outcome},
        lengths=_lengths(all_numbers),
        unknown_statuses=all_numbers[UNKNOWN],
        by_day={day: _volume(days.of(day.isoformat())) for day in _days(first, last)},
        by_hour=tuple(
            (all_numbers[f"{HOUR}{hour:02d}"], all_numbers[f"{ANSWERED_HOUR}{hour:02d}"])
            for hour in range(24)
        ),
        by_template=dict(busiest[:MAX_TEMPLATES]),
        templates=len(busiest),
    )


class _Sums:
    """Numbers added up by a name."""

    def __init__(self, parts: Iterable[tuple[str, Numbers]]) -> None:
        self._sums: dict[str, Numbers] = {}
        for name, numbers in parts:
            self._sums.setdefault(name, Counter()).update(numbers)

    def sum(self) -> Numbers:
        whole = Counter[str]()
        for numbers in self._sums.values():
            whole.update(numbers)
        return whole

    def of(self, name: str) -> Numbers:
        return self._sums.get(name, Counter())

    def all(self) -> dict[str, Numbers]:
        return {name: numbers for name, numbers in self._sums.items() if any(numbers.values())}


def _volume(numbers: Numbers) -> Volume:
    return Volume(
        calls={way: numbers[f"{CALLS}{way}"] for way in Direction},
        answered={way: numbers[f"{ANSWERED}{way}"] for way in Direction},
        dialed=numbers[DIALED],
        cost=numbers[COST],
    )


def _lengths(numbers: Numbers) -> Lengths:
    parts = tuple(numbers[f"{LENGTH}{part:02d}"] for part in range(len(BOUNDS) + 1))
    return Lengths(parts, numbers[SECONDS])


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=on) for on in range((last - first).days + 1))
