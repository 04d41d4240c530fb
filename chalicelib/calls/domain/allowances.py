"""How much one call may cost, how long it may last for that, and whether its budgets have so much; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.budgets import Amount, Budget, Hold, day_after, has_room, rooms_left
from chalicelib.calls.domain.calling_hours import LEAD
from chalicelib.calls.domain.costs import DETECTION, dearest_minute
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.kernel.money import micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.calls.domain.budgets import Cap
    from chalicelib.calls.domain.templates import CallTemplate

# What models are taken to cost for a minute of conversation; a call ends when it has cost what it may.
_MODELS_MINUTE = micros("0.05")
# What may come after a call has cost what it may: its last turn, and the analysis.
_AFTERWARDS = micros("0.02")
_MINUTE_S = 60
# The carrier ends a call a moment late, and bills the minute that has started.
_LATE_S = 5
# A setting that is too narrow may be widened; money that is held comes back when calls are over.
_TOO_SMALL_WAIT, _HELD_WAIT = timedelta(minutes=15), timedelta(seconds=30)
NAMES = {
    Budget.DAY: "the system's budget of the day",
    Budget.CAMPAIGN: "the campaign's budget",
    Budget.CAMPAIGN_DAY: "the campaign's budget of the day",
}
_DAILY = frozenset({Budget.DAY, Budget.CAMPAIGN_DAY})


@dataclass(frozen=True)
class Short:
    """Why there is not enough for a call: code, sentence, and when to ask again; None: never."""

    reason: str
    explanation: str
    again_at: datetime | None


@dataclass(frozen=True)
class Purse:
    """The budgets of a call as they stand on a day: their limits, what is used, and what the call may cost.

    `micros` None: what a call may cost pays not even for its first minute.
    """

    micros: int | None
    caps: Mapping[Budget, Cap]
    used: Mapping[Budget, Amount]
    day: date

    @property
    def hold(self) -> Hold | None:
        """Give what a commitment takes."""
        return None if self.micros is None else Hold(self.micros, self.caps)

    @property
    def calls_left(self) -> int | None:
        """Say how many calls more there is enough for; None: any number."""
        if self.micros is None:
            return 0
        left = (rooms_left(cap, self._used(each), self.micros) for each, cap in self.caps.items())
        return min((rooms for rooms in left if rooms is not None), default=None)

    def room_for_more(self, now: datetime) -> int | None:
        """Say how many calls to ask for now; None: any number."""
        return 0 if self.short(now) else self.calls_left

    def short(self, now: datetime) -> Short | None:
        """Say why a call cannot be paid for at an instant; None: it can.

        Shortly before midnight (UTC) calls wait for it where a day has a budget: the day on which the carrier
        begins a call is the day that pays.
        """
        if self.micros is None:
            explanation = "What a call may cost (settings, budgets) does not pay for its first minute."
            return Short("call_budget_too_small", explanation, now + _TOO_SMALL_WAIT)
        is_daily = not _DAILY.isdisjoint(self.caps)
        if is_daily and now + LEAD >= day_after(now):
            return Short("budget_day_ends", "The next day's budgets pay for this call.", day_after(now))
        for budget, cap in self.caps.items():
            used = self._used(budget) if now.date() == self.day or budget not in _DAILY else Amount()
            if not has_room(cap, used, self.micros):
                return _short(budget, cap, used, self.micros, now)
        return None

    def _used(self, budget: Budget) -> Amount:
        return self.used.get(budget, Amount())


def most_of(template: CallTemplate, per_call: int | None) -> int | None:
    """Give the most that a call may cost, in micro-dollars: as long as it may last, or up to its limits.

    None: `per_call`, the limit of every call, pays not even for the first minute. A template's own limit
    always lets a call begin.
    """
    minute, start = _minute(template), _start(template)
    least = start + minute
    if per_call is not None and per_call < least:
        return None
    minutes = template.max_duration_s // _MINUTE_S + 1
    bounds = [start + minutes * (minute + _MODELS_MINUTE)]
    if template.max_spend is not None:
        bounds.append(max(least, template.max_spend + _AFTERWARDS))
    return min([*bounds, *([] if per_call is None else [per_call])])


def longest_s(template: CallTemplate, reserved: int | None) -> int:
    """Say for how long (seconds) a call may last that has this much reserved; None: as its template says."""
    if reserved is None:
        return template.max_duration_s
    minutes = max(1, (reserved - _start(template)) // _minute(template))
    return min(template.max_duration_s, minutes * _MINUTE_S - _LATE_S)


def ceiling_of(template: CallTemplate, reserved: int | None) -> int | None:
    """Give at what cost, in micro-dollars, a call that has this much reserved says goodbye; None: none."""
    bounds = [template.max_spend, None if reserved is None else max(0, reserved - _AFTERWARDS)]
    return min((bound for bound in bounds if bound is not None), default=None)


def _minute(template: CallTemplate) -> int:
    return dearest_minute(template.transport, hands_over=template.transfer_to is not None)


def _start(template: CallTemplate) -> int:
    """Give what a call may cost beside its minutes."""
    return _AFTERWARDS + (0 if template.on_machine is OnMachine.OFF else DETECTION)


def _short(budget: Budget, cap: Cap, used: Amount, needed: int, now: datetime) -> Short:
    name = NAMES[budget]
    settled = Amount(used.micros - used.held, used.calls)
    if has_room(cap, settled, needed):
        explanation = f"What is left of {name} is held for calls that go on."
        return Short(f"{budget}_budget_held", explanation, now + _HELD_WAIT)
    again_at = day_after(now) if budget in _DAILY else None
    return Short(f"{budget}_budget_spent", f"There is not enough left of {name}.", again_at)
