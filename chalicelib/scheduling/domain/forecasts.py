"""What is expected of a campaign that runs, and how long such a forecast is good; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_FRESH = timedelta(minutes=1)
_SOONEST = timedelta(seconds=15)  # so that the last members do not cost a forecast at each tick
_MOVED_PART = 10
_FRESH_PART = 60  # the longer a campaign still takes, the longer a forecast is good enough


@dataclass(frozen=True)
class Forecast:
    """What was expected at `at` of what is left of a campaign, in members, calls and micro-dollars.

    `members` wait or have a call; `sampled` of them were followed, each standing for as many others.
    `not_reached` of them nobody will call (again) although they wait. `finish_at` None: nobody will.
    `basis` says from where the shares of outcomes are.
    """

    at: datetime
    members: int
    sampled: int
    calls: int
    goals: int
    cost: int
    not_reached: int
    finish_at: datetime | None
    basis: str


def is_stale(forecast: Forecast | None, now: datetime, members: int) -> bool:
    """Tell whether a new one is due, while so many members are left.

    After a minute, or a sixtieth of the time that is left; and sooner when a tenth more or fewer are left.
    """
    if forecast is None:
        return True
    has_moved = abs(members - forecast.members) * _MOVED_PART >= max(1, forecast.members)
    if has_moved and now - forecast.at >= _SOONEST:
        return True
    left = forecast.finish_at - forecast.at if forecast.finish_at else timedelta(0)
    return now - forecast.at >= max(_FRESH, left / _FRESH_PART)
