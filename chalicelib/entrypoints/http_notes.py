"""REST routes of notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.schemas.notes import NoteIn, NoteList, NoteView
from chalicelib.crm.services import notes
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain.notes import Note
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_NOTES = "/v1/crm/contacts/{contact_id}/notes"
_ABSENT = {"contact_not_found": 404}


@route(
    bp,
    "POST",
    _NOTES,
    scope=Scope.OPERATOR,
    body=NoteIn,
    returns=NoteView,
    status=201,
    errors=_ABSENT,
    example={"body": "Asked for a call next week."},
)
def add_note(request: Request[NoteIn, NoQuery]) -> Note:
    """Add a note to a contact."""
    contact_id, author = request.path["contact_id"], request.principal.name
    return notes.add_note(container().crm, request.body.new_note(contact_id, author, request.new_id("note")))


@route(bp, "GET", _NOTES, scope=Scope.VIEWER, query=PageQuery, returns=NoteList, errors=_ABSENT)
def list_notes(request: Request[None, PageQuery]) -> Page[Note]:
    """List a contact's notes, newest first."""
    return notes.list_notes(
        container().crm, request.path["contact_id"], request.query.page_size, request.start
    )
