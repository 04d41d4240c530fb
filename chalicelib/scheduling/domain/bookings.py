"""Bookings: who comes when, and the one table of what becomes of them; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict
from chalicelib.scheduling.domain.calendars import MAX_REMINDERS, Channel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.slots import Slot

MAX_HISTORY = 50
# The number of the text that tells at once what was booked, moved or cancelled; reminders have lower ones.
NEWS = MAX_REMINDERS


class BookingState(StrEnum):
    """Where a booking stands."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"  # the contact said that it will come
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class BookingAct(StrEnum):
    """What can be done to a booking."""

    CONFIRM = "confirm"
    MOVE = "move"
    CANCEL = "cancel"
    ATTEND = "attend"
    MISS = "miss"


_S = BookingState
# What an act makes of a state; a pair that is missing is refused. Who moved a booking is asked again whether
# it will come, and attendance that was noted wrongly can be noted again.
TABLE: Mapping[BookingAct, Mapping[BookingState, BookingState]] = {
    BookingAct.CONFIRM: dict.fromkeys((_S.BOOKED, _S.CONFIRMED), _S.CONFIRMED),
    BookingAct.MOVE: dict.fromkeys((_S.BOOKED, _S.CONFIRMED), _S.BOOKED),
    BookingAct.CANCEL: dict.fromkeys((_S.BOOKED, _S.CONFIRMED, _S.CANCELLED), _S.CANCELLED),
    BookingAct.ATTEND: dict.fromkeys((_S.BOOKED, _S.CONFIRMED, _S.ATTENDED, _S.NO_SHOW), _S.ATTENDED),
    BookingAct.MISS: dict.fromkeys((_S.BOOKED, _S.CONFIRMED, _S.ATTENDED, _S.NO_SHOW), _S.NO_SHOW),
}
# In these it takes a place on its day; one that is over keeps it.
TAKES_PLACE = frozenset(_S) - {_S.CANCELLED}
# In these it is still to come.
STANDS = frozenset({_S.BOOKED, _S.CONFIRMED})


@dataclass(frozen=True)
class Step:
    """What was done to a booking, by whom; `start` is when it was to begin after that.

    `moved_from` is when it was to begin before, where it was moved.
    """

    at: datetime
    act: str
    by: str
    start: datetime
    reason: str = ""
    moved_from: datetime | None = None


@dataclass(frozen=True)
class Booking:
    """A place in a calendar's slot for one contact, from `start` until `end` (UTC).

    `zone` is the contact's own time zone, in which it is told the time. `sequence` counts what an iCalendar
    file must tell anew (RFC 5545, 3.8.7.4): moves and the cancellation. `reminder_count` is how many reminder
    rows it may have. `call_id` is the call in which it was made, None for any other way.
    """

    id: str
    calendar_id: str
    contact_id: str
    number: E164 | None
    name: str
    start: datetime
    end: datetime
    zone: str
    created_at: datetime
    created_by: str
    state: BookingState = BookingState.BOOKED
    reason: str = ""
    note: str = ""
    call_id: str | None = None
    confirmed_at: datetime | None = None
    updated_at: datetime | None = None
    sequence: int = 0
    reminder_count: int = 0
    history: tuple[Step, ...] = ()
    version: int = 1

    @property
    def takes_place(self) -> bool:
        """Tell whether its slot has one place less because of it."""
        return self.state in TAKES_PLACE


class ReminderState(StrEnum):
    """What became of a reminder."""

    WAITING = "waiting"
    SENT = "sent"
    SKIPPED = "skipped"  # was not to be sent after all; `reason` says why


@dataclass(frozen=True)
class PlannedReminder:
    """One reminder of one booking, due at an instant; the number `NEWS` is the text that tells of a change.

    `sequence` is the booking's when it was planned: one that was sent before a move does not count after it.
    """

    booking_id: str
    number: int
    due_at: datetime
    channel: Channel
    template_id: str | None
    sequence: int
    state: ReminderState = ReminderState.WAITING
    settled_at: datetime | None = None
    reason: str = ""


def acted(booking: Booking, act: BookingAct, now: datetime, by: str, reason: str = "") -> Booking:
    """Give the booking after an act other than a move; the same one when nothing changes by it.

    Raises `Conflict`: `booking_state` when it cannot be done in its state, `booking_not_begun` for
    attendance before the start.
    """
    to = state_after(booking, act)
    if act in {BookingAct.ATTEND, BookingAct.MISS} and now < booking.start:
        raise Conflict("The appointment has not begun yet.", code="booking_not_begun")
    if to is booking.state:
        return booking
    changed = replace(booking, state=to, reason=reason)
    if act is BookingAct.CONFIRM:
        changed = replace(changed, confirmed_at=now)
    if act is BookingAct.CANCEL:
        changed = replace(changed, sequence=booking.sequence + 1)
    return _next(changed, act, now, by)


def moved(booking: Booking, slot: Slot, now: datetime, by: str, reason: str = "") -> Booking:
    """Give the booking at another time; the same one when it is there already.

    Raises `Conflict`, code `booking_state`, when it is over.
    """
    to = state_after(booking, BookingAct.MOVE)
    if slot.start == booking.start and slot.end == booking.end:
        return booking
    changed = replace(
        booking,
        start=slot.start,
        end=slot.end,
        state=to,
        reason=reason,
        confirmed_at=None,
        sequence=booking.sequence + 1,
    )
    return _next(changed, BookingAct.MOVE, now, by, booking.start)


def check_notice(booking: Booking, calendar: Calendar, now: datetime) -> None:
    """Refuse what the contact may not do any more so shortly before; `Conflict`, code `notice_too_short`."""
    if now + timedelta(minutes=calendar.cancel_notice_min) > booking.start:
        raise Conflict(
            "It is too late to change this appointment; only the business itself can.",
            code="notice_too_short",
        )


def planned_reminders(booking: Booking, calendar: Calendar, now: datetime) -> tuple[PlannedReminder, ...]:
    """Give the reminders of a booking that are still to come, none unless it stands; and the text due now."""
    news = _news(booking, calendar, now)
    if booking.state not in STANDS:
        return news
    planned = (
        PlannedReminder(
            booking.id,
            number,
            booking.start - timedelta(minutes=reminder.before_min),
            reminder.channel,
            reminder.template_id,
            booking.sequence,
        )
        for number, reminder in enumerate(calendar.reminders)
    )
    return (*(each for each in planned if each.due_at > now), *news)


def reminder_rows(calendar: Calendar) -> int:
    """Give how many reminder rows a booking of this calendar may have: their numbers are below it."""
    return NEWS + 1 if calendar.confirm_by_sms else len(calendar.reminders)


def _news(booking: Booking, calendar: Calendar, now: datetime) -> tuple[PlannedReminder, ...]:
    """Give the text that tells what was booked, moved or cancelled; none for what has begun."""
    if not calendar.confirm_by_sms or booking.start <= now:
        return ()
    stands = booking.state in STANDS
    template_id = calendar.confirmation_template_id if stands else calendar.cancellation_template_id
    return (PlannedReminder(booking.id, NEWS, now, Channel.SMS, template_id, booking.sequence),)


def state_after(booking: Booking, act: BookingAct) -> BookingState:
    """Give what an act makes of its state; `Conflict`, code `booking_state`, when it cannot be done."""
    to = TABLE[act].get(booking.state)
    if to is None:
        raise Conflict(
            f"An appointment that is {booking.state.replace('_', ' ')} cannot be changed so.",
            code="booking_state",
        )
    return to


def _next(
    booking: Booking, act: BookingAct, now: datetime, by: str, moved_from: datetime | None = None
) -> Booking:
    step = Step(now, act.value, by, booking.start, booking.reason, moved_from)
    history = (*booking.history, step)[-MAX_HISTORY:]
    return replace(booking, history=history, updated_at=now, version=booking.version + 1)
