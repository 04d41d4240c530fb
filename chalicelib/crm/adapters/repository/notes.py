"""Notes in DynamoDB, in their contact's collection."""

from __future__ import annotations

from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.crm.adapters.tables import NoteItem
from chalicelib.crm.domain.notes import Note, NoteKind
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on


@unavailable_on(PynamoDBException)
class NoteRepository:
    """Notes, in the same table; implements `Notes`."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""
        item = _note_item(note)
        try:
            item.save(NoteItem.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code != "ConditionalCheckFailedException":
                raise
            item.refresh(consistent_read=True)
        return _note(item)

    def latest(self, contact_id: str, limit: int, before: str | None) -> tuple[Note, ...]:
        """Give up to `limit` notes, newest first, older than the note with the id `before`."""
        pk = f"CONTACT#{contact_id}"
        start = {"pk": {"S": pk}, "sk": {"S": f"NOTE#{before}"}} if before else None
        found = NoteItem.query(
            pk,
            NoteItem.sk.startswith("NOTE#"),
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=start,
            consistent_read=True,
        )
        return tuple(map(_note, found))


def _note_item(note: Note) -> NoteItem:
    at = iso(note.created_at)
    kept = {**vars(note), "kind": note.kind.value, "created_at": at}
    kept |= {"timeline_id": note.contact_id, "timeline_key": f"{at}#{note.id}"}
    return NoteItem(f"CONTACT#{note.contact_id}", f"NOTE#{note.id}", **kept)


def _note(item: NoteItem) -> Note:
    return Note(
        id=item.id,
        contact_id=item.contact_id,
        kind=NoteKind(item.kind),
        body=item.body,
        author=item.author,
        created_at=from_iso(item.created_at),
        call_id=item.call_id,
    )
