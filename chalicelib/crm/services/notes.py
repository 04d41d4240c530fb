"""Notes and tasks are added, read, changed, deleted and listed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.notes import Note, NoteFilter, Task, checked_note
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.paging import MAX_PAGE_SIZE, Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.domain.notes import Due, NewNote, NoteChanges
    from chalicelib.crm.ports.crm import CrmPorts

_MOVES = 5  # how often a contact can be merged while a note is being added to it


def add_note(crm: CrmPorts, new: NewNote) -> Note:
    """Add a note; a second one with the same id changes nothing and gives the first.

    Raises `NotFound` for an unknown contact, `Invalid` with code `bad_note_id` for a foreign id and with
    code `not_a_task` for a due date on what is no task.
    """
    if new.id is not None and not is_id(new.id, "note"):
        raise Invalid("A note's id is made by new_id('note').", code="bad_note_id")
    now = _now(crm)
    note = Note(
        **(vars(new) | {"id": new.id or new_id("note")}),
        created_at=now,
        updated_at=now,
    )
    return _put(crm, checked_note(note))


def get_note(crm: CrmPorts, contact_id: str, note_id: str) -> Note:
    """Give a note, or raise `NotFound` with code `contact_not_found` or `note_not_found`."""
    contact = get_contact(crm, contact_id)
    found = crm.notes.get(contact.id, note_id) if is_id(note_id, "note") else None
    if found is None:
        raise NotFound("The contact has no such note.", code="note_not_found")
    return found


def change_note(
    crm: CrmPorts, contact_id: str, note_id: str, changes: NoteChanges, expected_version: int | None = None
) -> Note:
    """Change a note; changing nothing makes no new version.

    Raises `NotFound`, `Invalid` with code `not_a_task`, and `Conflict` with code `version_changed`.
    """
    note = _expected(get_note(crm, contact_id, note_id), expected_version)
    now = _now(crm)
    wanted = changes.applied_to(note, now)
    if wanted == note:
        return note
    changed = replace(wanted, updated_at=now, version=note.version + 1)
    crm.notes.save(changed)
    return changed


def delete_note(crm: CrmPorts, contact_id: str, note_id: str, expected_version: int | None = None) -> None:
    """Delete a note; raises `NotFound`, or `Conflict` with code `version_changed`."""
    crm.notes.remove(_expected(get_note(crm, contact_id, note_id), expected_version))


def list_notes(
    crm: CrmPorts,
    contact_id: str,
    page_size: int,
    before: str | None = None,
    wanted: NoteFilter = NoteFilter(),  # noqa: B008  a value that cannot change
) -> Page[Note]:
    """List a contact's notes, newest first, 1 to 100 a page, from after the note with the id `before`.

    With a filter a page may be short although more follow.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise Invalid(f"A page has 1 to {MAX_PAGE_SIZE} items.", code="bad_page_size")
    return crm.notes.page(get_contact(crm, contact_id).id, wanted, page_size, before)


def list_tasks(
    crm: CrmPorts, due: Due, time_zone: str, page_size: int, start: str | None = None
) -> Page[Task]:
    """List open tasks with a due date, of all contacts, the soonest first.

    A task whose contact is gone is left out: it will be gone as well.
    """
    page = crm.notes.tasks(due.span(_now(crm), time_zone), page_size, start)
    return Page(list(_tasks(crm, page.items)), page.next_start)


def _tasks(crm: CrmPorts, notes: Sequence[Note]) -> Iterator[Task]:
    ids = list(dict.fromkeys(note.contact_id for note in notes))
    contacts = {contact.id: contact for contact in crm.contacts.many(ids)}
    for note in notes:
        contact = contacts.get(note.contact_id) or _moved(crm, note.contact_id)
        if contact is not None:
            yield Task(note, contact)


def _moved(crm: CrmPorts, contact_id: str) -> Contact | None:
    """Give the contact into which this one was merged."""
    with suppress(NotFound):
        return get_contact(crm, contact_id)
    return None


def _put(crm: CrmPorts, note: Note) -> Note:
    """Keep a note where its contact is, also when that goes or moves in the meantime.

    Whoever erases or merges a contact moves the head first: who sees the same head after writing has
    written before they looked for notes.
    """
    contact_id = get_contact(crm, note.contact_id).id
    for _ in range(_MOVES):
        kept = crm.notes.add(replace(note, contact_id=contact_id))
        try:
            owner = get_contact(crm, contact_id).id
        except NotFound:
            _take_back(crm, kept)
            raise
        if owner == contact_id:
            return kept
        _take_back(crm, kept)
        contact_id = owner
    raise Conflict("The contact is being merged.", code="contact_changed")


def _take_back(crm: CrmPorts, note: Note) -> None:
    with suppress(Conflict):  # whoever erases or merges has found it
        crm.notes.remove(note)


def _expected(note: Note, version: int | None) -> Note:
    if version not in (None, note.version):
        raise Conflict(f"The note is at version {note.version} now.", code="version_changed")
    return note


def _now(crm: CrmPorts) -> datetime:
    return cut_to_millis(crm.clock.now())
