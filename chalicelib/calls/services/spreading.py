"""Waking many calls that were asked for at once: each when its turn to start will come."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from chalicelib.calls.services.pacing import rhythms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.pacing import Terms

# Later than this the dispatcher, which looks each minute, wakes them as well.
_LONGEST_S = 60


def spread(calls: CallPorts, terms: Terms) -> Iterator[int]:
    """Give in how many seconds the first is woken, the second, and so on, by the slowest rhythm they keep."""
    interval_s = max((each.interval.total_seconds() for each in rhythms_of(calls, terms)), default=0.0)
    return (min(int(number * interval_s), _LONGEST_S) for number in count())
