"""Notes are added and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.notes import Note
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.paging import MAX_PAGE_SIZE, Page

if TYPE_CHECKING:
    from chalicelib.crm.domain.notes import NewNote
    from chalicelib.crm.ports.crm import CrmPorts


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
        created_at=cut_to_millis(crm.clock.now()),
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
