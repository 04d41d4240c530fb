"""What calls may cost and how many may be placed: the budgets of a call, and what it claims of them.

What a call claims follows from the call alone: nothing while nobody has committed to dial it, the most that
it can cost from then on, what it did cost when its books are closed. Each write of a call moves its budgets
by the difference in the same transaction, so that whatever dies, each holds the sum of its calls' claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.system.domain.settings import Budgets

# The name of the budget of all calls; others are named by their campaign.
ALL = "ALL"
# The span of a budget that is not of one day.
TOTAL = "TOTAL"


class Budget(StrEnum):
    """The budgets of which a call may be a part; days are those on which calls are dialed (UTC)."""

    DAY = "day"  # of all calls
    CAMPAIGN = "campaign"
    CAMPAIGN_DAY = "campaign_day"


class Pot(NamedTuple):
    """What is counted apart: whose calls, and of which day (`2026-03-03`) or in all."""

    name: str
    span: str


class Amount(NamedTuple):
    """Micro-dollars and calls; `held` is how much of the money is reserved for calls that go on."""

    micros: int = 0
    calls: int = 0
    held: int = 0

    def plus(self, other: Amount, times: int = 1) -> Amount:
        """Add another amount, so many times."""
        return Amount(*(mine + times * its for mine, its in zip(self, other, strict=True)))


class Cap(NamedTuple):
    """How many micro-dollars, and how many calls, a budget has; None: no limit."""

    micros: int | None = None
    calls: int | None = None


@dataclass(frozen=True)
class Hold:
    """What a commitment takes of each budget, in micro-dollars and one call, and the limit of each."""

    micros: int
    caps: Mapping[Budget, Cap]


def caps_of(budgets: Budgets, plan: DialPlan | None) -> dict[Budget, Cap]:
    """Give the budgets that have a limit, for calls of this campaign, or of none."""
    caps = {Budget.DAY: Cap(budgets.per_day_micros, budgets.calls_per_day)}
    if plan:
        limits = plan.limits
        caps[Budget.CAMPAIGN] = Cap(limits.micros, limits.calls)
        caps[Budget.CAMPAIGN_DAY] = Cap(limits.micros_per_day, limits.calls_per_day)
    return {budget: cap for budget, cap in caps.items() if cap != Cap()}


def pot_of(budget: Budget, campaign_id: str, day: date) -> Pot:
    """Name what is counted of a budget on a day."""
    name = ALL if budget is Budget.DAY else campaign_id
    return Pot(name, TOTAL if budget is Budget.CAMPAIGN else day.isoformat())


def claim_of(call: Call) -> dict[Pot, Amount]:
    """Give what a call claims of each of its budgets.

    Of a call that the carrier forgot nobody will ever know the cost: it goes on to claim the most.
    """
    if call.reserved is None or call.dialed_at is None:
        return {}
    amount = Amount(call.reserved, 1, call.reserved)
    if call.finished_at:
        amount = Amount(call.reserved if call.cost is None else call.cost, 1)
    day = call.dialed_at.astimezone(UTC).date()
    return {pot_of(Budget(name), call.campaign_id, day): amount for name in call.budgets}


def caps_by_pot(call: Call) -> dict[Pot, Cap]:
    """Give the limits by which a commitment was decided, of what is counted; empty: nothing is limited."""
    hold = call.decision.hold if call.decision else None
    if hold is None or call.dialed_at is None:
        return {}
    day = call.dialed_at.astimezone(UTC).date()
    return {pot_of(budget, call.campaign_id, day): cap for budget, cap in hold.caps.items()}


def claims_moved(old: Call, new: Call) -> dict[Pot, Amount]:
    """Give what is to be added to which budgets when a call changes; nothing, most of the time."""
    before, after = claim_of(old), claim_of(new)
    if before == after:
        return {}
    moved = {pot: after.get(pot, Amount()).plus(before.get(pot, Amount()), -1) for pot in {**before, **after}}
    return {pot: amount for pot, amount in moved.items() if any(amount)}


def has_room(cap: Cap, used: Amount, micros: int) -> bool:
    """Tell whether a budget has this much left, for one call more."""
    in_money = cap.micros is None or used.micros + micros <= cap.micros
    return in_money and (cap.calls is None or used.calls < cap.calls)


def rooms_left(cap: Cap, used: Amount, micros: int) -> int | None:
    """Say how many calls more, of this much each, a budget has room for; None: any number."""
    bounds = [] if cap.calls is None else [cap.calls - used.calls]
    if cap.micros is not None and micros:
        bounds.append((cap.micros - used.micros) // micros)
    return max(0, min(bounds)) if bounds else None


def day_after(now: datetime) -> datetime:
    """Give when the next day begins (UTC)."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)
