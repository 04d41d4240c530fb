"""REST routes of the dial queue: what waits, waking it, changing, ending and repeating calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import CallView
from chalicelib.calls.schemas.queue import QueueChange, QueueList, QueueQuery, QueueRunView, waiting_view
from chalicelib.calls.services import queue
from chalicelib.calls.services.dialing import dispatch_due
from chalicelib.entrypoints.http_calls import REFUSED
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.paging import Page
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call

bp = Blueprint(__name__)
_QUEUE = "/v1/calls/queue"
_CALL = _QUEUE + "/{call_id}"
_MISSING = {"call_not_found": 404}
_BEGUN = _MISSING | {"call_not_queued": 409}


@route(bp, "GET", _QUEUE, scope=Scope.VIEWER, query=QueueQuery, returns=QueueList)
def list_queue(request: Request[None, QueueQuery]) -> Page[dict[str, Any]]:
    """List the calls that wait to be dialed, lane by lane, in each the longest due first.

    `decision` says why a call still waits. Calls in `urgent` are dialed before all others, then four in
    `normal` to one in `low`. With filters a page may be short, or empty, although more follow.
    """
    query = request.query
    page = queue.list_queue(container().calls, query.wanted(), query.page_size, request.start)
    return Page([waiting_view(each) for each in page.items], page.next_start)


@route(
    bp,
    "POST",
    _QUEUE + "/process",
    scope=Scope.OPERATOR,
    returns=QueueRunView,
    status=202,
    idempotent=False,
)
def process_queue(_request: Request[None, NoQuery]) -> dict[str, int]:
    """Wake the calls that are due now, as the schedule does each minute; harmless when repeated.

    No more are woken than can go on by the pace and the number of live calls; none while dialing is stopped.
    """
    return {"woken": dispatch_due(container().calls)}


@route(
    bp,
    "PATCH",
    _CALL,
    scope=Scope.OPERATOR,
    body=QueueChange,
    returns=CallView,
    guarded=True,
    errors=_BEGUN | {"too_far_ahead": 400, "after_its_end": 400},
    example={"priority": 2},
)
def change_waiting_call(request: Request[QueueChange, NoQuery]) -> Call:
    """Give a call that waits another priority or another earliest time."""
    call_id, body = request.path["call_id"], request.body
    calls, version = container().calls, request.expected_version
    return queue.change_waiting(calls, call_id, version, body.priority, body.not_before)


@route(
    bp,
    "POST",
    _CALL + "/cancel",
    scope=Scope.OPERATOR,
    returns=CallView,
    idempotent=False,
    errors=_BEGUN,
)
def cancel_waiting_call(request: Request[None, NoQuery]) -> Call:
    """End a call before the carrier is asked for it; one that has begun is ended by `hangup`."""
    return queue.cancel_waiting(container().calls, request.path["call_id"])


@route(
    bp,
    "POST",
    "/v1/calls/{call_id}/requeue",
    scope=Scope.OPERATOR,
    returns=CallView,
    status=202,
    errors={
        **REFUSED,
        **_MISSING,
        "contact_not_found": 404,
        "template_not_found": 404,
        "call_not_over": 409,
        "call_not_repeatable": 409,
    },
)
def requeue_call(request: Request[None, NoQuery]) -> Call:
    """Ask again for a call like one that is over: a call of its own, of no campaign, by the same rules."""
    new_id, name = request.new_id("call"), request.principal.name
    return queue.requeue_call(container().calls, request.path["call_id"], new_id, name)
