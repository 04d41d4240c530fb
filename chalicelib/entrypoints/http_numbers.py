"""REST routes of our own numbers: who answers calls to them, when, and what callers meet at other times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.routes import RouteIn, RouteList, RouteView, route_view
from chalicelib.calls.services import routes
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.phones import E164, is_e164
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

bp = Blueprint(__name__)
_NUMBERS = "/v1/calls/numbers"


@route(bp, "GET", _NUMBERS, scope=Scope.VIEWER, returns=RouteList)
def list_numbers(_request: Request[None, NoQuery]) -> dict[str, list[RouteView]]:
    """List our numbers that something answers, by number."""
    return {"items": [route_view(each) for each in routes.list_routes(container().calls)]}


@route(
    bp,
    "GET",
    _NUMBERS + "/{number}",
    scope=Scope.VIEWER,
    returns=RouteView,
    errors={"line_not_found": 404},
)
def get_number(request: Request[None, NoQuery]) -> RouteView:
    """Read how calls to one of our numbers are taken."""
    return route_view(routes.get_route(container().calls, _number(request.path)))


@route(
    bp,
    "PUT",
    _NUMBERS + "/{number}",
    scope=Scope.OPERATOR,
    body=RouteIn,
    returns=RouteView,
    guarded=True,
    creates=True,
    errors={"template_not_found": 404, "line_not_found": 404},
    example={
        "template_id": "template_00000000000000000000000000000001",
        "hours": {
            "time_zone": "America/New_York",
            "monday": [{"start": "09:00", "end": "12:30"}, {"start": "13:30", "end": "18:00"}],
            "closed_on": ["2026-12-25"],
        },
        "after_hours": "voicemail",
        "after_hours_text": "We are closed. Please leave a message after the beep.",
        "region": "US-NY",
    },
)
def route_number(request: Request[RouteIn, NoQuery]) -> RouteView:
    """Say how calls to one of our numbers are taken: by which template, when, and what follows else.

    A number without a route needs no `If-Match`; to replace a route, send it with the `ETag` read before.
    """
    wanted = request.body.route(_number(request.path))
    return route_view(routes.route_line(container().calls, wanted, request.expected_version))


def _number(path: Mapping[str, str]) -> E164:
    number = path["number"]
    if not is_e164(number):
        raise NotFound(f"{number[:32]} is not one of our numbers.", code="line_not_found")
    return E164(number)
