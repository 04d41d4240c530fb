"""REST routes of calls: placing and reading them, call templates, routes of our numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.calls import CallFileView, CallView, PlaceCallRequest, call_file_view
from chalicelib.calls.schemas.templates import (
    CallTemplateIn,
    CallTemplateList,
    CallTemplateView,
    RouteIn,
    RouteView,
)
from chalicelib.calls.services import desk, requests, templates
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.lifecycle import Call
    from chalicelib.calls.domain.templates import CallTemplate

bp = Blueprint(__name__)
_CALLS = "/v1/calls"
_REFUSED = {"suppressed": 403, "do_not_contact": 403, "number_kind_refused": 403, "country_not_allowed": 403}


@route(
    bp,
    "POST",
    _CALLS + "/initiate",
    scope=Scope.OPERATOR,
    body=PlaceCallRequest,
    returns=CallView,
    status=202,
    errors=_REFUSED
    | {
        "contact_not_found": 404,
        "template_not_found": 404,
        "bad_phone_number": 400,
        "no_caller_number": 400,
        "too_far_ahead": 400,
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


@route(
    bp,
    "POST",
    _CALLS + "/templates",
    scope=Scope.OPERATOR,
    body=CallTemplateIn,
    returns=CallTemplateView,
    status=201,
    errors={
        "prompt_not_found": 404,
        "bad_template": 400,
        "unknown_tool": 400,
        "country_not_allowed": 403,
        "number_kind_refused": 403,
    },
    example={
        "name": "Check-up",
        "prompt_id": "prompt_00000000000000000000000000000001",
        "greeting": "Hello {{ first_name }}, this is a quick check-up call.",
    },
)
def create_template(request: Request[CallTemplateIn, NoQuery]) -> CallTemplate:
    """Create a call template.

    It is refused when its greeting or its prompt cannot be filled in with sample values.
    """
    calls = container().calls
    return desk.create_template(calls, request.body.template(request.new_id("template"), calls.clock.now()))


@route(bp, "GET", _CALLS + "/templates", scope=Scope.VIEWER, returns=CallTemplateList)
def list_templates(_request: Request[None, NoQuery]) -> dict[str, list[CallTemplate]]:
    """List the call templates by name."""
    return {"items": container().calls.templates.all()}


@route(
    bp,
    "GET",
    _CALLS + "/templates/{template_id}",
    scope=Scope.VIEWER,
    returns=CallTemplateView,
    errors={"template_not_found": 404},
)
def get_template(request: Request[None, NoQuery]) -> CallTemplate:
    """Read a call template."""
    return templates.get_template(container().calls, request.path["template_id"])


@route(
    bp,
    "PUT",
    _CALLS + "/numbers/{number}",
    scope=Scope.OPERATOR,
    body=RouteIn,
    returns=RouteView,
    errors={"template_not_found": 404, "line_not_found": 404, "bad_phone_number": 400},
    example={"template_id": "template_00000000000000000000000000000001"},
)
def route_number(request: Request[RouteIn, NoQuery]) -> RouteView:
    """Choose the template that answers calls to one of our numbers."""
    number = E164(request.path["number"])
    desk.route_line(container().calls, number, request.body.template_id)
    return RouteView(number=number, template_id=request.body.template_id)
