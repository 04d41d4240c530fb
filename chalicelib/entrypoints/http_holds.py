"""REST routes of numbers that are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.calls.schemas.holds import HoldIn, HoldList, HoldView
from chalicelib.calls.services import holding
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.calls.domain.holds import NumberHold
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_HOLDS = "/v1/calls/queue/holds"


@route(
    bp,
    "POST",
    _HOLDS,
    scope=Scope.OPERATOR,
    body=HoldIn,
    returns=HoldView,
    status=201,
    errors={"hold_in_the_past": 400},
    example={"number": "+14155550123", "until": "2027-03-03T08:00:00Z", "reason": "On holiday."},
)
def hold_number(request: Request[HoldIn, NoQuery]) -> NumberHold:
    """Hold a number back: from this answer on nothing dials it until it is released, or `until` has come.

    Calls with it can be asked for, and wait (`number_held`). A hold that there was is replaced. Whoever must
    never be called again belongs on the suppression list.
    """
    calls = container().calls
    return holding.hold_number(calls, request.body.hold(request.principal.name, calls.clock.now()))


@route(bp, "GET", _HOLDS, scope=Scope.VIEWER, query=PageQuery, returns=HoldList)
def list_holds(request: Request[None, PageQuery]) -> Page[NumberHold]:
    """List the numbers that are held back now, by number."""
    return holding.list_holds(container().calls, request.query.page_size, request.start)


@route(
    bp,
    "DELETE",
    _HOLDS + "/{number}",
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={"hold_not_found": 404, "bad_phone_number": 400},
)
def release_hold(request: Request[None, NoQuery]) -> None:
    """Let a number be dialed again, and wake the calls that waited for it."""
    holding.release_hold(container().calls, E164(request.path["number"]))
