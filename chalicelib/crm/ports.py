"""What the CRM's use cases need from outside: where contacts and notes are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.crm.domain import Contact, Note
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.phones import E164


class Contacts(Protocol):
    """Where contacts are kept, each phone number once."""

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact together with its claim on the number, both or neither; give what is kept.

        Raises `Conflict` with code `phone_taken` and details {"contact_id": who has the number}.
        """

    def get(self, contact_id: str) -> Contact | None:
        """Give the contact as last written."""

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the contact that has this number."""

    def save(self, contact: Contact) -> None:
        """Replace the stored contact whose version is one less; never changes its number.

        Raises `Conflict` with code `version_changed` when the stored one has another version.
        """


class Notes(Protocol):
    """Where notes are kept, by contact and in the order of their ids."""

    def add(self, note: Note) -> Note:
        """Keep a note, or give the one that already has this id."""

    def latest(self, contact_id: str, limit: int, before: str | None) -> tuple[Note, ...]:
        """Give up to `limit` notes, newest first, older than the note with the id `before`."""


@dataclass(frozen=True)
class CrmPorts:
    """The CRM's outside, as bootstrap or a test provides it."""

    contacts: Contacts
    notes: Notes
    clock: Clock
