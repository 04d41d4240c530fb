"""The CRM's ports in memory."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict, FieldError

if TYPE_CHECKING:
    from chalicelib.crm.domain import Contact, Note
    from chalicelib.kernel.phones import E164


class FakeContacts:
    """Contacts in dicts; implements `Contacts`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Contact] = {}
        self._owner: dict[str, str] = {}
        self._lock = Lock()

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact unless its number is taken."""
        with self._lock:
            owner = self._owner.setdefault(contact.phone, contact.id)
            if owner != contact.id:
                wrong = (FieldError("/phone", "taken"),)
                raise Conflict("taken", code="phone_taken", errors=wrong, details={"contact_id": owner})
            return self._by_id.setdefault(contact.id, contact)

    def get(self, contact_id: str) -> Contact | None:
        """Give the contact."""
        return self._by_id.get(contact_id)

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the owner of the number."""
        return self._by_id.get(self._owner.get(phone, ""))

    def save(self, contact: Contact) -> None:
        """Replace the version before."""
        with self._lock:
            stored = self._by_id.get(contact.id)
            if stored is None or stored.version != contact.version - 1:
                raise Conflict("changed", code="version_changed")
            self._by_id[contact.id] = contact


class FakeNotes:
    """Notes in a dict; implements `Notes`."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str], Note] = {}

    def add(self, note: Note) -> Note:
        """Keep a note once."""
        return self._by_key.setdefault((note.contact_id, note.id), note)

    def latest(self, contact_id: str, limit: int, before: str | None) -> tuple[Note, ...]:
        """Give the newest notes first."""
        mine = [note for (owner, _), note in self._by_key.items() if owner == contact_id]
        mine.sort(key=lambda note: note.id, reverse=True)
        return tuple(note for note in mine if before is None or note.id < before)[:limit]
