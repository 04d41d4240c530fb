"""Where it is kept what search and counters hold of each contact, and the counters themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.domain.counting import Tally
    from chalicelib.crm.domain.folding import Index, Kept, Moves
    from chalicelib.crm.domain.timeline import ToldEntry
    from chalicelib.kernel.paging import Page


class Indexes(Protocol):
    """What search and counters hold of each contact; moves with them, all or nothing."""

    def read(self, contact_id: str) -> Kept:
        """Give a contact with its consents and its index, consistently.

        Whatever changes after the index was read is newer than it: a move of this index is then refused.
        """

    def apply(self, moves: Moves) -> None:
        """Write the entries of the moves, add to the counters, and move the indexes on; all or nothing.

        Raises `Conflict` with code `index_moved` when an index is not as it was read, or when another
        transaction is just writing one of the rows.
        """

    def page(self, page_size: int, start: str | None) -> Page[Index]:
        """Give all indexes that hold something, those of gone contacts too, as they were a moment ago."""


class Counters(Protocol):
    """How many contacts have what in common; only moves of indexes, and repairs, change them."""

    def read(self, first: str, last: str) -> dict[str, Tally]:
        """Give the counters from `first` to `last`, both included, by name."""

    def adjust(self, deltas: Mapping[str, int]) -> None:
        """Add to counters what a recount has found missing."""


class CallEntries(Protocol):
    """Calls, text messages and bookings as timelines show them."""

    def put(self, entry: ToldEntry) -> None:
        """Keep what the timeline of the contact shows of it; again changes nothing."""

    def remove(self, entry: ToldEntry) -> None:
        """Take it out of the contact's timeline, if it is there."""
