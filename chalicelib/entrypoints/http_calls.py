"""REST routes of calls: placing, listing and reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import (
    CallFileView,
    CallList,
    CallView,
    PlaceCallRequest,
    call_file_view,
)
from chalicelib.calls.schemas.lists import CallsQuery
from chalicelib.calls.schemas.permission import PermissionQuery, PermissionView, permission_view
from chalicelib.calls.services import desk, requests
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.scheduling.services import permitting
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_CALLS = "/v1/calls"
_REFUSALS = (
    "suppressed",
    "do_not_contact",
    "number_kind_refused",
    "country_not_allowed",
    "consent_missing",
    "zone_unknown",
    "too_late",
    "no_time_allowed",
)
REFUSED = dict.fromkeys(_REFUSALS, 403)


@route(
    bp,
    "POST",
    _CALLS + "/initiate",
    scope=Scope.OPERATOR,
    body=PlaceCallRequest,
    returns=CallView,
    status=202,
    errors=REFUSED
    | {
        "contact_not_found": 404,
        "template_not_found": 404,
        "bad_phone_number": 400,
        "no_caller_number": 400,
        "too_far_ahead": 400,
        "after_its_end": 400,
    },
    example={"number": "+14155550112", "template_id": "template_00000000000000000000000000000001"},
)
def initiate_call(request: Request[PlaceCallRequest, NoQuery]) -> Call:
    """Accept a call; it is dialed when its time has come and the rules allow it.

    Give `contact_id` or `number`; a number that nobody has becomes a contact. What the rules refuse
    for good is answered 403 with the rule as `code`.
    """
    wish = request.body.wish(request.principal.name, request.new_id("call"))
    return requests.request_call(container().calls, wish)


@route(bp, "GET", _CALLS, scope=Scope.VIEWER, query=CallsQuery, returns=CallList)
def list_calls(request: Request[None, CallsQuery]) -> Page[Call]:
    """List calls by the time of their acceptance, the newest first unless `sort` says otherwise.

    A call appears here within a second or so of being accepted. A page may be short although
    `next_page_token` says that more follow: one request examines 1,000 calls at most.
    """
    query = request.query
    oldest_first = query.sort == "created_at"
    calls, size = container().calls, query.page_size
    return desk.find_calls(calls, query.wanted(), size, request.start, oldest_first=oldest_first)


@route(
    bp,
    "GET",
    _CALLS + "/permission",
    scope=Scope.VIEWER,
    query=PermissionQuery,
    returns=PermissionView,
    errors={
        "contact_not_found": 404,
        "template_not_found": 404,
        "campaign_not_found": 404,
        "template_needed": 400,
        "too_far_away": 400,
    },
)
def explain_permission(request: Request[None, PermissionQuery]) -> dict[str, Any]:
    """Explain whether a call would be dialed, now or at another time, and by which rules.

    It is asked of the same rules as every dial, and nothing is dialed or stored.
    """
    found = permitting.explain_permission(container().scheduling, request.query.question())
    return permission_view(found)


@route(
    bp,
    "GET",
    _CALLS + "/{call_id}",
    scope=Scope.VIEWER,
    returns=CallFileView,
    errors={"call_not_found": 404},
)
def get_call(request: Request[None, NoQuery]) -> dict[str, Any]:
    """Read a call with its turns, events, analysis and cost."""
    return call_file_view(desk.read_call(container().calls, request.path["call_id"]))
