"""Booking: each place is taken once, and a booking and its place are written together or not at all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import cut_to_millis, iso
from chalicelib.kernel.errors import Conflict, NotFound, Unavailable, about_field
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.availability import slot_to_book
from chalicelib.scheduling.domain.bookings import (
    Booking,
    BookingAct,
    BookingState,
    acted,
    check_notice,
    moved,
    planned_reminders,
    reminder_rows,
    state_after,
)
from chalicelib.scheduling.domain.sheets import EntryKind, booked, bookings_on, with_booking, without
from chalicelib.scheduling.ports.calendars import BookingWrite
from chalicelib.scheduling.services.calendars import get_calendar
from chalicelib.scheduling.services.places import SlotTaken, check_open, moved_place, tries

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.scheduling.domain.calendars import Calendar
    from chalicelib.scheduling.domain.slots import Slot
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


@dataclass(frozen=True)
class BookingWish:
    """What somebody wants to book: a slot that begins at `start`, for a contact.

    `booking_id` is given by whoever may ask again for the same thing; without it, it follows from the call
    and the slot. `holder` is who may hold the slot already. `zone` is the contact's own by default.
    """

    calendar_id: str
    contact_id: str
    start: datetime
    booking_id: str = ""
    call_id: str | None = None
    holder: str = ""
    zone: str = ""
    note: str = ""


@dataclass(frozen=True)
class MoveWish:
    """Where a booking is to be moved, and who asks: `by_contact` binds it to the calendar's notice."""

    start: datetime
    holder: str = ""
    reason: str = ""
    by_contact: bool = False
    expected_version: int | None = None


def book(scheduling: SchedulingPorts, wish: BookingWish) -> Booking:
    """Book a slot: its place, the booking, and its reminders are written in one transaction.

    Asked again for the same (the same id, or the same call and slot) it gives the same booking. Raises
    `NotFound` for a missing calendar or contact; `Invalid` as `slot_to_book`; `Conflict`: `calendar_closed`
    when it takes no bookings, `slot_taken` (others are told by `naming_nearest`); and `Unavailable`, code
    `calendar_busy`, when too many others book the same day.
    """
    with about_field("/calendar_id"):
        calendar = get_calendar(scheduling, wish.calendar_id)
    start = cut_to_millis(wish.start)
    for _ in tries(scheduling, f"{wish.contact_id}{wish.call_id}"):
        booking_id, known = _booking_of(scheduling, wish, start)
        if known:
            return known
        write = _new_booking(scheduling, calendar, replace(wish, booking_id=booking_id, start=start))
        if write and scheduling.bookings.write(write):
            log("booking.made", booking_id=booking_id, calendar_id=calendar.id)
            _arrange(scheduling, write)
            return write.booking
    raise AssertionError("unreachable")


def get_booking(scheduling: SchedulingPorts, booking_id: str) -> Booking:
    """Give a booking; `NotFound`, code `booking_not_found`."""
    booking = scheduling.bookings.get(booking_id)
    if booking is None:
        raise NotFound("There is no such appointment.", code="booking_not_found")
    return booking


def bookings_between(
    scheduling: SchedulingPorts, calendar_id: str, first: date, last: date, limit: int | None = None
) -> list[Booking]:
    """Give the bookings that take a place of a calendar on these days (its own), in order of time.

    With a `limit` the earliest, so many at most; no others are read.
    """
    sheets = scheduling.sheets.between(calendar_id, first, last)
    ids = [booking_id for day in sorted(sheets) for booking_id in bookings_on(sheets[day])][:limit]
    return sorted(scheduling.bookings.many(ids), key=lambda booking: (booking.start, booking.id))


def move(scheduling: SchedulingPorts, booking_id: str, wish: MoveWish) -> Booking:
    """Move a booking within its calendar: the old place is freed and the new one taken, or neither.

    Its reminders move with it; where it is already, nothing changes. Errors as `book`, and `Conflict`:
    `booking_state`, `notice_too_short` for the contact itself, `version_changed`.
    """
    start = cut_to_millis(wish.start)

    def change(booking: Booking) -> BookingWrite | None:
        state_after(booking, BookingAct.MOVE)
        if booking.start == start:
            return None
        calendar, now = get_calendar(scheduling, booking.calendar_id), scheduling.clock.now()
        check_open(calendar)
        if wish.by_contact:
            check_notice(booking, calendar, now)
        slot = slot_to_book(calendar, start, now)
        later = moved(booking, slot, now, actor(), wish.reason)
        sheets = moved_place(scheduling, calendar, booking, slot, wish.holder)
        reminders = planned_reminders(later, calendar, now)
        later = replace(later, reminder_count=reminder_rows(calendar))
        return BookingWrite(later, sheets, reminders, booking.reminder_count)

    return _change(scheduling, booking_id, wish.expected_version, change)


def cancel(
    scheduling: SchedulingPorts,
    booking_id: str,
    reason: str = "",
    *,
    by_contact: bool = False,
    expected_version: int | None = None,
) -> Booking:
    """Cancel a booking, free its place and forget its reminders; again changes nothing.

    Raises `Conflict`: `booking_state`, `notice_too_short` for the contact itself, `version_changed`.
    """

    def change(booking: Booking) -> BookingWrite | None:
        if by_contact and booking.state is not BookingState.CANCELLED:
            check_contact_may_change(scheduling, booking)
        return _cancelled(scheduling, booking, reason)

    return _change(scheduling, booking_id, expected_version, change)


def withdraw(scheduling: SchedulingPorts, booking_id: str) -> Booking:
    """Cancel a booking as `cancel` does, but tell nobody."""
    return _change(scheduling, booking_id, None, lambda each: _cancelled(scheduling, each, tell=False))


def _cancelled(
    scheduling: SchedulingPorts, booking: Booking, reason: str = "", *, tell: bool = True
) -> BookingWrite | None:
    calendar, now = get_calendar(scheduling, booking.calendar_id), scheduling.clock.now()
    cancelled = acted(booking, BookingAct.CANCEL, now, actor(), reason)
    if cancelled is booking:
        return None
    sheet = scheduling.sheets.get(calendar.id, calendar.day_of(booking.start))
    left = without(sheet, EntryKind.BOOKED, booking.id)
    sheets = () if left == sheet else (left,)
    news = planned_reminders(cancelled, calendar, now) if tell else ()
    kept = replace(cancelled, reminder_count=reminder_rows(calendar) if news else 0)
    return BookingWrite(kept, sheets, news, booking.reminder_count)


def confirm(scheduling: SchedulingPorts, booking_id: str, expected_version: int | None = None) -> Booking:
    """Note that the contact will come; again changes nothing. `Conflict` with code `booking_state`."""
    return _act(scheduling, booking_id, BookingAct.CONFIRM, expected_version)


def note_attendance(
    scheduling: SchedulingPorts, booking_id: str, *, attended: bool, expected_version: int | None = None
) -> Booking:
    """Note whether somebody came; a wrong note can be put right.

    Raises `Conflict`: `booking_state` for a cancelled booking, `booking_not_begun` before its start.
    """
    act = BookingAct.ATTEND if attended else BookingAct.MISS
    return _act(scheduling, booking_id, act, expected_version)


def check_contact_may_change(scheduling: SchedulingPorts, booking: Booking) -> None:
    """Refuse what the contact itself may not do any more; `Conflict`, code `notice_too_short`."""
    check_notice(booking, get_calendar(scheduling, booking.calendar_id), scheduling.clock.now())


def _arrange(scheduling: SchedulingPorts, write: BookingWrite) -> None:
    if write.reminders or write.former_reminders:
        with suppress(Unavailable):  # a lost message costs a minute: the sweep finds what is due
            scheduling.ticks.arrange(write.booking.id)


def _act(scheduling: SchedulingPorts, booking_id: str, act: BookingAct, expected: int | None) -> Booking:
    def change(booking: Booking) -> BookingWrite | None:
        changed = acted(booking, act, scheduling.clock.now(), actor())
        return None if changed is booking else BookingWrite(changed)

    return _change(scheduling, booking_id, expected, change)


def _change(
    scheduling: SchedulingPorts,
    booking_id: str,
    expected: int | None,
    how: Callable[[Booking], BookingWrite | None],
) -> Booking:
    """Write what `how` makes of the newest booking, again as long as somebody else is faster."""
    for _ in tries(scheduling, booking_id):
        booking = get_booking(scheduling, booking_id)
        if expected is not None and booking.version != expected:
            raise Conflict(
                "Somebody else has changed the appointment; read it again.", code="version_changed"
            )
        write = how(booking)
        if write is None:
            return booking
        if scheduling.bookings.write(write):
            log("booking.changed", booking_id=booking_id, act=write.booking.history[-1].act)
            _arrange(scheduling, write)
            return write.booking
    raise AssertionError("unreachable")


def _booking_of(
    scheduling: SchedulingPorts, wish: BookingWish, start: datetime
) -> tuple[str, Booking | None]:
    """Give the id that this booking has or will have, and the booking when it is there.

    What was booked in a call and then cancelled, or moved away, does not stand in the way of booking again.
    """
    if wish.booking_id:
        return wish.booking_id, scheduling.bookings.get(wish.booking_id)
    seed = f"{wish.call_id or wish.contact_id}:{wish.calendar_id}:{iso(start)}"
    for place in count(1):
        booking_id = derived_id("booking", seed if place == 1 else f"{seed}#{place}")
        known = scheduling.bookings.get(booking_id)
        if known is None or (known.start == start and known.takes_place):
            return booking_id, known
    raise AssertionError("unreachable")


def _new_booking(scheduling: SchedulingPorts, calendar: Calendar, wish: BookingWish) -> BookingWrite | None:
    """Take a place and make the booking for it; None when it has a place since it was looked for."""
    check_open(calendar)
    now = scheduling.clock.now()
    slot = slot_to_book(calendar, wish.start, now)
    with about_field("/contact_id"):
        contact = get_contact(scheduling.calls.crm, wish.contact_id)
    sheet = scheduling.sheets.get(calendar.id, calendar.day_of(slot.start))
    if wish.booking_id in bookings_on(sheet):
        return None
    taken = with_booking(calendar, sheet, booked(slot, wish.booking_id), now, wish.holder)
    if taken is None:
        raise SlotTaken(calendar, slot.start)
    booking = _made(calendar, contact, wish, slot, now)
    reminders = planned_reminders(booking, calendar, now)
    return BookingWrite(replace(booking, reminder_count=reminder_rows(calendar)), (taken,), reminders)


def _made(calendar: Calendar, contact: Contact, wish: BookingWish, slot: Slot, now: datetime) -> Booking:
    return Booking(
        id=wish.booking_id,
        calendar_id=calendar.id,
        contact_id=contact.id,
        number=contact.phone,
        name=contact.name,
        start=slot.start,
        end=slot.end,
        zone=wish.zone or contact.time_zone or calendar.zone,
        created_at=now,
        created_by=actor(),
        note=wish.note,
        call_id=wish.call_id,
    )
