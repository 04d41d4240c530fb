"""Bookings as the API shows them: where they stand, what was done to them, and their reminders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.schemas import Instant
from chalicelib.scheduling.domain.bookings import BookingState, ReminderState
from chalicelib.scheduling.domain.calendars import Channel
from chalicelib.scheduling.schemas.bookings import LocalTime
from chalicelib.scheduling.services.reminder_calls import call_id_of, message_id_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.scheduling.domain.bookings import Booking, PlannedReminder


class StepView(View):
    """What was done to a booking, and when it was to begin after that."""

    at: Instant
    act: Literal["confirm", "move", "cancel", "attend", "miss"]
    by: str
    start: Instant
    reason: str
    moved_from: Annotated[Instant | None, Field(description="When it was to begin before, if this moved it.")]


class BookingView(BaseModel):
    """A place in a calendar's slot for one contact; `sequence` counts moves and the cancellation."""

    id: str
    calendar_id: str
    contact_id: str
    number: str | None
    name: str
    start: Instant
    end: Instant
    time_zone: str
    local_start: Annotated[LocalTime, Field(description="By the contact's clock, `time_zone`.")]
    state: BookingState
    reason: str
    note: str
    call_id: Annotated[str | None, Field(description="The call in which it was made.")]
    confirmed_at: Instant | None
    created_at: Instant
    created_by: str
    updated_at: Instant | None
    sequence: int
    history: list[StepView]
    version: int


class BookingReminderView(View):
    """A reminder of the booking at its present time, or the text that told of its last change."""

    due_at: Instant
    channel: Literal["sms", "call"]
    template_id: str | None
    state: ReminderState
    reason: Annotated[str, Field(description="A code: why it was not to be sent.")]
    settled_at: Instant | None
    call_id: Annotated[str | None, Field(description="The call that was asked for; it tells how it went.")]
    message_id: Annotated[str | None, Field(description="The text that was asked for.")]


class WholeBookingView(BookingView):
    """A booking with its reminders, in order of their numbers in the calendar."""

    reminders: list[BookingReminderView]


class BookingList(BaseModel):
    """One page of bookings; the page token, if any, asks for the next."""

    items: list[BookingView]
    next_page_token: str | None


def booking_view(booking: Booking) -> BookingView:
    """Give a booking as the API shows it."""
    return BookingView(**_shown(booking))


def whole_booking_view(booking: Booking, reminders: Iterable[PlannedReminder]) -> WholeBookingView:
    """Give a booking with its reminders as the API shows it."""
    return WholeBookingView(**_shown(booking), reminders=[_reminder_view(each) for each in reminders])


def _shown(booking: Booking) -> dict[str, Any]:
    shown = vars(booking) | {
        "time_zone": booking.zone,
        "local_start": booking.start.astimezone(ZoneInfo(booking.zone)),
        "history": [StepView.model_validate(step) for step in booking.history],
    }
    return {name: shown[name] for name in BookingView.model_fields}


def _reminder_view(reminder: PlannedReminder) -> BookingReminderView:
    is_sent, is_call = reminder.state is ReminderState.SENT, reminder.channel is Channel.CALL
    kept = BookingReminderView.model_fields.keys() & vars(reminder).keys()
    return BookingReminderView(
        **{name: getattr(reminder, name) for name in kept},
        call_id=call_id_of(reminder) if is_sent and is_call else None,
        message_id=message_id_of(reminder) if is_sent and not is_call else None,
    )
