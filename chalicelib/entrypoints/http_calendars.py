"""REST routes of calendars, and of the times that can be booked in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import about_field
from chalicelib.kernel.paging import Page
from chalicelib.kernel.schemas import PageQuery
from chalicelib.scheduling.schemas.bookings import (
    AvailabilityQuery,
    OfferList,
    SlotHoldIn,
    SlotHoldQuery,
    SlotHoldView,
    hold_view,
)
from chalicelib.scheduling.schemas.calendars import (
    CalendarIn,
    CalendarList,
    CalendarPatch,
    CalendarView,
    calendar_view,
    new_calendar,
)
from chalicelib.scheduling.services import availability, calendars, holding
from chalicelib.scheduling.services.calendar_templates import check_templates
from chalicelib.scheduling.services.places import naming_nearest
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.scheduling.services.availability import Offer

bp = Blueprint(__name__)
_CALENDARS = "/v1/scheduling/calendars"
_CALENDAR = _CALENDARS + "/{calendar_id}"
_HOLD = "/v1/scheduling/time-slots/hold"
_MISSING = {"calendar_not_found": 404}
_TAKING = {
    **_MISSING,
    **dict.fromkeys(("not_a_slot", "booking_in_past", "booking_too_soon", "booking_too_far"), 400),
    **dict.fromkeys(("slot_taken", "calendar_closed"), 409),
    "calendar_busy": 503,
}
_WORKDAY = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
_EXAMPLE = {
    "name": "Dr. Weber",
    "time_zone": "Europe/Berlin",
    "hours": {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), _WORKDAY),
        "saturday": [],
        "sunday": [],
    },
    "closed": ["2026-12-25"],
    "slot_min": 30,
    "services": ["check-up"],
    "notice_min": 60,
    "horizon_days": 60,
    "reminders": [{"before_min": 1440, "channel": "sms"}],
}


@route(
    bp,
    "POST",
    _CALENDARS,
    scope=Scope.ADMIN,
    body=CalendarIn,
    returns=CalendarView,
    status=201,
    errors={"calendar_invalid": 400, "template_not_found": 404},
    example=_EXAMPLE,
)
def create_calendar(request: Request[CalendarIn, NoQuery]) -> CalendarView:
    """Make a calendar in which appointments can be booked."""
    check_templates(container().scheduling, request.body.changes())
    now = cut_to_millis(container().clock.now())
    new = new_calendar(request.body, request.new_id("calendar"), actor(), now)
    return calendar_view(calendars.create_calendar(container().scheduling, new))


@route(bp, "GET", _CALENDARS, scope=Scope.VIEWER, query=PageQuery, returns=CalendarList)
def list_calendars(request: Request[None, PageQuery]) -> Page[CalendarView]:
    """List calendars, newest first."""
    page = calendars.list_calendars(container().scheduling, request.query.page_size, request.start)
    return Page([calendar_view(each) for each in page.items], page.next_start)


@route(bp, "GET", _CALENDAR, scope=Scope.VIEWER, returns=CalendarView, errors=_MISSING)
def get_calendar(request: Request[None, NoQuery]) -> CalendarView:
    """Read a calendar."""
    return calendar_view(calendars.get_calendar(container().scheduling, request.path["calendar_id"]))


@route(
    bp,
    "PATCH",
    _CALENDAR,
    scope=Scope.ADMIN,
    body=CalendarPatch,
    returns=CalendarView,
    errors={**_MISSING, "template_not_found": 404, "calendar_invalid": 400, "calendar_zone_fixed": 400},
    example={"closed": ["2026-12-24", "2026-12-25"], "capacity": 2},
    guarded=True,
)
def change_calendar(request: Request[CalendarPatch, NoQuery]) -> CalendarView:
    """Change a calendar; its appointments stay as they are, and its time zone too."""
    calendar_id, changes = request.path["calendar_id"], request.body.changes()
    check_templates(container().scheduling, changes)
    changed = calendars.change_calendar(
        container().scheduling, calendar_id, changes, request.expected_version
    )
    return calendar_view(changed)


@route(
    bp,
    "DELETE",
    _CALENDAR,
    scope=Scope.ADMIN,
    returns=None,
    status=204,
    errors={**_MISSING, "calendar_active": 409, "calendar_in_use": 409},
    guarded=True,
)
def delete_calendar(request: Request[None, NoQuery]) -> None:
    """Delete a calendar that is not active and has no appointments ahead; those that are over stay."""
    calendar_id = request.path["calendar_id"]
    calendars.delete_calendar(container().scheduling, calendar_id, request.expected_version)


@route(
    bp,
    "GET",
    "/v1/scheduling/time-slots/availability",
    scope=Scope.VIEWER,
    query=AvailabilityQuery,
    returns=OfferList,
    errors={**_MISSING, "service_not_found": 404, "bad_range": 400, "too_many_calendars": 400},
)
def list_available_slots(request: Request[None, AvailabilityQuery]) -> Page[Offer]:
    """List the times that can be booked now, in order of time, on up to 31 days.

    They are those of some calendars, of all with a service, or of all. Each start is told by the clock of
    `time_zone` and by that of the calendar.
    """
    query, scheduling = request.query, container().scheduling
    zone = "UTC"
    if len(query.calendar_id) == 1 and query.time_zone is None:
        with about_field("/calendar_id"):
            zone = calendars.get_calendar(scheduling, query.calendar_id[0]).zone
    return availability.available(scheduling, query.asked(zone), query.page_size, request.start)


@route(
    bp,
    "POST",
    _HOLD,
    scope=Scope.OPERATOR,
    body=SlotHoldIn,
    returns=SlotHoldView,
    status=201,
    errors=_TAKING,
    example={"calendar_id": "calendar_00000000000000000000000000000001", "start": "2026-03-09T08:00:00Z"},
)
def hold_slot(request: Request[SlotHoldIn, NoQuery]) -> dict[str, Any]:
    """Hold a place for two minutes, while somebody decides; book it with the answer's `hold_id`.

    A slot without a place is refused with 409 `slot_taken`, where `details.nearest` names others.
    """
    body, scheduling = request.body, container().scheduling
    with naming_nearest(scheduling):
        held = holding.hold(scheduling, body.calendar_id, body.start, request.new_id("hold"))
    return hold_view(body.calendar_id, held)


@route(
    bp,
    "DELETE",
    _HOLD + "/{hold_id}",
    scope=Scope.OPERATOR,
    query=SlotHoldQuery,
    returns=None,
    status=204,
    errors={**_MISSING, "calendar_busy": 503},
)
def release_slot(request: Request[None, SlotHoldQuery]) -> None:
    """Let go of what is held; nothing happens when it is over, or booked."""
    query = request.query
    holding.release(container().scheduling, query.calendar_id, query.start, request.path["hold_id"])
