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
    NoteView,
)
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.phones import E164
from chalicelib.kernel.schemas import PageQuery
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from chalicelib.crm.domain import Contact, Note
    from chalicelib.kernel.paging import Page

bp = Blueprint(__name__)
_CONTACTS = "/v1/crm/contacts"
_NOTES = _CONTACTS + "/{contact_id}/notes"
_ABSENT = {"contact_not_found": 404}


@route(
    bp,
    "POST",
    _CONTACTS,
    scope=Scope.OPERATOR,
    body=ContactIn,
    returns=ContactView,
    status=201,
    errors={"phone_taken": 409},
    example={"name": "Ada Lovelace", "phone": "+14155552671", "company": "Analytical Engines"},
)
def create_contact(request: Request[ContactIn, NoQuery]) -> Contact:
    """Create a contact.

    A phone number belongs to one contact: `phone_taken` names the one that has it in
    `details.contact_id`. A national number is read in the country that `country` names.
    """
    return services.create_contact(container().crm, request.body.new_contact(), request.new_id("contact"))


@route(bp, "GET", _CONTACTS, scope=Scope.VIEWER, query=ContactsQuery, returns=ContactList)
def find_contacts(request: Request[None, ContactsQuery]) -> dict[str, list[Contact]]:
    """Look a contact up by its phone number."""
    found = services.find_contact(container().crm, E164(request.query.phone))
    return {"items": [found] if found else []}


@route(bp, "GET", _CONTACTS + "/{contact_id}", scope=Scope.VIEWER, returns=ContactView, errors=_ABSENT)
def get_contact(request: Request[None, NoQuery]) -> Contact:
    """Read a contact."""
    return services.get_contact(container().crm, request.path["contact_id"])


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
    return services.add_note(
        container().crm, request.body.new_note(contact_id, author, request.new_id("note"))
    )


@route(bp, "GET", _NOTES, scope=Scope.VIEWER, query=PageQuery, returns=NoteList, errors=_ABSENT)
def list_notes(request: Request[None, PageQuery]) -> Page[Note]:
    """List a contact's notes, newest first."""
    return services.list_notes(
        container().crm, request.path["contact_id"], request.query.page_size, request.start
    )
