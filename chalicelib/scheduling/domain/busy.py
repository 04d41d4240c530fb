"""Times at which nobody can come because of what stands in somebody's own calendar; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MAX_BYTES = 1_000_000
MAX_TIMES = 5000
FETCH_BUSY = "fetch_busy"  # the kind of the jobs that fetch files


@dataclass(frozen=True, order=True)
class BusyTime:
    """A time that is taken, from `start` until `end`, in UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class BusyReading:
    """What a calendar file says: times that are taken, in order and apart from each other.

    `unread` counts entries that could not be understood, and so may be missing from `times`.
    """

    times: tuple[BusyTime, ...]
    unread: int = 0


def joined(times: Iterable[BusyTime]) -> tuple[BusyTime, ...]:
    """Put times in order and make one of those that touch; empty ones are left out."""
    found: list[BusyTime] = []
    for each in sorted(times):
        if each.start >= each.end:
            continue
        if found and each.start <= found[-1].end:
            found[-1] = BusyTime(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


def clipped(times: Iterable[BusyTime], first: datetime, last: datetime) -> tuple[BusyTime, ...]:
    """Give what lies between two instants, in order, cut off at them."""
    return joined(BusyTime(max(each.start, first), min(each.end, last)) for each in times)
