"""How often a number may be dialed: the record of its recent dials, and the caps on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# What a number's row keeps: as long as the longest cap, and never more than fits beside the rest.
KEPT_FOR = timedelta(days=7)
KEPT_AT_MOST = 50


@dataclass(frozen=True)
class Cap:
    """At most `calls` dials within any span of this length."""

    calls: int
    within: timedelta

    def free_at(self, dials: Sequence[datetime], now: datetime) -> datetime | None:
        """Give when the next dial fits under the cap; None: it does now, or never will.

        A dial that is exactly as old as the span counts no more. What was dialed later than `now` counts.
        """
        recent = sorted(at for at in dials if at > now - self.within)
        if len(recent) < self.calls or not self.calls:
            return None
        return recent[len(recent) - self.calls] + self.within

    def is_full(self, dials: Sequence[datetime], now: datetime) -> bool:
        """Tell whether another dial now would be one too many."""
        return sum(at > now - self.within for at in dials) >= self.calls


@dataclass(frozen=True)
class DialRecord:
    """What a number's record of dials must still be when a call is committed, and what it is then."""

    before: tuple[datetime, ...]
    after: tuple[datetime, ...]


def record_of(before: tuple[datetime, ...], others: tuple[datetime, ...], now: datetime) -> DialRecord:
    """Give the record with a dial of now beside those of `others`; what is too old to matter goes."""
    recent = [at for at in others if at > now - KEPT_FOR]
    return DialRecord(before, (*recent, now)[-KEPT_AT_MOST:])
