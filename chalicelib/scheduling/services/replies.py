"""Answers by text to reminders: "1", or a yes, confirms the next appointment."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.reminder_words import About, Facts, text_of
from chalicelib.scheduling.services.ahead import REQUESTED, confirm_next
from chalicelib.scheduling.services.calendars import get_calendar

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.bookings import Booking
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_YES = frozenset(
    {"1", "c", "y", "yes", "ok", "confirm", "confirmed", "si", "sí", "confirmo", "ja", "bestätigt", "oui"}
)
_NOT_A_LETTER = re.compile(r"[\W_]+")


def confirms(text: str) -> bool:
    """Tell whether a text consists of a word that confirms, in English, Spanish, German or French."""
    return _NOT_A_LETTER.sub("", text).casefold() in _YES


def confirm_by_text(scheduling: SchedulingPorts, number: E164, message_id: str) -> Booking | None:
    """Confirm the next appointment of whoever has this number, and thank them; None: they have none ahead.

    The same message again confirms nothing else, and is answered once.
    """
    contact = find_contact(scheduling.calls.crm, number)
    if contact is None:
        return None
    with acting_as(f"sms:{message_id}"):
        booking = confirm_next(scheduling, contact.id)
        if booking:
            log("booking.confirmed_by_text", booking_id=booking.id, message_id=message_id)
            _thank(scheduling, contact, booking, message_id)
    return booking


def _thank(scheduling: SchedulingPorts, contact: Contact, booking: Booking, message_id: str) -> None:
    facts = Facts(booking, get_calendar(scheduling, booking.calendar_id))
    wish = MessageWish(
        contact_id=contact.id,
        text=text_of(facts, About.THANKS, contact.language),
        requested_by=f"{REQUESTED}{booking.id}",
        message_id=derived_id("message", f"{message_id}#confirmed"),
    )
    with suppress(AppError):  # who must not be written to has confirmed all the same
        request_message(scheduling.calls, wish)
