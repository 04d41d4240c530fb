"""REST routes of notes and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.notes import (
    NoteIn,
    NoteList,
    NotePatch,
    NotesQuery,
    NoteView,
    TaskList,
    TasksQuery,
)
from chalicelib.crm.services import notes
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.notes import Note, Task
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_NOTES = "/v1/crm/contacts/{contact_id}/notes"
_NOTE = _NOTES + "/{note_id}"
_NO_CONTACT = {"contact_not_found": 404}
_NO_NOTE = _NO_CONTACT | {"note_not_found": 404}


@route(
    bp,
    "POST",
    _NOTES,
    scope=Scope.OPERATOR,
    body=NoteIn,
    returns=NoteView,
    status=201,
    errors=_NO_CONTACT | {"not_a_task": 400, "contact_changed": 409},
    example={"kind": "task", "body": "Send the contract.", "due_at": "2026-03-09T16:00:00Z"},
)
def add_note(request: Request[NoteIn, NoQuery]) -> Note:
    """Add a note or a task to a contact."""
    contact_id, author = request.path["contact_id"], request.principal.name
    return notes.add_note(container().crm, request.body.new_note(contact_id, author, request.new_id("note")))


@route(bp, "GET", _NOTES, scope=Scope.VIEWER, query=NotesQuery, returns=NoteList, errors=_NO_CONTACT)
def list_notes(request: Request[None, NotesQuery]) -> Page[Note]:
    """List a contact's notes, newest first.

    With a filter a page may be short although `next_page_token` says that more follow.
    """
    query = request.query
    crm, contact_id = container().crm, request.path["contact_id"]
    return notes.list_notes(crm, contact_id, query.page_size, request.start, query.wanted())


@route(bp, "GET", _NOTE, scope=Scope.VIEWER, returns=NoteView, errors=_NO_NOTE)
def get_note(request: Request[None, NoQuery]) -> Note:
    """Read a note."""
    return notes.get_note(container().crm, request.path["contact_id"], request.path["note_id"])


@route(
    bp,
    "PATCH",
    _NOTE,
    scope=Scope.OPERATOR,
    body=NotePatch,
    returns=NoteView,
    errors=_NO_NOTE | {"not_a_task": 400},
    guarded=True,
    example={"done": True},
)
def change_note(request: Request[NotePatch, NoQuery]) -> Note:
    """Change what the body gives of a note, or say that a task is done.

    A task that becomes another kind of note loses its due date.
    """
    crm, path, changes = container().crm, request.path, request.body.changes()
    return notes.change_note(crm, path["contact_id"], path["note_id"], changes, request.expected_version)


@route(bp, "DELETE", _NOTE, scope=Scope.OPERATOR, returns=None, status=204, errors=_NO_NOTE, guarded=True)
def delete_note(request: Request[None, NoQuery]) -> None:
    """Delete a note."""
    crm, path = container().crm, request.path
    notes.delete_note(crm, path["contact_id"], path["note_id"], request.expected_version)


@route(bp, "GET", "/v1/crm/tasks", scope=Scope.VIEWER, query=TasksQuery, returns=TaskList)
def list_tasks(request: Request[None, TasksQuery]) -> Page[Task]:
    """List open tasks that have a due date, of all contacts, the soonest first.

    `due=overdue`: due before now; `due=today`: due on the day that it is now in `time_zone`; `due=open`: all.
    """
    query = request.query
    return notes.list_tasks(container().crm, query.due, query.time_zone, query.page_size, request.start)
