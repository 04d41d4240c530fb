"""Bookings and reminders as items, and back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.repository.campaign_codec import instant_of, text_of
from chalicelib.scheduling.adapters.tables import BookingItem, BookingPlaceItem, ReminderItem
from chalicelib.scheduling.domain.bookings import Booking, BookingState, PlannedReminder, ReminderState, Step
from chalicelib.scheduling.domain.calendars import Channel

if TYPE_CHECKING:
    from typing import Any

REMINDER_SHARDS = 4


def reminder_list(shard: int) -> str:
    """Name one part of the list of reminders that wait."""
    return f"REMINDERS#{shard}"


def booking_key(booking_id: str) -> tuple[str, str]:
    """Give the key of a booking."""
    return f"BOOKING#{booking_id}", "BOOKING"


def reminder_key(booking_id: str, number: int) -> tuple[str, str]:
    """Give the key of a reminder."""
    return f"BOOKING#{booking_id}", f"REMINDER#{number}"


def booking_item(booking: Booking) -> BookingItem:
    """Give the row of a booking."""
    return BookingItem(
        *booking_key(booking.id),
        calendar_id=booking.calendar_id,
        contact_id=booking.contact_id,
        number=booking.number,
        name=booking.name,
        start=iso(booking.start),
        end=iso(booking.end),
        zone=booking.zone,
        state=booking.state.value,
        reason=booking.reason or None,
        note=booking.note or None,
        call_id=booking.call_id,
        confirmed_at=text_of(booking.confirmed_at),
        sequence=booking.sequence,
        reminder_count=booking.reminder_count,
        history=[_step_json(each) for each in booking.history],
        created_at=iso(booking.created_at),
        created_by=booking.created_by,
        updated_at=text_of(booking.updated_at),
        version=booking.version,
    )


def booking_of(item: BookingItem) -> Booking:
    """Give the booking of a row."""
    return Booking(
        id=item.pk.removeprefix("BOOKING#"),
        calendar_id=item.calendar_id,
        contact_id=item.contact_id,
        number=E164(item.number) if item.number else None,
        name=item.name,
        start=from_iso(item.start),
        end=from_iso(item.end),
        zone=item.zone,
        state=BookingState(item.state),
        reason=item.reason or "",
        note=item.note or "",
        call_id=item.call_id,
        confirmed_at=instant_of(item.confirmed_at),
        sequence=int(item.sequence),
        reminder_count=int(item.reminder_count),
        history=tuple(_step_of(each) for each in item.history),
        created_at=from_iso(item.created_at),
        created_by=item.created_by,
        updated_at=instant_of(item.updated_at),
        version=int(item.version),
    )


def place_item(booking: Booking) -> BookingPlaceItem:
    """Give the row of a booking in the list of its contact."""
    return BookingPlaceItem(
        f"CONTACT#{booking.contact_id}", f"BOOKING#{booking.id}", start=iso(booking.start)
    )


def reminder_item(reminder: PlannedReminder) -> ReminderItem:
    """Give the row of a reminder; one that does not wait any more is in no list."""
    waits = reminder.state is ReminderState.WAITING
    return ReminderItem(
        *reminder_key(reminder.booking_id, reminder.number),
        due_list=reminder_list(_shard(reminder.booking_id)) if waits else None,
        due_at=iso(reminder.due_at) if waits else None,
        planned_at=iso(reminder.due_at),
        channel=reminder.channel.value,
        template_id=reminder.template_id,
        sequence=reminder.sequence,
        state=reminder.state.value,
        settled_at=text_of(reminder.settled_at),
        reason=reminder.reason or None,
    )


def reminder_of(item: ReminderItem) -> PlannedReminder:
    """Give the reminder of a row."""
    return PlannedReminder(
        booking_id=item.pk.removeprefix("BOOKING#"),
        number=int(item.sk.removeprefix("REMINDER#")),
        due_at=from_iso(item.planned_at),
        channel=Channel(item.channel),
        template_id=item.template_id,
        sequence=int(item.sequence),
        state=ReminderState(item.state),
        settled_at=instant_of(item.settled_at),
        reason=item.reason or "",
    )


def _shard(booking_id: str) -> int:
    return hashlib.sha256(booking_id.encode()).digest()[0] % REMINDER_SHARDS


def _step_json(step: Step) -> dict[str, str]:
    moved_from = {"moved_from": iso(step.moved_from)} if step.moved_from else {}
    return {
        "at": iso(step.at),
        "act": step.act,
        "by": step.by,
        "start": iso(step.start),
        "reason": step.reason,
        **moved_from,
    }


def _step_of(kept: dict[str, Any]) -> Step:
    named = {"at", "start", "moved_from"} & kept.keys()
    times: dict[str, Any] = {name: from_iso(kept[name]) for name in named}
    return Step(**kept | times)
