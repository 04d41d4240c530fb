"""Writes calendar files (RFC 5545): one booking as an invitation (RFC 5546), or a whole calendar."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from icalendar import Calendar as File
from icalendar import Event, vCalAddress, vText

from chalicelib.kernel.ids import derived_id
from chalicelib.scheduling.domain.bookings import BookingState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.domain.calendars import Calendar

_PRODUCT = "-//ai-call-system//appointments//EN"
_REFRESH = timedelta(minutes=15)
_LONGEST_TEXT = 500


def invitation(booking: Booking, calendar: Calendar, now: datetime) -> bytes:
    """Write the file of one booking, written at `now`.

    Its UID is the booking's id and stays; SEQUENCE grows when it moves or is cancelled, so that a program
    which knows it changes what it has. A cancelled one has the method CANCEL, any other REQUEST.
    """
    is_over = booking.state is BookingState.CANCELLED
    event = _event(booking, calendar, now, _line(calendar.name))
    event.add("organizer", _person(calendar.id, calendar.name))
    attendee = _person(booking.contact_id, booking.name)
    attendee.params["PARTSTAT"] = vText("DECLINED" if is_over else "ACCEPTED")
    event.add("attendee", attendee)
    return _written(_file("CANCEL" if is_over else "REQUEST"), [event])


def feed(calendar: Calendar, bookings: Iterable[Booking], now: datetime) -> bytes:
    """Write the bookings of a calendar that take a place, as a file that programs fetch again and again."""
    file = _file("PUBLISH")
    file.add("name", _line(calendar.name))
    file.add("x-wr-calname", _line(calendar.name))
    file.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", "PT15M")
    taking = (booking for booking in bookings if booking.takes_place)
    return _written(file, [_event(each, calendar, now, _summary(each)) for each in taking])


def _file(method: str) -> File:
    file = File()
    file.add("prodid", _PRODUCT)
    file.add("version", "2.0")
    file.add("method", method)
    return file


def _event(booking: Booking, calendar: Calendar, now: datetime, summary: str) -> Event:
    event = Event()
    event.add("uid", booking.id)
    event.add("sequence", booking.sequence)
    event.add("dtstamp", _utc(now))
    event.add("created", _utc(booking.created_at))
    event.add("last-modified", _utc(booking.updated_at or booking.created_at))
    event.add("dtstart", _utc(booking.start))
    event.add("dtend", _utc(booking.end))
    event.add("summary", summary)
    event.add("status", "CANCELLED" if booking.state is BookingState.CANCELLED else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if calendar.location:
        event.add("location", _line(calendar.location))
    if calendar.video_url:
        event.add("url", _line(calendar.video_url))
    return event


def _summary(booking: Booking) -> str:
    """Give what staff read of a booking: who comes, and what is known about whether they will."""
    name = _line(booking.name) or "Appointment"
    return name if booking.state is BookingState.BOOKED else f"{name} ({booking.state.replace('_', ' ')})"


def _person(id_: str, name: str) -> vCalAddress:
    """Name somebody without an address that could be written to, and without telling their id."""
    person = vCalAddress(f"urn:uuid:{UUID(derived_id('person', id_).partition('_')[2])}")
    if line := _line(name):
        person.params["CN"] = vText(line)
    return person


def _written(file: File, events: list[Event]) -> bytes:
    for event in events:
        file.add_component(event)
    return bytes(file.to_ical())


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(microsecond=0)


def _line(text: str) -> str:
    """Give a text as one line without control characters: none can begin a line of the file."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:_LONGEST_TEXT]
