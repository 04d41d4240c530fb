"""Notes over HTTP."""

from __future__ import annotations

from pydantic import BaseModel

from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.schemas.values import CallId, Text
from chalicelib.kernel.schemas import Input, Instant


class NoteIn(Input):
    """A note to add to a contact."""

    kind: NoteKind = NoteKind.GENERAL
    body: Text
    call_id: CallId | None = None

    def new_note(self, contact_id: str, author: str, note_id: str) -> NewNote:
        """Give the use case's input."""
        return NewNote(contact_id, self.kind, self.body, author, call_id=self.call_id, id=note_id)


class NoteView(BaseModel):
    """A note as the API shows it."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    created_at: Instant
    call_id: str | None


class NoteList(BaseModel):
    """One page of notes, newest first; the token, if any, asks for the next."""

    items: list[NoteView]
    next_page_token: str | None
