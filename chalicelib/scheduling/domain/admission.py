"""How many members of a campaign may be asked for at once; pure.

A campaign never floods the queue: what it has waiting there can soon be dialed. All campaigns have the same
bound, so that in a queue which serves the longest waiting first each gets its share, whatever its size, and a
call that somebody asks for waits behind little.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.scheduling.domain.campaigns import Dialing
    from chalicelib.system.domain.settings import SystemSettings

TICK_S = 5  # seconds between two ticks of a campaign
_TICKS_AHEAD = 2  # for so many ticks there is always enough to be dialed
_MOST, _LEAST = 100, 2
_USUAL = 50  # where nothing limits the pace


def room_for(dialing: Dialing, settings: SystemSettings, waiting: int) -> int:
    """Give how many more calls may be asked for now; `waiting` of the campaign have not been dialed yet.

    Where its calls at once are limited, as many wait as can go on, so that each place is used again when it
    is free.
    """
    seconds = TICK_S * _TICKS_AHEAD
    bounds = [_USUAL, _MOST]
    if settings.pace.calls_per_second:
        bounds = [settings.pace.calls_per_second * seconds, _MOST]
    if dialing.calls_per_minute:
        bounds.append(ceil(dialing.calls_per_minute * seconds / 60))
    bounds += [cap for cap in (dialing.live_calls, settings.caps.live_calls) if cap]
    return max(0, max(_LEAST, min(bounds)) - waiting)
