"""REST route of budgets: what calls may cost, and what of that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.budgets import BudgetsQuery, BudgetsView, budgets_view
from chalicelib.calls.services.budgets import report_budgets
from chalicelib.entrypoints.middleware import Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from pydantic import BaseModel

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/calls/budgets",
    scope=Scope.VIEWER,
    query=BudgetsQuery,
    returns=BudgetsView,
    errors={"campaign_not_found": 404},
)
def show_budgets(request: Request[None, BudgetsQuery]) -> BaseModel:
    """Say what is left of the budgets of all calls and, with `campaign_id`, of a campaign.

    Only what has a limit is listed: calls that were placed before it had one are not counted.
    """
    return budgets_view(report_budgets(container().calls, request.query.campaign_id or ""))
