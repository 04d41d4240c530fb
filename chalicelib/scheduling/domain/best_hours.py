"""At which hour of the day somebody is called again: when most calls of the campaign were answered; pure.

Hours are those of the clocks where the number may be. Whether a call is allowed then is still asked of the
rules, as for every call: an hour is only preferred, never made permitted.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.kernel.zones import zones_of
from chalicelib.scheduling.domain.intervals import share_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.kernel.phones import E164

ENOUGH_DIALS = 20  # in an hour, before it is compared with others
_STEP = timedelta(minutes=15)  # zones differ by quarters of an hour
_STEPS = 25 * 4  # a day may have 25 hours
_UTC = "UTC"


def local_hour(number: E164, at: datetime) -> int:
    """Give the hour that the clocks show where the number may be: in the first of its zones, else in UTC."""
    zones = zones_of(number)
    return at.astimezone(ZoneInfo(zones[0] if zones else _UTC)).hour


def best_hour(by_hour: Sequence[tuple[int, int]]) -> int | None:
    """Give the hour with most answers; `by_hour` are calls dialed in each hour, and those answered.

    The hour whose share is surely the highest, by the lower end of its interval: few answers of few calls are
    no proof. None before two hours have enough calls to be compared.
    """
    shares = {hour: share_of(yes, of).low for hour, (of, yes) in enumerate(by_hour) if of >= ENOUGH_DIALS}
    rates = {hour: low for hour, low in shares.items() if low is not None}
    return max(rates, key=lambda hour: (rates[hour], -hour)) if len(rates) > 1 else None


def moved_to(hour: int, number: E164, at: datetime) -> datetime:
    """Give the first instant from `at` on, within a day, at which it is this hour where the number may be."""
    if local_hour(number, at) == hour:
        return at
    start = at.replace(minute=0, second=0, microsecond=0)
    steps = (start + _STEP * count for count in range(1, _STEPS + 4))
    return next((each for each in steps if each > at and local_hour(number, each) == hour), at)
