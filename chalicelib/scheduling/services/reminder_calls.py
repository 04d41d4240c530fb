"""Calls that remind: which is whose, and ending those that wait when there is nothing to remind of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.withdrawing import call_off
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.bookings import PlannedReminder
from chalicelib.scheduling.domain.calendars import MAX_REMINDERS, Channel
from chalicelib.scheduling.services.ahead import REQUESTED

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

CHANGED = "appointment_changed"
# Each move looks for the calls of the times before it: so many, should a message about one be lost.
_FORMER = 3


def seed_of(reminder: PlannedReminder) -> str:
    """Say what is the same whenever this reminder is sent; after a move there is another one."""
    return f"{REQUESTED}{reminder.booking_id}#{reminder.number}#{reminder.sequence}"


def call_id_of(reminder: PlannedReminder) -> str:
    """Give the id of the call by which this reminder is given, if it is by call."""
    return derived_id("call", seed_of(reminder))


def message_id_of(reminder: PlannedReminder) -> str:
    """Give the id of the text by which this reminder is given, if it is by text."""
    return derived_id("message", seed_of(reminder))


def end_former_calls(scheduling: SchedulingPorts, booking: Booking) -> None:
    """End the calls that remind of what a booking was before it was moved or cancelled, where they wait."""
    sequences = range(max(0, booking.sequence - _FORMER), booking.sequence)
    if not sequences:
        return
    former = PlannedReminder(booking.id, 0, booking.start, Channel.CALL, None, 0)
    ids = [
        call_id_of(replace(former, number=number, sequence=sequence))
        for sequence in sequences
        for number in range(MAX_REMINDERS)
    ]
    for call in scheduling.calls.book.many(ids):
        end_call(scheduling, call)


def end_call(scheduling: SchedulingPorts, call: Call) -> None:
    """End a call that nobody has asked the carrier for; any other goes on."""
    if call.state is not CallState.QUEUED:
        return
    newest = call_off(scheduling.calls, call.id, CHANGED)
    log("reminder.call_ended", call_id=call.id, state=newest.state)
