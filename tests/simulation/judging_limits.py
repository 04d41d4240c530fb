"""The judge's part about what is limited: starts in a second, calls at once, calls and money in a day."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulation.events import Kind
from simulation.violations import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from simulation.events import Event

# The names of limits.
PACE = "calls_per_second"
PER_MINUTE = "calls_per_minute"
LIVE = "live_calls"
CALLS_A_DAY = "calls_per_day"
CALLS = "calls"
SPENT_A_DAY = "micros_per_day"
SPENT = "micros"
SPENT_A_CALL = "micros_per_call"

# For so long after a limit was narrowed a call may still begin by the wider one: its worker has read that.
SETTLES = timedelta(seconds=5)

Scoped = tuple[str, str]


@dataclass
class Limits:
    """What is in force, by scope and name, and what was before and since when it is not."""

    now: dict[Scoped, int | None] = field(default_factory=dict)
    before: dict[Scoped, tuple[int | None, datetime]] = field(default_factory=dict)

    def set(self, event: Event) -> None:
        """Put another limit in force."""
        key = event.scope, event.name
        self.before[key] = self.now.get(key), event.at
        self.now[key] = event.value

    def of(self, scope: str, name: str) -> int | None:
        """Give a limit; None: there is none."""
        return self.now.get((scope, name))

    def since(self, scope: str, name: str, start: datetime) -> int | None:
        """Give the loosest limit that was in force at some time since `start`."""
        current = self.of(scope, name)
        earlier, until = self.before.get((scope, name), (current, start))
        if until <= start or current is None:
            return current
        return None if earlier is None else max(current, earlier)


def limits_kept(events: Sequence[Event]) -> Iterator[Violation]:
    """I5 and I10: judge each event by the limits that are in force when it happens."""
    limits = Limits()
    judges: tuple[Callable[[Event, Limits], Iterator[Violation]], ...] = (
        _Starts(PACE, timedelta(seconds=1)).see,
        _Starts(PER_MINUTE, timedelta(minutes=1)).see,
        _Live().see,
        _Spending().see,
    )
    for event in events:
        if event.kind is Kind.LIMITED:
            limits.set(event)
        else:
            for each in judges:
                yield from each(event, limits)


@dataclass
class _Starts:
    """How many orders reached the carrier within a sliding span, by scope."""

    name: str
    span: timedelta
    recent: dict[str, deque[Event]] = field(default_factory=dict)

    def see(self, event: Event, limits: Limits) -> Iterator[Violation]:
        """Count an order, and forget those that left the span."""
        if event.kind is not Kind.ASKED:
            return
        for scope in event.scopes:
            recent = self.recent.setdefault(scope, deque())
            recent.append(event)
            while event.at - recent[0].at >= self.span:
                recent.popleft()
            limit = limits.since(scope, self.name, event.at - self.span - SETTLES)
            if limit is not None and len(recent) > limit:
                text = f"{len(recent)} calls of {scope} began within {self.span}, {limit} are allowed"
                yield Violation.of("I5", text, *recent)


@dataclass
class _Live:
    """Which calls go on at the carrier, by scope."""

    live: dict[str, dict[str, Event]] = field(default_factory=dict)

    def see(self, event: Event, limits: Limits) -> Iterator[Violation]:
        """Let calls begin and end."""
        if event.kind not in {Kind.DIALED, Kind.OVER}:
            return
        for scope in event.scopes:
            live = self.live.setdefault(scope, {})
            if event.kind is Kind.OVER:
                live.pop(event.call_id, None)
                continue
            live[event.call_id] = event
            limit = limits.since(scope, LIVE, event.at - SETTLES)
            if limit is not None and len(live) > limit:
                text = f"{len(live)} calls of {scope} go on at once, {limit} are allowed"
                yield Violation.of("I5", text, *live.values())


@dataclass
class _Spending:
    """How many calls were placed and what they cost, by scope, by day (UTC) and in all."""

    placed: Counter[Scoped] = field(default_factory=Counter)
    spent: Counter[Scoped] = field(default_factory=Counter)
    days: dict[str, str] = field(default_factory=dict)

    def see(self, event: Event, limits: Limits) -> Iterator[Violation]:
        """Count a call when the carrier makes it, and its cost on the day on which it did."""
        if event.kind is Kind.DIALED:
            yield from self._place(event, limits)
        elif event.kind is Kind.ENDED and event.call_id in self.days and event.value:
            yield from self._spend(event, limits)

    def _place(self, event: Event, limits: Limits) -> Iterator[Violation]:
        day = self.days[event.call_id] = event.at.date().isoformat()
        for scope in event.scopes:
            for name, span in ((CALLS_A_DAY, day), (CALLS, "")):
                self.placed[scope, span] += 1
                yield from _over(event, limits, scope, name, self.placed[scope, span])

    def _spend(self, event: Event, limits: Limits) -> Iterator[Violation]:
        cost, day = event.value or 0, self.days[event.call_id]
        for scope in event.scopes:
            yield from _over(event, limits, scope, SPENT_A_CALL, cost)
            for name, span in ((SPENT_A_DAY, day), (SPENT, "")):
                self.spent[scope, span] += cost
                yield from _over(event, limits, scope, name, self.spent[scope, span])


def _over(event: Event, limits: Limits, scope: str, name: str, amount: int) -> Iterator[Violation]:
    limit = limits.of(scope, name)
    if limit is not None and amount > limit:
        yield Violation.of("I10", f"{name} of {scope}: {amount} of {limit}", event)
