"""Where notes are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain.listing import Span
    from chalicelib.crm.domain.notes import Note, NoteFilter
    from chalicelib.kernel.paging import Page


class Notes(Protocol):
    """Where notes are kept, by contact and in the order of their ids."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""

    def get(self, contact_id: str, note_id: str) -> Note | None:
        """Give a note, consistently."""

    def save(self, note: Note) -> None:
        """Replace the note of the version below; `Conflict` with code `version_changed`."""

    def remove(self, note: Note) -> None:
        """Forget a note of this version; `Conflict` with code `version_changed` when it has another."""

    def page(self, contact_id: str, wanted: NoteFilter, page_size: int, start: str | None) -> Page[Note]:
        """Give notes, newest first, older than the note with the id `start`.

        A page looks at a bounded number of notes: with a filter it may be short, and more may follow.
        """

    def tasks(self, due: Span, page_size: int, start: str | None) -> Page[Note]:
        """Give open tasks of all contacts that are due in this span, the soonest first."""
