"""Where notes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.notes import Note


class Notes(Protocol):
    """Where notes are kept, by contact and in the order of their ids."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""

    def latest(self, contact_id: str, limit: int, before: str | None) -> tuple[Note, ...]:
        """Give up to `limit` notes, newest first, older than the note with the id `before`."""
