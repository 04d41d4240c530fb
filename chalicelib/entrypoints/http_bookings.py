"""REST routes of bookings: who comes when, and what becomes of it."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.schemas.booking_views import (
    BookingList,
    BookingView,
    WholeBookingView,
    booking_view,
    whole_booking_view,
)
from chalicelib.scheduling.schemas.bookings import AttendanceIn, BookingIn, BookingsQuery, CancelIn, MoveIn
from chalicelib.scheduling.services import booking
from chalicelib.scheduling.services.booking_lists import bookings_of_contact, bookings_of_days
from chalicelib.scheduling.services.places import naming_nearest
from chalicelib.system.domain.tokens import Scope

bp = Blueprint(__name__)
_BOOKINGS = "/v1/scheduling/bookings"
_BOOKING = _BOOKINGS + "/{booking_id}"
_MISSING = {"booking_not_found": 404}
_ACT = {**_MISSING, "booking_state": 409, "calendar_busy": 503}
_TAKING = {
    "calendar_not_found": 404,
    **dict.fromkeys(("not_a_slot", "booking_in_past", "booking_too_soon", "booking_too_far"), 400),
    **dict.fromkeys(("slot_taken", "calendar_closed"), 409),
    "calendar_busy": 503,
}
_EXAMPLE = {
    "calendar_id": "calendar_00000000000000000000000000000001",
    "contact_id": "contact_00000000000000000000000000000001",
    "start": "2026-03-09T08:00:00Z",
    "time_zone": "Europe/Berlin",
    "note": "Brings an interpreter.",
}


@route(
    bp,
    "POST",
    _BOOKINGS,
    scope=Scope.OPERATOR,
    body=BookingIn,
    returns=BookingView,
    status=201,
    errors={**_TAKING, "contact_not_found": 404},
    example=_EXAMPLE,
)
def book_slot(request: Request[BookingIn, NoQuery]) -> BookingView:
    """Book a slot for a contact.

    Of those who ask for the last place at once, one gets it. The others are refused with 409 `slot_taken`,
    where `details.nearest` names the three nearest slots that are free. With an `Idempotency-Key` a repeated
    request gives the same booking.
    """
    wish = request.body.wish(request.new_id("booking"))
    scheduling = container().scheduling
    with naming_nearest(scheduling):
        return booking_view(booking.book(scheduling, wish))


@route(
    bp,
    "GET",
    _BOOKINGS,
    scope=Scope.VIEWER,
    query=BookingsQuery,
    returns=BookingList,
    errors={"calendar_not_found": 404, "bad_range": 400},
)
def list_bookings(request: Request[None, BookingsQuery]) -> Page[BookingView]:
    """List the bookings of a contact, or those of a calendar on some of its days.

    Those of a contact include what is cancelled, the latest start first. Those of a calendar are in order of
    time, on up to 31 days; what is cancelled takes no place there and is left out.
    """
    query, scheduling = request.query, container().scheduling
    days = query.days()
    if days:
        page = bookings_of_days(scheduling, days, query.page_size, request.start)
    else:
        contact_id = query.contact_id or ""
        page = bookings_of_contact(scheduling, contact_id, query.page_size, request.start)
    shown = [booking_view(each) for each in page.items if query.state in {None, each.state}]
    return Page(shown, page.next_start)


@route(bp, "GET", _BOOKING, scope=Scope.VIEWER, returns=WholeBookingView, errors=_MISSING)
def get_booking(request: Request[None, NoQuery]) -> WholeBookingView:
    """Read a booking, with all that was done to it and what became of its reminders."""
    scheduling = container().scheduling
    found = booking.get_booking(scheduling, request.path["booking_id"])
    return whole_booking_view(found, scheduling.reminders.of_booking(found.id))


@route(
    bp,
    "POST",
    _BOOKING + "/move",
    scope=Scope.OPERATOR,
    body=MoveIn,
    returns=BookingView,
    errors={**_ACT, **_TAKING, "notice_too_short": 409},
    example={"start": "2026-03-10T09:00:00Z", "reason": "The train is late."},
    idempotent=False,
    heeds_version=True,
)
def move_booking(request: Request[MoveIn, NoQuery]) -> BookingView:
    """Move a booking within its calendar: the old place is free and the new one taken, or neither."""
    scheduling, booking_id = container().scheduling, request.path["booking_id"]
    with naming_nearest(scheduling):
        return booking_view(booking.move(scheduling, booking_id, request.body.wish(request.expected_version)))


@route(
    bp,
    "POST",
    _BOOKING + "/cancel",
    scope=Scope.OPERATOR,
    body=CancelIn,
    returns=BookingView,
    errors={**_ACT, "calendar_not_found": 404, "notice_too_short": 409},
    example={"reason": "Has found another practice.", "by_contact": True},
    idempotent=False,
    heeds_version=True,
)
def cancel_booking(request: Request[CancelIn, NoQuery]) -> BookingView:
    """Cancel a booking: its place is free; again, nothing changes."""
    body, booking_id = request.body, request.path["booking_id"]
    cancelled = booking.cancel(
        container().scheduling,
        booking_id,
        body.reason,
        by_contact=body.by_contact,
        expected_version=request.expected_version,
    )
    return booking_view(cancelled)


@route(
    bp,
    "POST",
    _BOOKING + "/confirm",
    scope=Scope.OPERATOR,
    returns=BookingView,
    errors=_ACT,
    idempotent=False,
    heeds_version=True,
)
def confirm_booking(request: Request[None, NoQuery]) -> BookingView:
    """Note that the contact will come; again, nothing changes."""
    booking_id = request.path["booking_id"]
    return booking_view(booking.confirm(container().scheduling, booking_id, request.expected_version))


@route(
    bp,
    "POST",
    _BOOKING + "/attendance",
    scope=Scope.OPERATOR,
    body=AttendanceIn,
    returns=BookingView,
    errors={**_ACT, "booking_not_begun": 409},
    example={"attended": True},
    idempotent=False,
    heeds_version=True,
)
def note_attendance(request: Request[AttendanceIn, NoQuery]) -> BookingView:
    """Note whether somebody came, from the start on; a wrong note can be put right."""
    attended, expected = request.body.attended, request.expected_version
    booking_id = request.path["booking_id"]
    return booking_view(
        booking.note_attendance(
            container().scheduling, booking_id, attended=attended, expected_version=expected
        )
    )
