"""Notes and tasks over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from chalicelib.crm.domain.notes import Due, NewNote, NoteChanges, NoteFilter, NoteKind
from chalicelib.crm.schemas.values import KEPT, CallId, Moment, Text, TimeZone
from chalicelib.kernel.schemas import Input, Instant, PageQuery

DueAt = Annotated[Moment | None, Field(description="When the task is due; only a task has it.")]


class NoteIn(Input):
    """A note to add to a contact; only a task is due at some time."""

    kind: NoteKind = NoteKind.GENERAL
    body: Text
    call_id: CallId | None = None
    due_at: DueAt = None
    pinned: bool = False

    def new_note(self, contact_id: str, author: str, note_id: str) -> NewNote:
        """Give the use case's input."""
        return NewNote(contact_id, author=author, id=note_id, **_given(self))


class NotePatch(Input):
    """What to change of a note: what is not given stays, null takes a due date away."""

    kind: NoteKind = KEPT
    body: Text = KEPT
    due_at: DueAt = KEPT
    done: bool = KEPT
    pinned: bool = KEPT

    def changes(self) -> NoteChanges:
        """Give the use case's input."""
        return NoteChanges(**{name: getattr(self, name) for name in self.model_fields_set})


class NotesQuery(PageQuery):
    """Which notes: both filters hold together."""

    kind: Annotated[NoteKind | None, Field(description="Only notes of this kind.")] = None
    pinned: Annotated[bool | None, Field(description="Only pinned notes; false: only others.")] = None

    def wanted(self) -> NoteFilter:
        """Give the use case's input."""
        return NoteFilter(self.kind, self.pinned)


class NoteView(BaseModel):
    """A note as the API shows it; a task is `done` since `done_at`."""

    id: str
    contact_id: str
    kind: NoteKind
    body: str
    author: str
    call_id: str | None
    due_at: Instant | None
    done: bool
    done_at: Instant | None
    pinned: bool
    created_at: Instant
    updated_at: Instant
    version: int


class NoteList(BaseModel):
    """One page of notes, newest first; the token, if any, asks for the next."""

    items: list[NoteView]
    next_page_token: str | None


class TasksQuery(PageQuery):
    """Which open tasks: those that are late, those of today, or all; `today` is a day in `time_zone`."""

    due: Annotated[Due, Field(description="Due before now, due today, or all that are open.")] = Due.OPEN
    time_zone: Annotated[TimeZone, Field(description="Where `today` is today, such as Europe/Paris.")] = "UTC"


class TaskContactView(BaseModel):
    """Whom a task is about."""

    id: str
    name: str


class TaskView(BaseModel):
    """An open task and whom it is about."""

    note: NoteView
    contact: TaskContactView


class TaskList(BaseModel):
    """One page of open tasks, the soonest first; the token, if any, asks for the next."""

    items: list[TaskView]
    next_page_token: str | None


def _given(body: NoteIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields}
