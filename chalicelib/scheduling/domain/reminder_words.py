"""What texts about appointments say where the business has no words of its own; pure.

Days and times are written in full, so that they are true whenever the text is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.ai.domain.sentences import primary
from chalicelib.scheduling.domain.bookings import NEWS, STANDS, BookingAct, BookingState
from chalicelib.scheduling.domain.time_words import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.scheduling.domain.bookings import Booking, PlannedReminder
    from chalicelib.scheduling.domain.calendars import Calendar


class About(StrEnum):
    """What a text tells."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    ASK = "ask"  # the sentence that asks for a confirmation
    FILE = "file"  # the one with the link
    THANKS = "thanks"  # the answer to a confirmation by text
    HOW_TO_MOVE = "how_to_move"  # the answer to a "2", which calls know as the wish to move it


_EN = {
    About.BOOKED: "{who}: your appointment is booked for {when}.",
    About.MOVED: "{who}: your appointment has moved to {when}.",
    About.CANCELLED: "{who}: your appointment on {when} is cancelled.",
    About.REMINDER: "{who}: a reminder of your appointment on {when}.",
    About.ASK: "Reply 1 to confirm.",
    About.FILE: "For your calendar: {link}",
    About.THANKS: "{who}: thank you, you have confirmed your appointment on {when}.",
    About.HOW_TO_MOVE: "{who}: to move or cancel your appointment on {when}, please call this number.",
}
_ES = {
    About.BOOKED: "{who}: su cita está reservada para el {when}.",
    About.MOVED: "{who}: su cita se ha cambiado al {when}.",
    About.CANCELLED: "{who}: su cita del {when} está cancelada.",
    About.REMINDER: "{who}: le recordamos su cita del {when}.",
    About.ASK: "Responda 1 para confirmar.",
    About.FILE: "Para su calendario: {link}",
    About.THANKS: "{who}: gracias, ha confirmado su cita del {when}.",
    About.HOW_TO_MOVE: "{who}: para cambiar o cancelar su cita del {when}, llame a este número.",
}
_DE = {
    About.BOOKED: "{who}: Ihr Termin ist gebucht: {when}.",
    About.MOVED: "{who}: Ihr Termin ist verlegt auf {when}.",
    About.CANCELLED: "{who}: Ihr Termin am {when} ist abgesagt.",
    About.REMINDER: "{who}: Wir erinnern an Ihren Termin am {when}.",
    About.ASK: "Antworten Sie 1 zum Bestätigen.",
    About.FILE: "Für Ihren Kalender: {link}",
    About.THANKS: "{who}: Danke, Sie haben Ihren Termin am {when} bestätigt.",
    About.HOW_TO_MOVE: "{who}: Zum Verlegen oder Absagen Ihres Termins am {when} bitte diese Nummer anrufen.",
}
_FR = {
    About.BOOKED: "{who} : votre rendez-vous est réservé pour le {when}.",
    About.MOVED: "{who} : votre rendez-vous est déplacé au {when}.",
    About.CANCELLED: "{who} : votre rendez-vous du {when} est annulé.",
    About.REMINDER: "{who} : nous vous rappelons votre rendez-vous du {when}.",
    About.ASK: "Répondez 1 pour confirmer.",
    About.FILE: "Pour votre agenda : {link}",
    About.THANKS: "{who} : merci, vous avez confirmé votre rendez-vous du {when}.",
    About.HOW_TO_MOVE: "{who} : pour déplacer ou annuler votre rendez-vous du {when}, appelez ce numéro.",
}
_WORDS: Mapping[str, Mapping[About, str]] = {"en": _EN, "es": _ES, "de": _DE, "fr": _FR}
_WITH_PLACE = frozenset({About.BOOKED, About.MOVED, About.REMINDER})
_WHEN = {
    "en": "{weekday}, {month} {day}, at {time}",
    "es": "{weekday} {day} de {month} a las {time}",
    "de": "{weekday}, {day}. {month}, {time} Uhr",
    "fr": "{weekday} {day} {month} à {time}",
}


@dataclass(frozen=True)
class Facts:
    """What a text tells of: the booking, its calendar, and the link to its file; empty: none."""

    booking: Booking
    calendar: Calendar
    link: str = ""


def about(booking: Booking, reminder: PlannedReminder) -> About:
    """Say what the text tells."""
    if reminder.number != NEWS:
        return About.REMINDER
    if booking.state not in STANDS:
        return About.CANCELLED
    is_moved = any(step.act == BookingAct.MOVE for step in booking.history)
    return About.MOVED if is_moved else About.BOOKED


def text_of(facts: Facts, kind: About, language: str) -> str:
    """Write a text in the language of a tag; English where we have none."""
    words, values = _words(language), values_of(facts, language)
    said = [words[kind], *_place(facts, kind)]
    if kind in _WITH_PLACE and facts.booking.state is BookingState.BOOKED:
        said.append(words[About.ASK])
    if facts.link and kind in {About.BOOKED, About.MOVED, About.CANCELLED}:
        said.append(words[About.FILE])
    return " ".join(said).format(**values)


def values_of(facts: Facts, language: str) -> dict[str, str]:
    """Give what the business's own texts may name: who, when, place, link."""
    return {
        "who": facts.calendar.name,
        "when": when_in_full(facts.booking.start, facts.booking.zone, language),
        "place": facts.calendar.location or facts.calendar.video_url,
        "link": facts.link,
    }


def when_in_full(start: datetime, zone: str, language: str) -> str:
    """Write a time with its date, on the clock of a time zone: "Thursday, March 5, at 2:30 PM"."""
    known, local = _language(language), start.astimezone(ZoneInfo(zone))
    words = words_of(known)
    return _WHEN[known].format(
        weekday=words.weekdays[local.weekday()],
        day=local.day,
        month=words.months[local.month - 1],
        time=_twelve_hours(local) if known == "en" else f"{local:%H:%M}",
    )


def _twelve_hours(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"  # noqa: PLR2004


def _place(facts: Facts, kind: About) -> list[str]:
    place = facts.calendar.location or facts.calendar.video_url
    if not place or kind not in _WITH_PLACE:
        return []
    return ["{place}" if place.endswith(".") else "{place}."]


def _words(language: str) -> Mapping[About, str]:
    return _WORDS[_language(language)]


def _language(language: str) -> str:
    return primary(language) if primary(language) in _WORDS else "en"
