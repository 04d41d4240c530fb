"""REST routes of the numbers of all contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.analytics import DashboardQuery, DashboardView, RecountIn, dashboard_view
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.crm.services.counting import read_dashboard
from chalicelib.crm.services.recount import start_recount
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job

bp = Blueprint(__name__)
_ANALYTICS = "/v1/crm/analytics"


@route(bp, "GET", _ANALYTICS + "/dashboard", scope=Scope.VIEWER, query=DashboardQuery, returns=DashboardView)
def read_crm_dashboard(request: Request[None, DashboardQuery]) -> DashboardView:
    """Read the numbers of all contacts: by status, source, tag and day, consents, who can be called now."""
    crm = container().crm
    return dashboard_view(
        read_dashboard(crm, request.query.days), {tag.id: tag.name for tag in crm.tags.all()}
    )


@route(
    bp,
    "POST",
    _ANALYTICS + "/recount",
    scope=Scope.ADMIN,
    body=RecountIn,
    returns=JobView,
    status=202,
    example={"repair": False},
)
def recount_contacts(request: Request[RecountIn, NoQuery]) -> Job:
    """Count all contacts again, as a job: its results are what differs, and with `repair` it is put right.

    What was changed in the last minutes, and is on its way to the counters, is no difference.
    """
    return start_recount(container().crm, repair=request.body.repair, job_id=request.new_id("job"))
