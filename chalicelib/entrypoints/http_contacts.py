"""REST routes of contacts."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.domain.search import read_query
from chalicelib.crm.schemas.contacts import ContactIn, ContactList, ContactPatch, ContactView
from chalicelib.crm.schemas.filters import ContactsQuery
from chalicelib.crm.services import contacts
from chalicelib.crm.services.fields import defined_values
from chalicelib.crm.services.search import search_contacts
from chalicelib.crm.services.tags import tag_ids, tag_ids_to_find, tag_names
from chalicelib.entrypoints.middleware import NoQuery, Request, route
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.tokens import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from chalicelib.crm.domain.contacts import Contact

bp = Blueprint(__name__)
_CONTACTS = "/v1/crm/contacts"
_CONTACT = _CONTACTS + "/{contact_id}"
_ABSENT = {"contact_not_found": 404}
_MAX_BYTES = 4_000_000  # Lambda answers with 6 MB at most
_UNREAD = {"query_too_short": 400, "unknown_tag": 400}
_WRONG = {"phone_taken": 409, "unknown_tag": 400, "bad_custom_field": 400, "too_many_phones": 400}


@route(
    bp,
    "POST",
    _CONTACTS,
    scope=Scope.OPERATOR,
    body=ContactIn,
    returns=ContactView,
    status=201,
    errors=_WRONG | {"contact_gone": 409},
    example={"name": "Ada Lovelace", "phone": "+14155552671", "company": "Analytical Engines"},
)
def create_contact(request: Request[ContactIn, NoQuery]) -> Contact:
    """Create a contact.

    A phone number belongs to one contact: `phone_taken` names the one that has it in
    `details.contact_id`. A national number is read in the country that `country` names.
    """
    crm = container().crm
    new = request.body.new_contact(_tag_ids())
    return _shown(contacts.create_contact(crm, new, request.new_id("contact")))


@route(bp, "GET", _CONTACTS, scope=Scope.VIEWER, query=ContactsQuery, returns=ContactList, errors=_UNREAD)
def list_contacts(request: Request[None, ContactsQuery]) -> Page[Contact]:
    """List contacts, the newest first unless `sort` says otherwise.

    All filters hold together; `owner` and `company` are whole, whatever their case. With several filters a
    page may be short although `next_page_token` says that more follow. `phone` finds whoever has the number.
    `q` finds contacts by the beginnings of words, a second or so after they were written. Contacts with very
    long details make shorter pages: an answer has 4 MB at most.
    """
    crm, query = container().crm, request.query
    if query.phone:
        found = contacts.find_contact(crm, E164(query.phone))
        return Page(shown_contacts([found] if found else []))
    listing = query.listing(partial(tag_ids_to_find, crm))
    if query.q is not None:
        read = partial(search_contacts, crm, read_query(query.q), listing.where)
    else:
        read = partial(contacts.list_contacts, crm, listing)
    return _fitting(read, query.page_size, request.start)


@route(bp, "GET", _CONTACT, scope=Scope.VIEWER, returns=ContactView, errors=_ABSENT)
def get_contact(request: Request[None, NoQuery]) -> Contact:
    """Read a contact; the id of one that was merged gives the contact that took its place."""
    return _shown(contacts.get_contact(container().crm, request.path["contact_id"]))


@route(
    bp,
    "PUT",
    _CONTACT,
    scope=Scope.OPERATOR,
    body=ContactIn,
    returns=ContactView,
    errors=_ABSENT | _WRONG,
    guarded=True,
    example={"name": "Ada Lovelace", "phone": "+14155552671", "company": "Analytical Engines"},
)
def replace_contact(request: Request[ContactIn, NoQuery]) -> Contact:
    """Replace all details of a contact: what the body leaves out is cleared.

    A contact that is `do_not_contact` stays so unless the body gives another `status`.
    """
    crm, new = container().crm, request.body.new_contact(_tag_ids())
    replaced = contacts.replace_contact(
        crm,
        request.path["contact_id"],
        new,
        request.expected_version,
        says_status="status" in request.body.model_fields_set,
    )
    return _shown(replaced)


@route(
    bp,
    "PATCH",
    _CONTACT,
    scope=Scope.OPERATOR,
    body=ContactPatch,
    returns=ContactView,
    errors=_ABSENT | _WRONG,
    guarded=True,
    example={"status": "customer", "title": None},
)
def change_contact(request: Request[ContactPatch, NoQuery]) -> Contact:
    """Change the details that the body gives.

    Null clears one; of an address and of custom fields only the given parts change; a list is replaced whole
    (JSON Merge Patch, RFC 7396).
    """
    crm, changes = container().crm, request.body.changes(_tag_ids())
    return _shown(contacts.change_contact(crm, request.path["contact_id"], changes, request.expected_version))


@route(bp, "DELETE", _CONTACT, scope=Scope.OPERATOR, returns=None, status=204, errors=_ABSENT, guarded=True)
def delete_contact(request: Request[None, NoQuery]) -> None:
    """Delete a contact; its numbers are free, and its waiting calls are not placed.

    The numbers of one that is `do_not_contact` are put on the suppression list: nothing dials them.
    What calls said stays with the calls: erasing a person everywhere is a route of its own.
    """
    contacts.delete_contact(container().crm, request.path["contact_id"], request.expected_version)


def shown_contacts(found: Iterable[Contact]) -> list[Contact]:
    """Give contacts with the names of their tags in place of the ids, and with values that are defined."""
    kept, crm = list(found), container().crm
    names = tag_names(crm, {tag for contact in kept for tag in contact.tags})
    fields = defined_values(crm, [contact.custom_fields for contact in kept])
    return [
        replace(
            contact,
            tags=tuple(sorted(names[tag] for tag in contact.tags if tag in names)),
            custom_fields=values,
        )
        for contact, values in zip(kept, fields, strict=True)
    ]


def _fitting(read: Callable[[int, str | None], Page[Contact]], size: int, start: str | None) -> Page[Contact]:
    """Read a page; a part of it if it is too long for an answer."""
    while True:
        page = read(size, start)
        shown = Page(shown_contacts(page.items), page.next_start)
        if size == 1 or _length(shown) < _MAX_BYTES:
            return shown
        size //= 2


def _length(page: Page[Contact]) -> int:
    """Give the bytes of a list as the function's answer has it: its JSON within a JSON string."""
    listed = {"items": page.items, "next_page_token": None}
    return len(json.dumps(ContactList.model_validate(listed, from_attributes=True).model_dump_json()))


def _shown(contact: Contact) -> Contact:
    return shown_contacts([contact])[0]


def _tag_ids() -> Callable[[list[str]], tuple[str, ...]]:
    return partial(tag_ids, container().crm)
