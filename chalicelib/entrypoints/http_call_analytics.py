"""REST routes of the numbers of all calls."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.statistics import CallDashboardQuery, CallDashboardView, call_dashboard_view
from chalicelib.calls.services.statistics import read_dashboard
from chalicelib.entrypoints.middleware import Request, route
from chalicelib.system.domain.tokens import Scope

bp = Blueprint(__name__)


@route(
    bp,
    "GET",
    "/v1/calls/analytics/dashboard",
    scope=Scope.VIEWER,
    query=CallDashboardQuery,
    returns=CallDashboardView,
    errors={"bad_period": 400},
)
def read_call_dashboard(request: Request[None, CallDashboardQuery]) -> CallDashboardView:
    """Read the numbers of finished calls: volume, outcomes, lengths, cost; by day, hour and template.

    They are counted in the same write that finishes a call: what it costs to read them does not depend on how
    many calls there are, nor, unless `by_template` asks for them, on how many templates.
    """
    calls, wanted = container().calls, request.query
    found = read_dashboard(
        calls, wanted.first, wanted.last, wanted.template_id, by_template=wanted.by_template
    )
    names = {each.id: each.name for each in calls.templates.all()} if found.by_template else {}
    return call_dashboard_view(found, wanted.template_id, names)
