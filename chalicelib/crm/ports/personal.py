"""Whoever keeps something about people, and where erasures are remembered until they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.crm.domain.personal import Erasure, Person, Trace
    from chalicelib.kernel.paging import Page


class Holding(Protocol):
    """A part of the system that keeps something about people."""

    @property
    def name(self) -> str:
        """A word of its own, without `/`."""

    def check(self, person: Person) -> None:
        """Raise `Conflict` when the person's traces cannot be erased now."""

    def export(self, person: Person, page_size: int, start: str | None) -> Page[Trace]:
        """Give what is kept about a person, from after `start`; a page may be short and not the last."""

    def erase(self, person: Person, start: str | None) -> str | None:
        """Erase the next part, in bounded time; give where to go on, None when nothing is left.

        Doing it twice is as doing it once. Raises `Conflict` when it must wait for something to end.
        """


class Erasures(Protocol):
    """Erasures that are not done yet."""

    def put(self, erasure: Erasure) -> None:
        """Keep whose traces are to be erased, in place of what was kept of the same contact."""

    def get(self, contact_id: str) -> Erasure | None:
        """Give an erasure that is not done, consistently."""

    def remove(self, contact_id: str) -> None:
        """Forget an erasure."""


class Collections(Protocol):
    """All rows that are kept under a contact's id beside its head and its index."""

    def rows(self, contact_id: str, page_size: int, start: str | None) -> Page[Trace]:
        """Give every row, head and index included, as plain data."""

    def clear(self, contact_id: str, *, spare_consents: bool = False) -> bool:
        """Delete up to 25 rows; tell whether more are left."""

    def expire_consents(self, contact_id: str, at: datetime) -> None:
        """Have every consent deleted at an instant."""
