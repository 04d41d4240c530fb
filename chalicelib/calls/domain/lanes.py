"""The lanes of the dial queue: which calls go before which, and in what turn lanes are served; pure."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

Item = TypeVar("Item")

_LAST_URGENT, _LAST_NORMAL = 3, 6


class Lane(StrEnum):
    """Where a call waits, by its priority from 1, the most urgent, to 9."""

    URGENT = "urgent"  # 1 to 3: before all others
    NORMAL = "normal"  # 4 to 6
    LOW = "low"  # 7 to 9


# Behind the urgent ones every fifth is of the low lane, so that it is never starved.
_TURNS = (Lane.NORMAL, Lane.NORMAL, Lane.NORMAL, Lane.NORMAL, Lane.LOW)


def lane_of(priority: int) -> Lane:
    """Give the lane in which a call of this priority waits."""
    if priority <= _LAST_URGENT:
        return Lane.URGENT
    return Lane.NORMAL if priority <= _LAST_NORMAL else Lane.LOW


def in_turn(waiting: Mapping[Lane, Sequence[Item]], limit: int, first_turn: int = 0) -> list[Item]:
    """Give up to `limit` of those that wait, in the order in which they are dialed.

    The urgent ones come first, then four of the normal lane to one of the low. Whoever asks for a few at a
    time gives another `first_turn` each time, or the low lane would never have its turn.
    """
    return list(islice(_served(waiting, first_turn), limit))


def first_turn_at(now: datetime) -> int:
    """Give a `first_turn` that differs from one instant to another."""
    return int(now.timestamp() * 1000)


def _served(waiting: Mapping[Lane, Sequence[Item]], turn: int) -> Iterator[Item]:
    yield from waiting.get(Lane.URGENT, ())
    lanes = {lane: list(waiting.get(lane, ()))[::-1] for lane in (Lane.NORMAL, Lane.LOW)}
    while any(lanes.values()):
        wanted = _TURNS[turn % len(_TURNS)]
        turn += 1
        other = Lane.LOW if wanted is Lane.NORMAL else Lane.NORMAL
        yield lanes[wanted if lanes[wanted] else other].pop()
