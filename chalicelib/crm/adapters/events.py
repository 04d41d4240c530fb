"""What is told to other programs of the CRM; numbers yes, what people wrote in notes no."""

from __future__ import annotations

from typing import Any

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
    other_phones: tuple[str, ...] = ()
    address: dict[str, str | None] | None = None
    preferred_times: tuple[dict[str, Any], ...] = ()
    preferred_channel: str | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: dict[str, Any] | None = None
    merged_ids: tuple[str, ...] = ()
    created_at: Instant
    updated_at: Instant
    version: int


class ContactUpdatedEventData(ContactEventData):
    """A contact as it is after the event; `changed` names the fields that are different."""

    changed: list[str]


class ContactDeletedEventData(EventData):
    """A contact that is gone; `reason` is `deleted`, or `erased` when nothing of the person is kept."""

    contact_id: str
    reason: str
    gone_at: Instant


class ContactMergedEventData(EventData):
    """A contact that is part of another one now; its id leads there."""

    contact_id: str
    merged_into: str
    gone_at: Instant


class TagEventData(EventData):
    """A tag as it is after the event, or as it was last."""

    tag_id: str
    name: str
    colour: str
    description: str
    created_at: Instant
    updated_at: Instant
    version: int


class JobEventData(EventData):
    """A job that is over: `state` says how, the numbers how many objects it did what to."""

    job_id: str
    kind: str
    state: str
    total: int | None = None
    done: int
    succeeded: int
    unchanged: int
    failed: int
    error: str | None = None
    created_by: str
    created_at: Instant
    finished_at: Instant


class NoteEventData(EventData):
    """A note without its text, which is read through the API."""

    note_id: str
    contact_id: str
    kind: str
    author: str
    call_id: str | None = None
    due_at: Instant | None = None
    done_at: Instant | None = None
    pinned: bool = False
    created_at: Instant


class NoteUpdatedEventData(NoteEventData):
    """A note as it is after the event; `changed` names the fields that are different."""

    changed: list[str]


class ConsentEventData(EventData):
    """What somebody allowed or forbade, without its evidence, which is read through the API."""

    consent_id: str
    contact_id: str
    kind: str
    answer: str
    source: str
    number: str | None = None
    at: Instant
    recorded_at: Instant


CONTACT_CREATED = EventType("contact.created", "A contact was created.", ContactEventData)
CONTACT_UPDATED = EventType("contact.updated", "A contact's details changed.", ContactUpdatedEventData)
CONTACT_DELETED = EventType("contact.deleted", "A contact was deleted or erased.", ContactDeletedEventData)
CONTACT_MERGED = EventType("contact.merged", "A contact was merged into another.", ContactMergedEventData)
TAG_CREATED = EventType("tag.created", "A tag was created.", TagEventData)
TAG_UPDATED = EventType("tag.updated", "A tag changed.", TagEventData)
TAG_DELETED = EventType("tag.deleted", "A tag was deleted.", TagEventData)
JOB_FINISHED = EventType("job.finished", "Work on many contacts is over.", JobEventData)
NOTE_CREATED = EventType("note.created", "A note was added to a contact.", NoteEventData)
NOTE_DELETED = EventType("note.deleted", "A note was deleted, by itself or with its contact.", NoteEventData)
NOTE_UPDATED = EventType("note.updated", "A note changed, or a task was done.", NoteUpdatedEventData)
CONSENT_RECORDED = EventType(
    "consent.recorded", "It was recorded what somebody allowed or forbade.", ConsentEventData
)
EVENTS = (
    CONTACT_CREATED,
    CONTACT_UPDATED,
    CONTACT_DELETED,
    CONTACT_MERGED,
    NOTE_CREATED,
    NOTE_UPDATED,
    NOTE_DELETED,
    CONSENT_RECORDED,
    TAG_CREATED,
    TAG_UPDATED,
    TAG_DELETED,
    JOB_FINISHED,
)
