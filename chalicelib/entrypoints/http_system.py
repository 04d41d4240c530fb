"""REST routes about the system itself: is it there, and is it ready."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, route
from chalicelib.system.domain.readiness import VERSION
from chalicelib.system.schemas.readiness import HealthView, ReadinessView
from chalicelib.system.services.readiness import check_readiness

bp = Blueprint(__name__)


@route(bp, "GET", "/health", scope=None, returns=HealthView, limited=False)
def health(_request: Request[None, NoQuery]) -> HealthView:
    """Say that the API answers; asks nothing else."""
    return HealthView(status="ok", version=VERSION)


@route(bp, "GET", "/health/ready", scope=None, returns=ReadinessView, other_status=503)
def ready(_request: Request[None, NoQuery]) -> Reply:
    """Say whether every dependency answers; 503 when one does not."""
    readiness = check_readiness(container().probes, container().clock)
    return Reply(readiness, status=200 if readiness.ready else 503)
