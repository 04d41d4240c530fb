"""What happened with a contact, in the order of time: notes, consents, calls, messages and bookings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.crm.domain.consents import Consent
    from chalicelib.crm.domain.notes import Note


class EntryKind(StrEnum):
    """What an entry of the timeline is about."""

    NOTE = "note"
    CONSENT = "consent"
    CALL = "call"
    MESSAGE = "message"
    BOOKING = "booking"


@dataclass(frozen=True)
class CallEntry:
    """What the timeline shows of a finished call; `at` is when it began, `number` is masked.

    `duration_s` is in seconds, None for a call that nobody answered.
    """

    id: str
    contact_id: str
    at: datetime
    direction: str
    number: str
    outcome: str | None = None
    reason: str | None = None
    duration_s: int | None = None


@dataclass(frozen=True)
class MessageEntry:
    """What the timeline shows of a text message, never what was written; `number` is masked."""

    id: str
    contact_id: str
    at: datetime
    direction: str
    number: str
    state: str
    reason: str | None = None
    call_id: str | None = None


@dataclass(frozen=True)
class BookingEntry:
    """What the timeline shows of an appointment as it stands; `at` is when it was booked."""

    id: str
    contact_id: str
    at: datetime
    calendar_id: str
    start: datetime
    end: datetime
    state: str
    call_id: str | None = None


ToldEntry = CallEntry | MessageEntry | BookingEntry


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened: when, and the one object of its kind."""

    id: str
    kind: EntryKind
    at: datetime
    note: Note | None = None
    consent: Consent | None = None
    call: CallEntry | None = None
    message: MessageEntry | None = None
    booking: BookingEntry | None = None
