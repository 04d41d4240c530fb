"""REST routes of the CRM: contacts and their notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm import services
from chalicelib.crm.schemas import (
    ContactIn,
    ContactList,
    ContactsQuery,
    ContactView,
    NoteIn,
    NoteList,
    NotesQuery,
    NoteView,
)
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain import Contact, Note, NotePage

bp = Blueprint(__name__)
_CONTACTS = "/v1/crm/contacts"
_NOTES = _CONTACTS + "/{contact_id}/notes"


@route(bp, "POST", _CONTACTS, scope=Scope.OPERATOR, body=ContactIn, returns=ContactView, status=201)
def create_contact(request: Request[ContactIn, NoQuery]) -> Contact:
    """Create a contact."""
    return services.create_contact(container().crm, request.body.new_contact())


@route(bp, "GET", _CONTACTS, scope=Scope.VIEWER, query=ContactsQuery, returns=ContactList)
def find_contacts(request: Request[None, ContactsQuery]) -> dict[str, list[Contact]]:
    """Look a contact up by its phone number."""
    found = services.find_contact(container().crm, E164(request.query.phone))
    return {"items": [found] if found else []}


@route(bp, "GET", _CONTACTS + "/{contact_id}", scope=Scope.VIEWER, returns=ContactView)
def get_contact(request: Request[None, NoQuery]) -> Contact:
    """Read a contact."""
    return services.get_contact(container().crm, request.path["contact_id"])


@route(bp, "POST", _NOTES, scope=Scope.OPERATOR, body=NoteIn, returns=NoteView, status=201)
def add_note(request: Request[NoteIn, NoQuery]) -> Note:
    """Add a note to a contact."""
    new = request.body.new_note(request.path["contact_id"], request.principal.name)
    return services.add_note(container().crm, new)


@route(bp, "GET", _NOTES, scope=Scope.VIEWER, query=NotesQuery, returns=NoteList)
def list_notes(request: Request[None, NotesQuery]) -> NotePage:
    """List a contact's notes, newest first."""
    page = request.query
    return services.list_notes(container().crm, request.path["contact_id"], page.page_size, page.page_token)
