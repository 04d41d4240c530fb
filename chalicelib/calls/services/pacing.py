"""When a call may start: its instant among all calls and among those of its campaign, waited for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.pacing import ALL, rhythm_of_all, rhythm_of_plan, slowed
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.pacing import Rhythm
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.system.domain.settings import SystemSettings

# Longer than this no worker waits for an instant of its call's own: the call waits in the queue.
LONGEST_WAIT = timedelta(seconds=2)
TOO_FAST = "pace"  # why a call is put off that was given no start


@dataclass(frozen=True)
class Terms:
    """How fast and how many at once calls may go now: what holds for all, and for this call's campaign."""

    settings: SystemSettings
    plan: DialPlan | None


@dataclass(frozen=True)
class Start:
    """The instants that a call was given, each with its rhythm; with `not_before` it was given none."""

    instants: tuple[tuple[Rhythm, datetime], ...] = ()
    not_before: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        """Tell whether so much time has passed that the call needs another start."""
        return any(now - at >= rhythm.slack for rhythm, at in self.instants)

    def left_s(self, now: datetime) -> float:
        """Give the seconds until the call may begin."""
        return max(((at - now).total_seconds() for _, at in self.instants), default=0.0)


def take_start(calls: CallPorts, terms: Terms, lead: timedelta = timedelta(0)) -> Start:
    """Take the next start and wait for it, two seconds at most for each rhythm; no rhythm, no wait.

    It is `lead` ahead when this returns: whoever knows that something is left to do does it meanwhile.
    """
    start = Start()
    for rhythm in rhythms_of(calls, terms):
        start = _kept(calls, start, rhythm, lead)
        if start.not_before:
            break
    return start


def rhythms_of(calls: CallPorts, terms: Terms) -> list[Rhythm]:
    """Give the rhythms that a call keeps, that of all calls last."""
    state, now = calls.pace.read(ALL), calls.clock.now()
    rate = terms.settings.pace.calls_per_second
    return [each for each in (rhythm_of_plan(terms.plan), rhythm_of_all(rate, state, now)) if each]


def too_fast(start: Start, now: datetime) -> Decision:
    """Put a call off that was given no start, or none in time."""
    explanation = "Calls start no faster than the settings, the campaign and the carrier let them."
    return Decision(Verdict.NOT_YET, TOO_FAST, explanation, now, start.not_before or now + LONGEST_WAIT)


def slow_down(calls: CallPorts, code: str) -> None:
    """Let calls start more slowly for a while, because the carrier takes no more."""
    seen = calls.pace.read(ALL)
    new = slowed(seen, calls.clock.now())
    if new != seen:
        calls.pace.slow(ALL, seen, new)
        log("pace.slowed", code=code, slowdown=new.slowdown)


def _kept(calls: CallPorts, start: Start, rhythm: Rhythm, lead: timedelta) -> Start:
    """Take the next instant of a rhythm and wait for it, up to its lead."""
    seen, now = calls.pace.read(rhythm.key), calls.clock.now()
    latest = now + LONGEST_WAIT
    if seen.next_at and seen.next_at > latest:
        return Start(not_before=seen.next_at)
    at = calls.pace.take(rhythm.key, seen, now + lead, rhythm.interval, latest)
    if at is None:
        return Start(not_before=latest)
    if (left := at - lead - calls.clock.now()) > timedelta(0):
        calls.clock.pause(left.total_seconds())
    return Start((*start.instants, (rhythm, at)))
