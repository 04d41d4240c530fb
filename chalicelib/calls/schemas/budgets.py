"""Budgets as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from chalicelib.calls.domain.budgets import Budget
from chalicelib.calls.schemas.fields import Id
from chalicelib.kernel.money import dollars
from chalicelib.kernel.schemas import Input

if TYPE_CHECKING:
    from chalicelib.calls.services.budgets import BudgetReport, BudgetState


class BudgetsQuery(Input):
    """Which budgets beside those of all calls."""

    campaign_id: Annotated[Id | None, Field(description="Those of this campaign as well.")] = None


class BudgetView(BaseModel):
    """A budget that has a limit, in dollars or in calls placed; null: none in this, so any is left.

    `usd_used` counts what finished calls cost and `usd_held`, the most that those can cost that go on. `day`
    (UTC) is null for what is counted in all, `campaign_id` for the budget of all calls.
    """

    budget: Budget
    campaign_id: str | None
    day: date | None
    usd: str | None
    usd_used: str
    usd_held: str
    usd_left: str | None
    calls: int | None
    calls_used: int
    calls_left: int | None


class BudgetsView(BaseModel):
    """The most that one call may cost, in dollars (null: no limit), and the budgets that have a limit."""

    per_call_usd: str | None
    items: list[BudgetView]


def budgets_view(report: BudgetReport) -> BudgetsView:
    """Show how budgets stand."""
    return BudgetsView(
        per_call_usd=_dollars(report.per_call), items=[_budget_view(each) for each in report.budgets]
    )


def _budget_view(state: BudgetState) -> BudgetView:
    cap, used = state.cap, state.used
    return BudgetView(
        budget=state.budget,
        campaign_id=state.campaign_id or None,
        day=state.day,
        usd=_dollars(cap.micros),
        usd_used=dollars(used.micros),
        usd_held=dollars(used.held),
        usd_left=_dollars(_left(cap.micros, used.micros)),
        calls=cap.calls,
        calls_used=used.calls,
        calls_left=_left(cap.calls, used.calls),
    )


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else dollars(amount)
