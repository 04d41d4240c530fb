"""Answers by text to reminders: "1", or a yes, confirms the appointment that was asked about."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.bookings import BookingState
from chalicelib.scheduling.domain.reminder_words import About, Facts, text_of
from chalicelib.scheduling.services.ahead import bookings_ahead, reminded_of
from chalicelib.scheduling.services.booking import confirm
from chalicelib.scheduling.services.calendars import get_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_YES = frozenset(
    {"1", "c", "y", "yes", "ok", "confirm", "confirmed", "si", "sí", "confirmo", "ja", "bestätigt", "oui"}
)
_NOT_A_LETTER = re.compile(r"[\W_]+")
_TEXTS = 50  # of a thread, among which the one that is answered is looked for


def confirms(text: str) -> bool:
    """Tell whether a text consists of a word that confirms, in English, Spanish, German or French."""
    return _NOT_A_LETTER.sub("", text).casefold() in _YES


def asks_to_move(text: str) -> bool:
    """Tell whether a text consists of the key with which calls move an appointment."""
    return _NOT_A_LETTER.sub("", text) == "2"


def confirm_by_text(scheduling: SchedulingPorts, number: E164, message_id: str) -> Booking | None:
    """Confirm the appointment that whoever has this number was asked about, and thank them; None: none ahead.

    It is the one of the newest text that is not answered yet; without any, the first that is not confirmed.
    The same message again confirms nothing else, and is answered once.
    """
    contact = find_contact(scheduling.calls.crm, number)
    ahead = bookings_ahead(scheduling, contact.id) if contact else []
    if contact is None or not ahead:
        return None
    by = f"sms:{message_id}"
    with acting_as(by):
        booking = confirm(scheduling, _meant(scheduling, contact, ahead, by).id)
        log("booking.confirmed_by_text", booking_id=booking.id, message_id=message_id)
        _write(scheduling, _answer(scheduling, contact, booking, About.THANKS, message_id))
    return booking


def _meant(scheduling: SchedulingPorts, contact: Contact, ahead: Sequence[Booking], by: str) -> Booking:
    """Give the appointment that an answer is about, whoever has begun to confirm it before."""
    done = (each for each in ahead if any(step.by == by for step in each.history))
    unconfirmed = (each for each in ahead if each.state is BookingState.BOOKED)
    return next(chain(done, _asked(scheduling, contact, ahead), unconfirmed, ahead))


def _asked(scheduling: SchedulingPorts, contact: Contact, ahead: Sequence[Booking]) -> Iterator[Booking]:
    """Give the appointments of the texts that no confirmation has followed, the newest text first."""
    by_id = {each.id: each for each in ahead}
    for text in scheduling.calls.messages.thread(contact.ids, _TEXTS, None).items:
        booking = by_id.get(reminded_of(text.requested_by))
        if booking is None or text.state is MessageState.FAILED:
            continue
        if booking.confirmed_at is None or booking.confirmed_at < text.created_at:
            yield booking


def tell_how_to_move(scheduling: SchedulingPorts, number: E164, line: E164, message_id: str) -> None:
    """Tell whoever has an appointment ahead to call `line`, to which they wrote; once for each message."""
    contact = find_contact(scheduling.calls.crm, number)
    ahead = bookings_ahead(scheduling, contact.id) if contact else []
    if contact is None or not ahead:
        return
    by = f"sms:{message_id}"
    with acting_as(by):
        booking = _meant(scheduling, contact, ahead, by)
        told = _answer(scheduling, contact, booking, About.HOW_TO_MOVE, message_id)
        _write(scheduling, replace(told, line=line))


def _answer(
    scheduling: SchedulingPorts, contact: Contact, booking: Booking, about: About, message_id: str
) -> MessageWish:
    facts = Facts(booking, get_calendar(scheduling, booking.calendar_id))
    return MessageWish(
        contact_id=contact.id,
        text=text_of(facts, about, contact.language),
        requested_by=f"sms:{message_id}",
        message_id=derived_id("message", f"{message_id}#answered"),
    )


def _write(scheduling: SchedulingPorts, wish: MessageWish) -> None:
    with suppress(AppError):  # who must not be written to has confirmed all the same
        request_message(scheduling.calls, wish)
