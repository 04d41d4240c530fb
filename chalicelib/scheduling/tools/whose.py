"""Whose appointments the person on a call may hear of and change: their own, if it is them who call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import may_be_somebody_else
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import is_id
from chalicelib.scheduling.domain.local_times import instant_of
from chalicelib.scheduling.services.ahead import bookings_ahead, reminded_of
from chalicelib.scheduling.tools.times import zone_of

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.tools import ToolContext
    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_NOT_VERIFIED = (
    "The phone network does not vouch for the number of this caller: appointments that were not made in this "
    "call can be neither told nor changed. Offer to call them back at their number."
)


def known_ahead(scheduling: SchedulingPorts, context: ToolContext) -> list[Booking]:
    """Give the appointments ahead that the person may hear of and change, in order of time.

    Who called us and may have made the number up has only those that were made in this call.
    """
    ahead = bookings_ahead(scheduling, context.contact_id)
    if not is_doubtful(scheduling, context):
        return ahead
    return [each for each in ahead if each.call_id == context.call_id]


def some_ahead(scheduling: SchedulingPorts, context: ToolContext) -> list[Booking]:
    """Give them; `NotFound` when there are none: `no_appointment`, or `caller_not_verified`."""
    ahead = known_ahead(scheduling, context)
    if ahead:
        return ahead
    if is_doubtful(scheduling, context):
        raise NotFound(_NOT_VERIFIED, code="caller_not_verified")
    raise NotFound("They have no appointment ahead.", code="no_appointment")


def appointment_at(context: ToolContext, ahead: list[Booking], which: datetime) -> Booking:
    """Give the one of these that begins at a time on the person's clock; `NotFound`: `no_appointment`."""
    for each in ahead:
        if each.start == instant_of(which, zone_of(context, each.zone)):
            return each
    raise NotFound("They have no appointment then.", code="no_appointment")


def reminded_booking(scheduling: SchedulingPorts, context: ToolContext) -> Booking | None:
    """Give the appointment of which this call reminds, whatever became of it."""
    call = _call_of(scheduling, context)
    booking_id = reminded_of(call.requested_by) if call else ""
    return scheduling.bookings.get(booking_id) if booking_id else None


def is_doubtful(scheduling: SchedulingPorts, context: ToolContext) -> bool:
    """Tell whether who called us may have made the number up."""
    call = _call_of(scheduling, context)
    return call is not None and may_be_somebody_else(call)


def _call_of(scheduling: SchedulingPorts, context: ToolContext) -> Call | None:
    is_call = not is_id(context.call_id, "chat")
    return scheduling.calls.book.get(context.call_id) if is_call else None
