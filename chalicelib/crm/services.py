"""Use cases of the CRM: contacts are created, recognised and changed; notes are added and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain import UNKNOWN_CALLER, Contact, NewContact, Note
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.paging import MAX_PAGE_SIZE, Page

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.crm.domain import ContactChanges, NewNote
    from chalicelib.crm.ports import CrmPorts
    from chalicelib.kernel.phones import E164


def create_contact(crm: CrmPorts, new: NewContact, contact_id: str | None = None) -> Contact:
    """Create a contact; with the same `contact_id` again it gives the one that exists.

    Raises `Conflict` with code `phone_taken` and details {"contact_id": …} when the number is another's.
    """
    now = _now(crm)
    contact_id = contact_id or new_id("contact")
    contact = Contact(id=contact_id, created_at=now, updated_at=now, version=1, **vars(new))
    return crm.contacts.add(contact)


def get_contact(crm: CrmPorts, contact_id: str) -> Contact:
    """Give a contact, or raise `NotFound` with code `contact_not_found`."""
    contact = crm.contacts.get(contact_id) if is_id(contact_id, "contact") else None
    if contact is None:
        raise NotFound("There is no such contact.", code="contact_not_found")
    return contact


def find_contact(crm: CrmPorts, phone: E164) -> Contact | None:
    """Give the contact with this number, or None."""
    return crm.contacts.find_by_phone(phone)


def recognise_caller(crm: CrmPorts, phone: E164) -> Contact:
    """Give the contact who calls from this number, creating one when the number is new.

    Two calls at once from one new number get the same contact.
    """
    known = crm.contacts.find_by_phone(phone)
    if known is not None:
        return known
    try:
        return create_contact(crm, NewContact(name=UNKNOWN_CALLER, phone=phone, source="inbound_call"))
    except Conflict as conflict:
        return get_contact(crm, conflict.details["contact_id"])


def change_contact(
    crm: CrmPorts, contact_id: str, changes: ContactChanges, expected_version: int | None = None
) -> Contact:
    """Change a contact's details; changing nothing makes no new version.

    Raises `Invalid` when a value breaks its field's rule, `NotFound`, or `Conflict` with code
    `version_changed` when the contact is not at `expected_version` or changed under our hands.
    """
    wanted = changes.checked()
    contact = get_contact(crm, contact_id)
    if expected_version not in (None, contact.version):
        raise Conflict(f"The contact is at version {contact.version} now.", code="version_changed")
    if not wanted.alter(contact):
        return contact
    changed = wanted.apply_to(contact, _now(crm))
    crm.contacts.save(changed)
    return changed


def add_note(crm: CrmPorts, new: NewNote) -> Note:
    """Add a note; a second one with the same id changes nothing and gives the first.

    Raises `NotFound` for an unknown contact and `Invalid` with code `bad_note_id` for a foreign id.
    """
    if new.id is not None and not is_id(new.id, "note"):
        raise Invalid("A note's id is made by new_id('note').", code="bad_note_id")
    contact = get_contact(crm, new.contact_id)
    note = Note(
        id=new.id or new_id("note"),
        contact_id=contact.id,
        kind=new.kind,
        body=new.body,
        author=new.author,
        created_at=_now(crm),
        call_id=new.call_id,
    )
    return crm.notes.add(note)


def list_notes(crm: CrmPorts, contact_id: str, page_size: int, before: str | None = None) -> Page[Note]:
    """List a contact's notes, newest first, 1 to 100 a page, from after the note with the id `before`."""
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise Invalid(f"A page has 1 to {MAX_PAGE_SIZE} items.", code="bad_page_size")
    contact = get_contact(crm, contact_id)
    found = crm.notes.latest(contact.id, page_size + 1, before)
    items = found[:page_size]
    return Page(items, items[-1].id if len(found) > page_size else None)


def _now(crm: CrmPorts) -> datetime:
    """Give the instant in the milliseconds that storage keeps."""
    return from_millis(to_millis(crm.clock.now()))
