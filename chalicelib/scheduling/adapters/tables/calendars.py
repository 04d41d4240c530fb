"""Items of calendars, their days, bookings and reminders."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.scheduling.adapters.tables.base import SchedulingTable


class CalendarItem(SchedulingTable, discriminator="calendar"):
    """A calendar: `CALENDARS` / `CALENDAR#<id>`; `rules` are its hours, lengths and limits."""

    name = UnicodeAttribute()
    zone = UnicodeAttribute()
    rules = JSONAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class SheetItem(SchedulingTable, discriminator="sheet"):
    """What is taken on a day: `CALENDAR#<id>` / `DAY#<yyyy-mm-dd>`; expires a year after the day."""

    entries = JSONAttribute()
    expires_at = NumberAttribute()
    version = NumberAttribute()


class BookingItem(SchedulingTable, discriminator="booking"):
    """A booking: `BOOKING#<id>` / `BOOKING`."""

    calendar_id = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    number = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute()
    zone = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    call_id = UnicodeAttribute(null=True)
    confirmed_at = UnicodeAttribute(null=True)
    sequence = NumberAttribute()
    reminder_count = NumberAttribute()
    history = JSONAttribute()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute(null=True)
    version = NumberAttribute()


class BookingPlaceItem(SchedulingTable, discriminator="booking_place"):
    """A booking in the list of its contact: `CONTACT#<contact id>` / `BOOKING#<id>`."""

    start = UnicodeAttribute()


class ReminderItem(SchedulingTable, discriminator="reminder"):
    """A reminder: `BOOKING#<id>` / `REMINDER#<n>`; in `by_due` as long as it waits."""

    due_list = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    planned_at = UnicodeAttribute()
    channel = UnicodeAttribute()
    template_id = UnicodeAttribute(null=True)
    sequence = NumberAttribute()
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
