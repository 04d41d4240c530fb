"""REST routes of failed work: read it, send it again, give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.schemas.failures import (
    DiscardIn,
    FailedWorkList,
    FailedWorkQuery,
    FailedWorkView,
    ReplayAllIn,
    ReplayAllView,
)
from chalicelib.system.services import failures

if TYPE_CHECKING:
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.failures import FailedWork, ReplayCount

bp = Blueprint(__name__)
_ALL = "/v1/failed-work"
_ONE = _ALL + "/{work_id}"
_MISSING = {"failed_work_not_found": 404}
_SETTLED = {**_MISSING, "failed_work_settled": 409}


@route(bp, "GET", _ALL, scope=Scope.VIEWER, query=FailedWorkQuery, returns=FailedWorkList)
def list_failed_work(request: Request[None, FailedWorkQuery]) -> Page[FailedWork]:
    """List failed work in one state, the latest first.

    Work is a message of a queue that failed at every try. What people said or typed is not shown.
    """
    query = request.query
    return failures.list_failed(container().system, query.state, query.queue, query.page_size, request.start)


@route(bp, "GET", _ONE, scope=Scope.VIEWER, returns=FailedWorkView, errors=_MISSING)
def get_failed_work(request: Request[None, NoQuery]) -> FailedWork:
    """Read failed work."""
    return failures.get_failed(container().system, request.path["work_id"])


@route(
    bp,
    "POST",
    _ALL + "/replay",
    scope=Scope.OPERATOR,
    body=ReplayAllIn,
    returns=ReplayAllView,
    example={"queue": "post_call"},
)
def replay_all_failed_work(request: Request[ReplayAllIn, NoQuery]) -> ReplayCount:
    """Send open work to its queues again, the latest 50 at a time.

    Ask again, with another `Idempotency-Key`, as long as `more` is true.
    """
    return failures.replay_all(container().system, request.body.queue)


@route(
    bp,
    "POST",
    _ONE + "/replay",
    scope=Scope.OPERATOR,
    returns=FailedWorkView,
    errors={**_SETTLED, "not_replayable": 409},
)
def replay_failed_work(request: Request[None, NoQuery]) -> FailedWork:
    """Send a message to its queue again.

    If it fails again, that is new failed work; a batch of a table's stream cannot be sent again.
    """
    work_id, settlement_id = request.path["work_id"], request.new_id("settlement")
    return failures.replay_failed(container().system, work_id, settlement_id)


@route(
    bp,
    "POST",
    _ONE + "/discard",
    scope=Scope.OPERATOR,
    body=DiscardIn,
    returns=FailedWorkView,
    errors={**_SETTLED, "replay_begun": 409},
    example={"reason": "The contact was erased; nothing is left to finish."},
)
def discard_failed_work(request: Request[DiscardIn, NoQuery]) -> FailedWork:
    """Give up work; it stays listed as discarded for 90 days."""
    work_id, settlement_id = request.path["work_id"], request.new_id("settlement")
    return failures.discard_failed(container().system, work_id, request.body.reason, settlement_id)
