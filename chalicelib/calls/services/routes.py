"""What an operator says of our own numbers: who answers, when, and what callers meet at other times."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.routes import AfterHours
from chalicelib.calls.services.templates import get_template
from chalicelib.kernel.errors import Conflict, FieldError, Invalid, NotFound, about_field
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.routes import LineRoute
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.phones import E164

NOTHING_SEEN = 0


def route_line(calls: CallPorts, route: LineRoute, expected_version: int | None) -> LineRoute:
    """Say how calls to one of our numbers are taken; in place of an earlier route if there is one.

    `expected_version` is the version that is replaced, `NOTHING_SEEN` for a number without a route, None for
    any. Raises `NotFound` for a number that is not ours or a missing template, `Conflict` with code
    `version_changed`, or `if_match_required` when there is a route that nobody has looked at.
    """
    _check(calls, route)
    old = calls.routes.get(route.line)
    _check_version(old, expected_version)
    if old is not None and replace(route, version=old.version) == old:
        return old
    new = replace(route, version=old.version + 1 if old else 1)
    if not calls.routes.save(new):
        raise Conflict("The route was changed meanwhile; read it again.", code="version_changed")
    log("line.routed", line=new.line, version=new.version)
    return new


def get_route(calls: CallPorts, line: E164) -> LineRoute:
    """Give how calls to one of our numbers are taken, or `NotFound`."""
    route = calls.routes.get(line) if line in calls.lines else None
    if route is None:
        raise NotFound(f"{line} is none of our numbers, or nothing answers it.", code="line_not_found")
    return route


def list_routes(calls: CallPorts) -> list[LineRoute]:
    """Give the routes of our numbers, by number; one that nothing answers is not among them."""
    return calls.routes.some(calls.lines)


def _check(calls: CallPorts, route: LineRoute) -> None:
    with about_field("/template_id"):
        get_template(calls, route.template_id)
    if route.after_hours_template_id:
        with about_field("/after_hours_template_id"):
            get_template(calls, route.after_hours_template_id)
    if route.line not in calls.lines:
        raise NotFound(f"{route.line} is none of our numbers (TWILIO_FROM_NUMBERS).", code="line_not_found")
    if route.hours:
        _check_after_hours(route)


def _check_after_hours(route: LineRoute) -> None:
    needs = {
        AfterHours.TEMPLATE: ("after_hours_template_id", "Name the template that answers after hours."),
        AfterHours.MESSAGE: ("after_hours_text", "Give the text that callers hear after hours."),
    }
    if route.after_hours in needs and not getattr(route, needs[route.after_hours][0]):
        field, remedy = needs[route.after_hours]
        raise Invalid(remedy, code="invalid_fields", errors=(FieldError(f"/{field}", remedy),))


def _check_version(old: LineRoute | None, expected: int | None) -> None:
    if expected is None:
        return
    if expected == NOTHING_SEEN and old is not None and old.version:
        message = "This number has a route: send If-Match with the ETag that you have read, or `*`."
        raise Conflict(message, code="if_match_required")
    if expected != NOTHING_SEEN and (old is None or old.version != expected):
        version = old.version if old else 0
        raise Conflict(f"The route is at version {version} now.", code="version_changed")
