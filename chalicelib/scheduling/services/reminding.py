"""Texts and calls about appointments: each is sent once, whoever asks, however often, and none is lost.

What is sent has an id that follows from the reminder, so that whoever died after sending it sends nothing
more; and a reminder waits in the list of those that are due until it is settled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import may_be_somebody_else
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import AppError, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.bookings import NEWS, STANDS, PlannedReminder, ReminderState
from chalicelib.scheduling.domain.calendars import MAX_REMINDERS, Channel
from chalicelib.scheduling.domain.reminder_words import Facts, about, text_of, values_of
from chalicelib.scheduling.services.ahead import REQUESTED
from chalicelib.scheduling.services.ics import invitation_signature
from chalicelib.scheduling.services.reminder_calls import (
    call_id_of,
    end_call,
    end_former_calls,
    message_id_of,
)
from chalicelib.system.services.settings import dialing_stop

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

# The queue itself delays a message so long; for what is later there is a schedule.
_BY_QUEUE = timedelta(minutes=15)


def arrange(scheduling: SchedulingPorts, booking_id: str) -> None:
    """Make the schedules of a booking's reminders as they are planned now, and send what is due.

    Schedules of reminders that are no more are deleted, and calls that wait to be dialed because of a former
    time are ended. Harmless when repeated, late or in vain.
    """
    booking, now = scheduling.bookings.get(booking_id), scheduling.clock.now()
    planned = scheduling.reminders.of_booking(booking_id)
    waiting = {each.number: each for each in planned if each.state is ReminderState.WAITING}
    later = {number for number, each in waiting.items() if each.due_at > now + _BY_QUEUE}
    for number in range(MAX_REMINDERS):
        if number in later:
            scheduling.alarms.put(waiting[number])
        elif booking is None or booking.version > 1:
            scheduling.alarms.remove(booking_id, number)
    if booking is not None:
        end_former_calls(scheduling, booking)
    for number in sorted(waiting.keys() - later):
        _soon(scheduling, waiting[number])


def remind(scheduling: SchedulingPorts, booking_id: str, number: int) -> None:
    """Send a reminder that waits and is due, and settle it; harmless when repeated, early or in vain.

    While the kill switch holds it goes on to wait, for the sweep: what is given to the queues of texts and
    calls would be kept there, and come when the appointment is over, or has moved.
    """
    reminder = scheduling.reminders.get(booking_id, number)
    if reminder is None or reminder.state is not ReminderState.WAITING:
        return
    if reminder.due_at > scheduling.clock.now() or dialing_stop(scheduling.calls.system):
        return
    reason = _send(scheduling, reminder)
    state = ReminderState.SKIPPED if reason else ReminderState.SENT
    settled = replace(reminder, state=state, reason=reason, settled_at=scheduling.clock.now())
    if scheduling.reminders.settle(settled):
        log("reminder.settled", booking_id=booking_id, number=number, state=state, reason=reason)


def _soon(scheduling: SchedulingPorts, reminder: PlannedReminder) -> None:
    """Send it now, or by a message that comes when it is due."""
    wait = (reminder.due_at - scheduling.clock.now()).total_seconds()
    if wait <= 0:
        remind(scheduling, reminder.booking_id, reminder.number)
    else:
        scheduling.ticks.remind(reminder.booking_id, reminder.number, int(wait) + 1)


def _send(scheduling: SchedulingPorts, reminder: PlannedReminder) -> str:
    """Send it; give why it is not sent, empty when it is. What may be better in a moment is raised."""
    booking = scheduling.bookings.get(reminder.booking_id)
    calendar = scheduling.calendars.get(booking.calendar_id) if booking else None
    if booking is None or calendar is None:
        return "booking_gone"
    if reason := _in_vain(booking, reminder, scheduling.clock.now()):
        return reason
    try:
        if reminder.channel is Channel.CALL:
            return _call(scheduling, booking, calendar, reminder)
        if _is_by_anybody(scheduling, booking):
            return "caller_not_verified"
        _text(scheduling, booking, calendar, reminder)
    except Unavailable:
        raise
    except AppError as error:
        return error.code
    return ""


def _in_vain(booking: Booking, reminder: PlannedReminder, now: datetime) -> str:
    """Say why there is nothing to tell any more; empty when there is."""
    if booking.sequence != reminder.sequence:  # moved or cancelled since: that has planned others
        return "booking_changed"
    if reminder.number != NEWS and booking.state not in STANDS:
        return "booking_over"
    return "too_late" if booking.start <= now else ""


def _is_by_anybody(scheduling: SchedulingPorts, booking: Booking) -> bool:
    """Tell whether who booked may have made the number up: nobody writes to it, as on the call itself."""
    call = scheduling.calls.book.get(booking.call_id) if booking.call_id else None
    return call is not None and may_be_somebody_else(call)


def _text(
    scheduling: SchedulingPorts, booking: Booking, calendar: Calendar, reminder: PlannedReminder
) -> None:
    contact = get_contact(scheduling.calls.crm, booking.contact_id)
    facts = Facts(booking, calendar, _link(scheduling, booking))
    usual = MessageWish(
        contact_id=contact.id,
        text=text_of(facts, about(booking, reminder), contact.language),
        requested_by=f"{REQUESTED}{booking.id}",
        message_id=message_id_of(reminder),
    )
    values = {"appointment": values_of(facts, contact.language)}
    own = replace(usual, text="", template_id=reminder.template_id or "", variables=values)
    try:
        request_message(scheduling.calls, own if reminder.template_id else usual)
    except (Invalid, NotFound) as error:
        if not reminder.template_id:
            raise
        # Better our words than none, where those of the business cannot be filled in any more.
        log("reminder.template_unusable", booking_id=booking.id, code=error.code)
        request_message(scheduling.calls, usual)


def _call(
    scheduling: SchedulingPorts, booking: Booking, calendar: Calendar, reminder: PlannedReminder
) -> str:
    """Ask for a call by the reminder's template: the gate of every dial decides when, and whether.

    None begins after the appointment does, however long it waits.
    """
    call = scheduling.calls.book.get(call_id_of(reminder))  # whoever asked for it may have died since
    if call is None and reminder.template_id is None:
        return "no_template"
    call = call or request_call(scheduling.calls, _call_wish(scheduling, booking, calendar, reminder))
    newest = scheduling.bookings.get(booking.id)
    if newest is None or newest.sequence != reminder.sequence:  # while it was asked for
        end_call(scheduling, call)
        return "booking_changed"
    return ""


def _call_wish(
    scheduling: SchedulingPorts, booking: Booking, calendar: Calendar, reminder: PlannedReminder
) -> CallWish:
    template = get_template(scheduling.calls, reminder.template_id or "")
    return CallWish(
        template.id,
        contact_id=booking.contact_id,
        requested_by=f"{REQUESTED}{booking.id}",
        call_id=call_id_of(reminder),
        not_after=booking.start,
        appointment=values_of(Facts(booking, calendar), template.language),
    )


def _link(scheduling: SchedulingPorts, booking: Booking) -> str:
    """Give the address of the booking's file, signed; empty when nobody knows where the API is reached."""
    if not scheduling.api_url:
        return ""
    signature = invitation_signature(scheduling, booking.id)
    return f"{scheduling.api_url}/v1/scheduling/bookings/{booking.id}/invitation?signature={signature}"
