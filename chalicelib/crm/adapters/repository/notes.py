"""Notes in DynamoDB, in their contact's collection; open tasks are also in an index by due time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, PynamoDBException

from chalicelib.crm.adapters.repository.refusals import is_refused
from chalicelib.crm.adapters.tables import NoteItem
from chalicelib.crm.domain.notes import Note, NoteKind
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pynamodb.expressions.condition import Condition

    from chalicelib.crm.domain.listing import Span
    from chalicelib.crm.domain.notes import NoteFilter

TASKS = "TASKS"
_EXAMINED = 1000  # notes that one page looks at
_FIRST, _LAST = "0", ":"  # before and after every instant that is written as text


@unavailable_on(PynamoDBException)
class NoteRepository:
    """Notes, in the same table; implements `Notes`."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""
        item = note_item(note)
        try:
            item.save(NoteItem.pk.does_not_exist())
        except PutError as error:
            if not is_refused(error):
                raise
            item.refresh(consistent_read=True)
        return note_of(item)

    def get(self, contact_id: str, note_id: str) -> Note | None:
        """Give a note, consistently."""
        try:
            item = NoteItem.get(f"CONTACT#{contact_id}", f"NOTE#{note_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return note_of(item)

    def save(self, note: Note) -> None:
        """Replace the note of the version below; `Conflict` with code `version_changed`."""
        try:
            note_item(note).save(_is_at(note.version - 1))
        except PutError as error:
            raise _changed(error) from error

    def remove(self, note: Note) -> None:
        """Forget a note of this version; `Conflict` with code `version_changed` when it has another."""
        try:
            note_item(note).delete(_is_at(note.version))
        except DeleteError as error:
            raise _changed(error) from error

    def page(self, contact_id: str, wanted: NoteFilter, page_size: int, start: str | None) -> Page[Note]:
        """Give notes, newest first, older than the note with the id `start`; looks at 1,000 at most."""
        found: list[Note] = []
        last = None
        for examined, item in enumerate(_before(contact_id, start, wanted, page_size)):
            note = note_of(item)
            fits = wanted.matches(note)
            if examined == _EXAMINED or (fits and len(found) == page_size):
                return Page(found, last)
            found += [note] if fits else []
            last = note.id
        return Page(found)

    def tasks(self, due: Span, page_size: int, start: str | None) -> Page[Note]:
        """Give open tasks of all contacts that are due in this span, the soonest first."""
        low = start or (iso(due.since) if due.since else _FIRST)
        high = iso(due.until) if due.until else _LAST
        between = NoteItem.task_key.between(low, high)
        items = NoteItem.by_task.query(TASKS, between, limit=page_size + 2) if low < high else ()
        found = [item for item in items if item.task_key != start]
        more = found[page_size - 1].task_key if len(found) > page_size else None
        return Page([note_of(item) for item in found[:page_size]], more)


def note_item(note: Note) -> NoteItem:
    """Give the item of a note, with its places in the timeline and among open tasks."""
    at = iso(note.created_at)
    kept = vars(note) | {
        "kind": note.kind.value,
        "created_at": at,
        "updated_at": iso(note.updated_at),
        "due_at": _text(note.due_at),
        "done_at": _text(note.done_at),
        "pinned": note.pinned or None,
        "timeline_id": note.contact_id,
        "timeline_key": f"{at}#{note.id}",
    }
    if note.due_at is not None and note.is_waiting:
        kept |= {"task_list": TASKS, "task_key": f"{iso(note.due_at)}#{note.id}"}
    return NoteItem(f"CONTACT#{note.contact_id}", f"NOTE#{note.id}", **kept)


def note_of(item: NoteItem) -> Note:
    """Read a note; what was written before notes could be changed is at version 1."""
    return Note(
        id=item.id,
        contact_id=item.contact_id,
        kind=NoteKind(item.kind),
        body=item.body,
        author=item.author,
        created_at=from_iso(item.created_at),
        call_id=item.call_id,
        updated_at=from_iso(item.updated_at or item.created_at),
        due_at=_instant(item.due_at),
        done_at=_instant(item.done_at),
        pinned=bool(item.pinned),
        version=int(item.version or 1),
    )


def _before(contact_id: str, start: str | None, wanted: NoteFilter, page_size: int) -> Iterable[NoteItem]:
    pk = f"CONTACT#{contact_id}"
    return NoteItem.query(
        pk,
        NoteItem.sk.startswith("NOTE#"),
        scan_index_forward=False,
        limit=page_size + 1 if wanted.is_open else _EXAMINED + 1,
        page_size=page_size + 1,
        last_evaluated_key={"pk": {"S": pk}, "sk": {"S": f"NOTE#{start}"}} if start else None,
        consistent_read=True,
    )


def _is_at(version: int) -> Condition:
    """Ask for a version; the first may be one that was written without."""
    first = NoteItem.pk.exists() & NoteItem.version.does_not_exist()
    same: Condition = NoteItem.version == version
    return same | first if version == 1 else same


def _changed(error: PutError | DeleteError) -> Exception:
    if not is_refused(error):
        return error
    return Conflict("The note was changed meanwhile.", code="version_changed")


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return from_iso(text) if text else None
