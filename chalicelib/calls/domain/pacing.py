"""How fast calls may start: the generic cell rate algorithm, and slowing down when the carrier asks for it.

Instants that a rhythm gives out are at least an interval apart, whoever asks for them. A call that may start
at one reaches the carrier less than `slack` later, or takes another. So the calls that start within a span S,
ends included, have instants within less than S + slack; with an interval of (S + slack) / n there are at most
n of them. This holds by the clocks of the workers, at the moment before each asks the carrier; what a request
takes on its way is within the same slack.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.dial_plans import DialPlan

# The key of the rhythm that all calls keep; others are named by their campaign.
ALL = "PACE"
_SECOND, _SLACK = timedelta(seconds=1), timedelta(milliseconds=250)
# A campaign's calls wait for their instant among all calls behind that of their own.
_MINUTE, _MINUTE_SLACK = timedelta(minutes=1), timedelta(seconds=5)
_MILLISECOND = timedelta(milliseconds=1)
_MOST_SLOWED = 16
_HALVES_EVERY = timedelta(seconds=30)
# One overload is told to all who ask at the time; it slows down once.
_SAME_OVERLOAD = timedelta(seconds=1)


@dataclass(frozen=True)
class PaceState:
    """What is stored of a rhythm: its next free instant, and by what and when it was slowed down last."""

    next_at: datetime | None = None
    slowdown: int = 1
    slowed_at: datetime | None = None


@dataclass(frozen=True)
class Rhythm:
    """Instants at least `interval` apart; a call that is `slack` behind its own needs another."""

    key: str
    interval: timedelta
    slack: timedelta


def rhythm_of_all(calls_per_second: int | None, state: PaceState, now: datetime) -> Rhythm | None:
    """Give the rhythm of all calls; None: as fast as they come.

    While the carrier was overloaded lately it is slower: by 2 for each overload, at most by 16, and by half
    less every 30 s. Where no rate is set it is then one call a second, and goes on to double until it is 16,
    so that recovery makes no burst.
    """
    lately = state.slowdown * 0.5 ** ((now - state.slowed_at) // _HALVES_EVERY) if state.slowed_at else 0
    if calls_per_second is None and lately * _MOST_SLOWED < 1:
        return None
    slowness = max(lately, 1) / calls_per_second if calls_per_second else lately
    return Rhythm(ALL, _whole((_SECOND + _SLACK) * slowness), _SLACK)


def rhythm_of_plan(plan: DialPlan | None) -> Rhythm | None:
    """Give the rhythm of a campaign's calls; None: it has none of its own."""
    if plan is None or not plan.calls_per_minute:
        return None
    return Rhythm(plan.id, _whole((_MINUTE + _MINUTE_SLACK) / plan.calls_per_minute), _MINUTE_SLACK)


def slowed(state: PaceState, now: datetime) -> PaceState:
    """Slow down, because the carrier takes no more; the same overload, told again, changes nothing."""
    if state.slowed_at is None:
        return PaceState(state.next_at, 2, now)
    if now - state.slowed_at < _SAME_OVERLOAD:
        return state
    left = state.slowdown >> min((now - state.slowed_at) // _HALVES_EVERY, state.slowdown)
    return PaceState(state.next_at, min(_MOST_SLOWED, max(1, left) * 2), now)


def _whole(interval: timedelta) -> timedelta:
    """Round an interval up to the milliseconds that are stored."""
    return ceil(interval / _MILLISECOND) * _MILLISECOND
