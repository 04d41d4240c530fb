"""REST routes of calendar files: links that open them without a token, and busy times from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.jobs import JobView
from chalicelib.entrypoints.middleware import NoQuery, Reply, Request, route
from chalicelib.scheduling.schemas.bookings import LinkView, SignatureQuery
from chalicelib.scheduling.schemas.busy import BusyFetchIn, BusyIn, BusyView, SourceQuery, busy_view
from chalicelib.scheduling.services import ics
from chalicelib.scheduling.services.busy_jobs import start_fetch
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.jobs import Job

bp = Blueprint(__name__)
_CALENDAR = "/v1/scheduling/calendars/{calendar_id}"
_BOOKING = "/v1/scheduling/bookings/{booking_id}"
_MEDIA_TYPE = "text/calendar"
_CLOSED = {"link_invalid": 403, "link_expired": 403, "calendar_not_found": 404}
# A megabyte of text as JSON, which may write a letter with six.
_MAX_BODY_BYTES = 4_500_000
_UNREADABLE = dict.fromkeys(
    ("calendar_too_large", "calendar_not_understood", "calendar_too_many_times", "calendar_too_slow"), 400
)
_TAKING = {"calendar_not_found": 404, "day_full": 409, "calendar_busy": 503, "calendar_reader_failed": 503}


@route(
    bp,
    "GET",
    _BOOKING + "/invitation-link",
    scope=Scope.OPERATOR,
    returns=LinkView,
    errors={"booking_not_found": 404},
)
def get_invitation_link(request: Request[None, NoQuery]) -> LinkView:
    """Get a link to the calendar file of a booking, for the contact.

    Until 30 days after the appointment's end whoever has it may open it, without a token.
    """
    booking_id = request.path["booking_id"]
    signature = ics.invitation_signature(container().scheduling, booking_id)
    return LinkView(path=f"{_BOOKING.format(booking_id=booking_id)}/invitation?signature={signature}")


@route(
    bp,
    "GET",
    _BOOKING + "/invitation",
    scope=None,
    query=SignatureQuery,
    returns=str,
    media_type=_MEDIA_TYPE,
    errors={**_CLOSED, "booking_not_found": 404},
)
def open_invitation(request: Request[None, SignatureQuery]) -> Reply:
    """Open the calendar file of a booking by its link: it puts the appointment in, moves it, takes it out."""
    booking_id, signature = request.path["booking_id"], request.query.signature
    return _file(ics.open_invitation(container().scheduling, booking_id, signature), "appointment.ics")


@route(
    bp,
    "GET",
    _CALENDAR + "/feed-link",
    scope=Scope.OPERATOR,
    returns=LinkView,
    errors={"calendar_not_found": 404},
)
def get_feed_link(request: Request[None, NoQuery]) -> LinkView:
    """Get a link to the appointments of a calendar, for staff to subscribe to.

    For a year whoever has it may read who comes when, without a token.
    """
    calendar_id = request.path["calendar_id"]
    signature = ics.feed_signature(container().scheduling, calendar_id)
    return LinkView(path=f"{_CALENDAR.format(calendar_id=calendar_id)}/feed?signature={signature}")


@route(
    bp,
    "GET",
    _CALENDAR + "/feed",
    scope=None,
    query=SignatureQuery,
    returns=str,
    media_type=_MEDIA_TYPE,
    errors=_CLOSED,
)
def open_feed(request: Request[None, SignatureQuery]) -> Reply:
    """Read the appointments of a calendar, from a month back on, by its link, as a calendar file."""
    calendar_id, signature = request.path["calendar_id"], request.query.signature
    return _file(ics.open_feed(container().scheduling, calendar_id, signature), "appointments.ics")


@route(
    bp,
    "POST",
    _CALENDAR + "/busy",
    scope=Scope.OPERATOR,
    body=BusyIn,
    query=SourceQuery,
    returns=BusyView,
    errors={**_UNREADABLE, **_TAKING},
    example={"content": "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"},
    idempotent=False,
    max_body_bytes=_MAX_BODY_BYTES,
    texts={_MEDIA_TYPE: "content"},
)
def import_busy(request: Request[BusyIn, SourceQuery]) -> BusyView:
    """Have nobody booked when a calendar file says that somebody is busy.

    The file, of up to a megabyte, is sent as it is (`text/calendar`) or as JSON. Its times replace those
    that the same `source` told before; appointments that stand at such times stay, and are named.
    """
    calendar_id, content = request.path["calendar_id"], request.body.content.encode()
    return busy_view(ics.import_busy(container().scheduling, calendar_id, content, request.query.source))


@route(
    bp,
    "POST",
    _CALENDAR + "/busy/fetch",
    scope=Scope.OPERATOR,
    body=BusyFetchIn,
    returns=JobView,
    status=202,
    errors={"calendar_not_found": 404},
    example={"url": "https://calendar.example.com/weber.ics", "source": "private"},
)
def fetch_busy(request: Request[BusyFetchIn, NoQuery]) -> Job:
    """Have the busy times of somebody's calendar fetched from its address, as a job.

    The job fails with a code when the address may not be reached (`address_refused`), gives no file
    (`address_failed`), or one that cannot be read. Its result names appointments that stand at busy times.
    """
    body, job_id = request.body, request.new_id("job")
    calendar_id = request.path["calendar_id"]
    return start_fetch(container().scheduling, calendar_id, body.url, body.source, job_id)


@route(
    bp,
    "DELETE",
    _CALENDAR + "/busy/{source}",
    scope=Scope.OPERATOR,
    returns=None,
    status=204,
    errors={"calendar_not_found": 404, "calendar_busy": 503},
)
def remove_busy(request: Request[None, NoQuery]) -> None:
    """Forget the busy times that a source told, from today on."""
    ics.remove_busy(container().scheduling, request.path["calendar_id"], request.path["source"])


def _file(content: bytes, name: str) -> Reply:
    return Reply(content.decode(), headers={"Content-Disposition": f'attachment; filename="{name}"'})
