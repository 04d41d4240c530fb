"""What a campaign on a virtual clock uses of its budgets; pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from math import floor, inf
from typing import TYPE_CHECKING

from chalicelib.calls.domain.budgets import Amount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from chalicelib.scheduling.domain.prospects import Allowance

_DAY = timedelta(days=1)


@dataclass
class Spending:
    """What is used of budgets from the day `begin` on, where each call that is followed stands for `scale`.

    A day pays for a call whole as long as it has room for one of those: what it has not, is a debt of the
    days after it, so that over days no more is used than they hold. A budget in all pays for a part.
    """

    allowances: Sequence[Allowance]
    scale: float
    begin: date
    _used: dict[date | None, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))
    _debts: dict[tuple[int, date], tuple[float, float]] = field(default_factory=dict)

    def is_spent(self, at: datetime, *, is_daily: bool) -> bool:
        """Tell whether a budget, of those in all or of those of a day, has no room for one call more."""
        places = (n for n, each in enumerate(self.allowances) if each.is_daily is is_daily)
        return any(self._room(place, at.date(), cost=0) < 1 for place in places)

    def portion(self, at: datetime, cost: int) -> float:
        """Give the part, above 0 and up to 1, of what a call stands for that the budgets in all pay for."""
        places = (n for n, each in enumerate(self.allowances) if not each.is_daily)
        rooms = (self._room(place, at.date(), cost) for place in places)
        return min((min(1.0, room / self.scale) for room in rooms), default=1.0)

    def take(self, at: datetime, portion: float, cost: int) -> None:
        """Use this part of a call of this cost."""
        for day in (None, at.date()):
            self._used[day][0] += portion * self.scale
            self._used[day][1] += portion * self.scale * cost

    def _room(self, place: int, day: date, cost: int) -> float:
        """Give how many calls of this cost a budget has room for; each is reserved before it is made."""
        allowance = self.allowances[place]
        cap, (calls, micros) = allowance.cap, self._taken(place, day)
        room = inf if cap.calls is None else cap.calls - calls
        if cap.micros is None:
            return room
        left = cap.micros - micros - allowance.reserve
        if left < 0:
            return 0
        return min(room, floor(left / cost) + 1 if cost else inf)

    def _taken(self, place: int, day: date) -> tuple[float, float]:
        """Give the calls and the money that count of a budget: of the day, or of all."""
        allowance = self.allowances[place]
        before = allowance.used if day == self.begin or not allowance.is_daily else Amount()
        calls, micros = self._used[day if allowance.is_daily else None]
        owed_calls, owed_micros = self._debt(place, day) if allowance.is_daily else (0.0, 0.0)
        return before.calls + calls + owed_calls, before.micros + micros + owed_micros

    def _debt(self, place: int, day: date) -> tuple[float, float]:
        if self.scale <= 1 or day <= self.begin:
            return 0.0, 0.0
        if (place, day) not in self._debts:
            cap, (calls, micros) = self.allowances[place].cap, self._taken(place, day - _DAY)
            owed = (_above(calls, cap.calls), _above(micros, cap.micros))
            self._debts[place, day] = owed
        return self._debts[place, day]


def _above(used: float, limit: int | None) -> float:
    return 0.0 if limit is None else max(0.0, used - limit)
