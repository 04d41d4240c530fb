"""Waking the calls that wait: no more of them than can go on, and no faster than they may start."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.services.pacing import Terms, rhythms_of
from chalicelib.calls.services.slots import free_of_all

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.system.domain.settings import SystemSettings

SWEEP_LIMIT = 200
_SWEEPS_EVERY = timedelta(minutes=1)
_MOST_IN_A_SWEEP = 600


def wake_next(calls: CallPorts, count: int) -> None:
    """Wake so many of the calls that are due, because others gave places back."""
    for call_id in calls.book.due(calls.clock.now(), count):
        calls.wakeups.attend(call_id)


def wake_waiting(calls: CallPorts, settings: SystemSettings) -> int:
    """Wake the calls that are due, in the order of their lanes, spread over the minute; give their number.

    Where a rate is set, as many as may start until the next sweep, each when its turn will come. Where live
    calls are limited, as many as there are places: whoever frees a place wakes the next.
    """
    terms = Terms(settings, None)
    interval_s, limit = 0.0, SWEEP_LIMIT
    for rhythm in rhythms_of(calls, terms):
        interval_s = rhythm.interval.total_seconds()
        limit = min(_MOST_IN_A_SWEEP, _SWEEPS_EVERY // rhythm.interval)
    free = free_of_all(calls, terms)
    limit = max(limit, 1) if free is None else min(max(limit, 1), free)
    call_ids = calls.book.due(calls.clock.now(), limit) if limit else []
    for number, call_id in enumerate(call_ids):
        calls.wakeups.attend(call_id, int(number * interval_s))
    return len(call_ids)
