"""A contact's timeline over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from chalicelib.crm.domain.timeline import EntryKind
from chalicelib.crm.schemas.consents import ConsentView
from chalicelib.crm.schemas.notes import NoteView
from chalicelib.kernel.schemas import Instant, PageQuery


class TimelineQuery(PageQuery):
    """Which entries: of one kind, or all."""

    kind: Annotated[EntryKind | None, Field(description="Only entries of this kind.")] = None


class CallEntryView(BaseModel):
    """A finished call in short; all of it is at `GET /v1/calls/{call_id}`. The number is masked."""

    id: str
    direction: str
    number: str
    outcome: str | None
    reason: str | None
    duration_s: int | None


class MessageEntryView(BaseModel):
    """A text message in short; all is at `GET /v1/calls/messages/{message_id}`. The number is masked."""

    id: str
    direction: str
    number: str
    state: str
    reason: str | None
    call_id: str | None


class BookingEntryView(BaseModel):
    """An appointment as it stands, in short."""

    id: str
    calendar_id: str
    start: Instant
    end: Instant
    state: str
    call_id: str | None


class TimelineEntryView(BaseModel):
    """One thing that happened: the field that `kind` names has it, the others are null."""

    id: str
    kind: EntryKind
    at: Instant
    note: NoteView | None
    consent: ConsentView | None
    call: CallEntryView | None
    message: MessageEntryView | None
    booking: BookingEntryView | None


class TimelineList(BaseModel):
    """One page of the timeline, newest first; the token, if any, asks for the next."""

    items: list[TimelineEntryView]
    next_page_token: str | None
