"""What is left of budgets: for the decision on a call, for whoever admits many, and for people."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.allowances import Purse, ceiling_of, longest_s, most_of
from chalicelib.calls.domain.budgets import Budget, Cap, caps_of, pot_of
from chalicelib.calls.domain.calls import Direction
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from chalicelib.calls.domain.budgets import Amount
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.templates import Brief, CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.system.domain.settings import SystemSettings


@dataclass(frozen=True)
class BudgetState:
    """A budget as it stands: its limit, and what is used of it; `campaign_id` is empty for that of all calls.

    `day` is None for what is counted in all.
    """

    budget: Budget
    campaign_id: str
    day: date | None
    cap: Cap
    used: Amount


@dataclass(frozen=True)
class BudgetReport:
    """The most that a call may cost (micro-dollars), and every budget that has a limit."""

    per_call: int | None
    budgets: tuple[BudgetState, ...]


def purse_of(
    calls: CallPorts, settings: SystemSettings, plan: DialPlan | None, template: CallTemplate | None
) -> Purse | None:
    """Read what is left for calls by this template, of this campaign; None where nothing is limited.

    Raises `Unavailable` when nobody can tell: then nothing is dialed.
    """
    caps, per_call = caps_of(settings.budgets, plan), settings.budgets.per_call_micros
    if template is None or (not caps and per_call is None):
        return None
    today = calls.clock.now().date()
    used = _used(calls, caps, plan.id if plan else "", today)
    return Purse(most_of(template, per_call), caps, used, today)


def report_budgets(calls: CallPorts, campaign_id: str = "") -> BudgetReport:
    """Say how the budgets stand: those of all calls, and with `campaign_id` those of a campaign.

    Raises `NotFound`, code `campaign_not_found`, for a campaign of which nothing was told the dialer.
    """
    plan = calls.plans.get(campaign_id) if campaign_id else None
    if campaign_id and plan is None:
        raise NotFound(f"There is no campaign {campaign_id} to be dialed.", code="campaign_not_found")
    budgets = current_settings(calls.system).budgets
    caps, today = caps_of(budgets, plan), calls.clock.now().date()
    used = _used(calls, caps, campaign_id, today)
    states = (_state(each, campaign_id, today, cap, used[each]) for each, cap in caps.items())
    return BudgetReport(budgets.per_call_micros, tuple(states))


def limit_brief(calls: CallPorts, call: Call, template: CallTemplate, brief: Brief) -> Brief:
    """Have a call say goodbye when it has cost what it may, and before the carrier ends it for that.

    An inbound call has the limit of every call; it is taken also when nobody can tell that.
    """
    if call.direction is Direction.OUTBOUND:
        seconds = longest_s(template, call.reserved)
        return replace(brief, max_spend=ceiling_of(template, call.reserved), max_duration_s=seconds)
    with suppress(Unavailable):
        per_call = current_settings(calls.system).budgets.per_call_micros
        return replace(brief, max_spend=ceiling_of(template, per_call))
    return brief


def _used(
    calls: CallPorts, budgets: Collection[Budget], campaign_id: str, today: date
) -> dict[Budget, Amount]:
    pots = {budget: pot_of(budget, campaign_id, today) for budget in budgets}
    found = calls.budgets.used(tuple(pots.values())) if pots else {}
    return {budget: found[pot] for budget, pot in pots.items()}


def _state(budget: Budget, campaign_id: str, today: date, cap: Cap, used: Amount) -> BudgetState:
    owner = "" if budget is Budget.DAY else campaign_id
    return BudgetState(budget, owner, None if budget is Budget.CAMPAIGN else today, cap, used)
