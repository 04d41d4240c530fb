"""REST routes of the numbers of questions to models."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.ai.domain.model_statistics import By
from chalicelib.ai.schemas.model_statistics import (
    ModelDashboardQuery,
    ModelDashboardView,
    model_dashboard_view,
)
from chalicelib.ai.services.counting import read_model_dashboard
from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import Request, route
from chalicelib.system.domain.tokens import Scope

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/ai/analytics/dashboard",
    scope=Scope.VIEWER,
    query=ModelDashboardQuery,
    returns=ModelDashboardView,
    errors={"bad_period": 400},
)
def read_ai_dashboard(request: Request[None, ModelDashboardQuery]) -> ModelDashboardView:
    """Read the numbers of questions to models: tokens, cost, latency, errors, fallbacks.

    They are told apart by provider, model, call template or day. Each question of a call counts once, when
    the call's books are closed; what it costs to read them does not depend on how many there were.
    """
    wanted, root = request.query, container()
    found = read_model_dashboard(root.ai, wanted.first, wanted.last, wanted.by)
    names = {each.id: each.name for each in root.calls.templates.all()} if wanted.by is By.TEMPLATE else {}
    return model_dashboard_view(found, names)
