"""What is told to other programs of contacts and notes; numbers yes, what notes say no."""

from __future__ import annotations

from chalicelib.kernel.catalogue import EventData, EventType
from chalicelib.kernel.schemas import Instant


class ContactEventData(EventData):
    """A contact as it is after the event."""

    contact_id: str
    name: str
    phone: str
    email: str | None = None
    company: str | None = None
    title: str | None = None
    time_zone: str | None = None
    language: str
    source: str
    status: str
    created_at: Instant
    updated_at: Instant
    version: int


class ContactUpdatedEventData(ContactEventData):
    """A contact as it is after the event; `changed` names the fields that are different."""

    changed: list[str]


class NoteEventData(EventData):
    """A note without its text, which is read through the API."""

    note_id: str
    contact_id: str
    kind: str
    author: str
    call_id: str | None = None
    created_at: Instant


CONTACT_CREATED = EventType("contact.created", "A contact was created.", ContactEventData)
CONTACT_UPDATED = EventType("contact.updated", "A contact's details changed.", ContactUpdatedEventData)
NOTE_CREATED = EventType("note.created", "A note was added to a contact.", NoteEventData)
EVENTS = (CONTACT_CREATED, CONTACT_UPDATED, NOTE_CREATED)
