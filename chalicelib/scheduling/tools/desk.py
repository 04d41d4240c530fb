"""What actions on appointments do: for the person on the call, in words that can be spoken."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import AppError, Conflict, NotFound
from chalicelib.scheduling.domain.bookings import BookingAct, BookingState
from chalicelib.scheduling.domain.local_times import instant_of
from chalicelib.scheduling.services.ahead import cancelled_by
from chalicelib.scheduling.services.booking import (
    BookingWish,
    MoveWish,
    book,
    cancel,
    check_contact_may_change,
    confirm,
    move,
)
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.services.holding import hold
from chalicelib.scheduling.tools.finding import check_availability, near_choice
from chalicelib.scheduling.tools.naming import calendars_to_book, names_of, place
from chalicelib.scheduling.tools.times import choice, local_text, said, zone_of
from chalicelib.scheduling.tools.whose import (
    appointment_at,
    is_doubtful,
    known_ahead,
    reminded_booking,
    some_ahead,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.kernel.tools import ToolContext
    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.scheduling.tools.arguments import Booked, Cancelling, Moving, Nothing, Wanted

__all__ = [
    "ask_to_book",
    "ask_to_cancel",
    "ask_to_move",
    "book_appointment",
    "cancel_appointment",
    "check_availability",
    "confirm_appointment",
    "move_appointment",
    "my_appointments",
]
Done = TypeVar("Done")
# Refusals of one calendar that another may not have.
_ELSEWHERE = frozenset(
    {"slot_taken", "not_a_slot", "booking_too_soon", "booking_too_far", "calendar_closed", "calendar_busy"}
)


def ask_to_book(scheduling: SchedulingPorts, context: ToolContext, wanted: Wanted) -> str:
    """Hold the time for two minutes, and say what the person is asked."""
    calendars, start, zone = _wanted(scheduling, context, wanted)
    booked = _booked_then(scheduling, context, calendars, start)
    where = booked.calendar_id if booked else _held(scheduling, context, calendars, start)
    return f"Shall I book {said(context, start, zone)}{place(scheduling, where)} for you"


def book_appointment(scheduling: SchedulingPorts, context: ToolContext, wanted: Wanted) -> str:
    """Book the time; again it is the same appointment."""
    calendars, start, zone = _wanted(scheduling, context, wanted)
    booking = _booked_then(scheduling, context, calendars, start) or _at_any(
        scheduling,
        context,
        calendars,
        start,
        lambda each: book(
            scheduling,
            BookingWish(
                each.id,
                context.contact_id,
                start,
                call_id=context.call_id,
                holder=context.call_id,
                zone=zone,
            ),
        ),
    )
    return (
        f"Booked: {_told(scheduling, context, booking, zone)}.{_text_follows(scheduling, context, booking)}"
    )


def ask_to_move(scheduling: SchedulingPorts, context: ToolContext, wanted: Moving) -> str:
    """Hold the new time for two minutes, and say what the person is asked."""
    booking, start, zone = _to_move(scheduling, context, wanted)
    check_contact_may_change(scheduling, booking)
    if booking.start != start:
        _held(scheduling, context, [get_calendar(scheduling, booking.calendar_id)], start)
    old, new = said(context, booking.start, zone), said(context, start, zone)
    return f"Shall I move your appointment from {old} to {new}{place(scheduling, booking.calendar_id)}"


def move_appointment(scheduling: SchedulingPorts, context: ToolContext, wanted: Moving) -> str:
    """Move the appointment; again it is there already."""
    try:
        booking = _move(scheduling, context, wanted)
    except NotFound:
        if not (done := _moved_then(scheduling, context, wanted)):
            raise
        booking = done
    return f"Moved to {_told(scheduling, context, booking)}.{_text_follows(scheduling, context, booking)}"


def _moved_then(scheduling: SchedulingPorts, context: ToolContext, wanted: Moving) -> Booking | None:
    """Give the appointment that this call has moved to this time already."""
    for each in known_ahead(scheduling, context):
        last = each.history[-1] if each.history else None
        is_ours = last is not None and (last.act, last.by) == (BookingAct.MOVE, actor())
        if is_ours and each.start == instant_of(wanted.start, zone_of(context, each.zone)):
            return each
    return None


def _move(scheduling: SchedulingPorts, context: ToolContext, wanted: Moving) -> Booking:
    booking, start, _ = _to_move(scheduling, context, wanted)
    calendar = get_calendar(scheduling, booking.calendar_id)
    wish = MoveWish(start, holder=context.call_id, by_contact=True)
    return _at_any(scheduling, context, [calendar], start, lambda _one: move(scheduling, booking.id, wish))


def ask_to_cancel(scheduling: SchedulingPorts, context: ToolContext, wanted: Cancelling) -> str:
    """Say what the person is asked."""
    if wanted.which is None and _cancelled_reminded(scheduling, context):
        message = "That one is cancelled already; say by `which` that another is meant."
        raise Conflict(message, code="cancelled_already")
    booking = _meant(scheduling, context, wanted.which)
    check_contact_may_change(scheduling, booking)
    return f"Shall I cancel your appointment {_told(scheduling, context, booking)}"


def cancel_appointment(scheduling: SchedulingPorts, context: ToolContext, wanted: Cancelling) -> str:
    """Cancel the appointment; once it is cancelled in this call, it is so again, and no other is instead."""
    booking = cancel(scheduling, _to_cancel(scheduling, context, wanted).id, wanted.reason, by_contact=True)
    return f"Cancelled: the appointment {_told(scheduling, context, booking)}."


def _to_cancel(scheduling: SchedulingPorts, context: ToolContext, wanted: Cancelling) -> Booking:
    if wanted.which is None and (done := _cancelled_reminded(scheduling, context)):
        return done
    try:
        return _meant(scheduling, context, wanted.which)
    except NotFound:
        if done := cancelled_by(scheduling, context.contact_id, actor()):
            return done
        raise


def confirm_appointment(scheduling: SchedulingPorts, context: ToolContext, wanted: Booked) -> str:
    """Note that the person comes: to the appointment of the reminder, else to the next one."""
    booking = confirm(scheduling, _to_confirm(scheduling, context, wanted.which).id)
    return f"They come: {_told(scheduling, context, booking)}."


def _to_confirm(scheduling: SchedulingPorts, context: ToolContext, which: datetime | None) -> Booking:
    if which is not None:
        return _meant(scheduling, context, which)
    ahead = some_ahead(scheduling, context)
    reminded = reminded_booking(scheduling, context)
    if reminded is None:
        return ahead[0]
    if found := next((each for each in ahead if each.id == reminded.id), None):
        return found
    became = "cancelled" if reminded.state is BookingState.CANCELLED else "over"
    told = _they_have(context, ahead, names_of(scheduling))
    raise Conflict(f"The appointment of this reminder is {became}. {told}", code="reminder_gone")


def my_appointments(scheduling: SchedulingPorts, context: ToolContext, _arguments: Nothing) -> str:
    """Say which appointments the person has ahead; `NotFound` without any."""
    ahead, reminded = some_ahead(scheduling, context), reminded_booking(scheduling, context)
    return _they_have(context, ahead, names_of(scheduling), reminded)


def _they_have(
    context: ToolContext, ahead: list[Booking], names: dict[str, str], reminded: Booking | None = None
) -> str:
    told = (
        f"{said(context, each.start, zone)} (which: {local_text(each.start, zone)}"
        f"{f', {names[each.calendar_id]}' if each.calendar_id in names else ''}"
        f"{', confirmed' if each.state is BookingState.CONFIRMED else ''}"
        f"{', this call reminds of it' if reminded and each.id == reminded.id else ''})"
        for each in ahead
        for zone in [zone_of(context, each.zone)]
    )
    return f"They have: {'; '.join(told)}."


def _wanted(
    scheduling: SchedulingPorts, context: ToolContext, wanted: Wanted
) -> tuple[list[Calendar], datetime, str]:
    calendars = calendars_to_book(scheduling, wanted.service)
    zone = zone_of(context, calendars[0].zone)
    return calendars, instant_of(wanted.start, zone), zone


def _to_move(
    scheduling: SchedulingPorts, context: ToolContext, wanted: Moving
) -> tuple[Booking, datetime, str]:
    booking = _meant(scheduling, context, wanted.which)
    zone = zone_of(context, booking.zone)
    return booking, instant_of(wanted.start, zone), zone


def _told(scheduling: SchedulingPorts, context: ToolContext, booking: Booking, zone: str = "") -> str:
    """Say when an appointment is, and in which calendar where there are several."""
    when = said(context, booking.start, zone or zone_of(context, booking.zone))
    return f"{when}{place(scheduling, booking.calendar_id)}"


def _held(
    scheduling: SchedulingPorts, context: ToolContext, calendars: list[Calendar], start: datetime
) -> str:
    """Hold the time in the first calendar that has it; give the calendar's id."""

    def held(calendar: Calendar) -> str:
        hold(scheduling, calendar.id, start, context.call_id)
        return calendar.id

    return _at_any(scheduling, context, calendars, start, held)


def _at_any(
    scheduling: SchedulingPorts,
    context: ToolContext,
    calendars: list[Calendar],
    start: datetime,
    act: Callable[[Calendar], Done],
) -> Done:
    """Do it with the first calendar that can; when none can, say so and which times are free."""
    refusals: list[AppError] = []
    for calendar in calendars:
        try:
            return act(calendar)
        except AppError as error:
            if error.code not in _ELSEWHERE:
                raise
            refusals.append(error)
    refusal = next((each for each in refusals if each.code == "slot_taken"), refusals[0])
    zone = zone_of(context, calendars[0].zone)
    others = near_choice(scheduling, context, calendars, start, zone)
    raise Conflict(f"{refusal.message} {others}".strip(), code=refusal.code)


def _meant(scheduling: SchedulingPorts, context: ToolContext, which: datetime | None) -> Booking:
    """Give the appointment that is meant: the one at that time, the only one, or that of the reminder."""
    ahead = some_ahead(scheduling, context)
    if which is not None:
        return appointment_at(context, ahead, which)
    if len(ahead) == 1:
        return ahead[0]
    if booking := _of_reminder(scheduling, context, ahead):
        return booking
    zone = zone_of(context, ahead[0].zone)
    told = choice(context, [each.start for each in ahead], zone)
    raise Conflict(f"They have several, ask which one: {told}", code="several_appointments")


def _of_reminder(scheduling: SchedulingPorts, context: ToolContext, ahead: list[Booking]) -> Booking | None:
    """Give the appointment of which this call reminds, if it is among these."""
    booking = reminded_booking(scheduling, context)
    return next((each for each in ahead if booking and each.id == booking.id), None)


def _cancelled_reminded(scheduling: SchedulingPorts, context: ToolContext) -> Booking | None:
    """Give the appointment of which this call reminds, when this call has cancelled it."""
    booking = reminded_booking(scheduling, context)
    if booking is None or booking.state is not BookingState.CANCELLED:
        return None
    return booking if booking.history[-1].by == actor() else None


def _booked_then(
    scheduling: SchedulingPorts, context: ToolContext, calendars: list[Calendar], start: datetime
) -> Booking | None:
    """Give the appointment that they have at this time in one of these calendars."""
    ids = {each.id for each in calendars}
    ahead = known_ahead(scheduling, context)
    return next((each for each in ahead if each.start == start and each.calendar_id in ids), None)


def _text_follows(scheduling: SchedulingPorts, context: ToolContext, booking: Booking) -> str:
    """Tell that a text will be sent, where one is."""
    calendar = get_calendar(scheduling, booking.calendar_id)
    follows = calendar.confirm_by_sms and not is_doubtful(scheduling, context)
    return " A text message with the time will follow." if follows else ""
