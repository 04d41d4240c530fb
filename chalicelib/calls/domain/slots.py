"""Places among the calls that may go on at once: leases that expire, so that a lost end frees them; pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.system.domain.settings import Caps

# The pool of all outbound calls; others are named by their campaign.
ALL = "ALL"


@dataclass(frozen=True)
class Slot:
    """A place of a pool, from 0 on, that a call has until an instant."""

    pool: str
    place: int
    call_id: str
    until: datetime

    @property
    def name(self) -> str:
        """Name the place as the head of its call does."""
        return f"{self.pool}#{self.place}"


def pools_of(caps: Caps, plan: DialPlan | None) -> Mapping[str, int]:
    """Give the pools in which a call needs a place, each with how many there are."""
    sizes = {ALL: caps.live_calls} | ({plan.id: plan.live_calls} if plan else {})
    return {pool: size for pool, size in sizes.items() if size is not None}


def free_places(held: Collection[Slot], size: int, call_id: str, now: datetime) -> list[int]:
    """Give the places that a call may try to take, the one that is its own first.

    Where the pool was made smaller, those who still have a place beyond its end count: as many places are
    left free within. Calls begin to try at different places.
    """
    others = {slot.place for slot in held if slot.until >= now and slot.call_id != call_id}
    end = size
    while end > 0 and end + sum(place >= end for place in others) > size:
        end -= 1
    own = [slot.place for slot in held if slot.call_id == call_id and slot.place < end]
    first = int.from_bytes(hashlib.sha256(call_id.encode()).digest()[:4], "big") % max(end, 1)
    turned = [*range(first, end), *range(first)]
    return own + [place for place in turned if place not in others and place not in own]


def free_count(held: Collection[Slot], size: int, now: datetime) -> int:
    """Say how many calls more may go on at once."""
    return max(0, size - sum(slot.until >= now for slot in held))
