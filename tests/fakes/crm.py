"""The CRM's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import RLock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from fakes.folding import FakeCallEntries, FakeCounters, FakeIndexes, FakeSearches
from fakes.imports import FakeImportFiles, FakeImports
from fakes.jobs import FakeJobs, FakeMoves
from fakes.labels import FakeFields, FakeTags
from fakes.records import (
    FakeCollections,
    FakeConsents,
    FakeErasures,
    FakeMemories,
    FakeNotes,
    FakeSuppressions,
    FakeTimeline,
)

from chalicelib.bootstrap.crm import Crm
from chalicelib.crm.domain.contacts import Contact, Tombstone
from chalicelib.crm.domain.listing import SortBy
from chalicelib.crm.domain.words import fold
from chalicelib.crm.services.personal import RecordsHolding
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, FieldError
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.listing import Listing
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.phones import E164


class FakeContacts:
    """Contacts in dicts; implements `Contacts`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Contact | Tombstone] = {}
        self._owner: dict[str, str] = {}
        self._lock = RLock()

    def add(self, contact: Contact) -> Contact:
        """Keep a new contact unless a number of it is taken."""
        with self._lock:
            self._refuse_taken(contact)
            kept = self._by_id.setdefault(contact.id, contact)
            if not isinstance(kept, Contact):
                raise Conflict("gone", code="contact_gone")
            self._owner |= dict.fromkeys(kept.phones, kept.id)
            return kept

    def add_all(self, contacts: Sequence[Contact]) -> bool:
        """Keep new contacts, all or none."""
        with self._lock:
            taken = {*self._owner} & {phone for contact in contacts for phone in contact.phones}
            if taken or any(contact.id in self._by_id for contact in contacts):
                return False
            for contact in contacts:
                self.add(contact)
            return True

    def owned(self, phones: Collection[E164]) -> set[E164]:
        """Give the numbers that have an owner."""
        return {phone for phone in phones if phone in self._owner}

    def get(self, contact_id: str) -> Contact | Tombstone | None:
        """Give the contact or what is left."""
        return self._by_id.get(contact_id)

    def find_by_phone(self, phone: E164) -> Contact | None:
        """Give the owner of the number."""
        found = self._by_id.get(self._owner.get(phone, ""))
        return found if isinstance(found, Contact) else None

    def save(self, contact: Contact, before: Contact) -> None:
        """Replace the version before."""
        with self._lock:
            stored = self._at_version(before)
            self._refuse_taken(contact)
            self._forget(before)
            self._by_id[contact.id] = replace(contact, last_contacted_at=stored.last_contacted_at)
            self._owner |= dict.fromkeys(contact.phones, contact.id)

    def remove(self, contact: Contact, tombstone: Tombstone) -> None:
        """Put the tombstone in place."""
        with self._lock:
            self._at_version(contact)
            self._forget(contact)
            self._by_id[contact.id] = tombstone

    def merge(self, winner: Contact, before: Contact, loser: Contact, tombstone: Tombstone) -> None:
        """Replace two by one."""
        with self._lock:
            self._at_version(before)
            self._at_version(loser)
            self.remove(loser, tombstone)
            self.save(winner, before)
            if loser.last_contacted_at is not None:
                self.touch(winner.id, loser.last_contacted_at)

    def touch(self, contact_id: str, at: datetime) -> None:
        """Note the latest contact."""
        stored = self._by_id.get(contact_id)
        if isinstance(stored, Contact) and (stored.last_contacted_at or at) <= at:
            self._by_id[contact_id] = replace(stored, last_contacted_at=at)

    def many(self, contact_ids: Sequence[str]) -> list[Contact]:
        """Give those that are there."""
        found = [self._by_id.get(contact_id) for contact_id in contact_ids]
        return [contact for contact in found if isinstance(contact, Contact)]

    def page(self, listing: Listing, page_size: int, start: str | None) -> Page[Contact]:
        """Sort everything, and cut the page out."""
        shown = [
            (_place(contact, listing.by), contact)
            for contact in self._by_id.values()
            if isinstance(contact, Contact) and listing.where.matches(contact)
        ]
        shown.sort(key=lambda pair: pair[0], reverse=listing.descending)
        if start is not None:
            shown = [pair for pair in shown if (pair[0] < start if listing.descending else pair[0] > start)]
        more = shown[page_size - 1][0] if len(shown) > page_size else None
        return Page([contact for _, contact in shown[:page_size]], more)

    def _at_version(self, contact: Contact) -> Contact:
        stored = self._by_id.get(contact.id)
        if not isinstance(stored, Contact) or stored.version != contact.version:
            raise Conflict("changed", code="version_changed")
        return stored

    def _refuse_taken(self, contact: Contact) -> None:
        for place, phone in enumerate(contact.phones):
            owner = self._owner.get(phone, contact.id)
            if owner != contact.id:
                pointer = f"/other_phones/{place - 1}" if place else "/phone"
                details = {"contact_id": owner, "phone": phone}
                wrong = (FieldError(pointer, "taken"),)
                raise Conflict("taken", code="phone_taken", errors=wrong, details=details)

    def _forget(self, contact: Contact) -> None:
        for phone in contact.phones:
            self._owner.pop(phone, None)


class FakeWork:
    """Notes what was sent, as tuples; implements `Work`."""

    def __init__(self) -> None:
        self.sent: list[tuple[Any, ...]] = []

    def prepare_import(self, import_id: str) -> None:
        """Have a file read."""
        self.sent.append(("prepare_import", import_id))

    def import_chunk(self, import_id: str, run: int, lane: int, chunk: int) -> None:
        """Have rows imported."""
        self.sent.append(("import_chunk", import_id, run, lane, chunk))

    def job_step(self, job_id: str, step: int) -> None:
        """Have a job go on."""
        self.sent.append(("job_step", job_id, step))

    def refold(self, contact_id: str) -> None:
        """Have a contact folded."""
        self.sent.append(("refold", contact_id))

    def fold_change(self, record: Any) -> None:
        """Have a record folded."""
        self.sent.append(("fold_change", record))


@dataclass
class FakeCrm:
    """The CRM in memory; implements `CrmPorts`."""

    clock: Clock
    contacts: FakeContacts = field(default_factory=FakeContacts)
    notes: FakeNotes = field(default_factory=FakeNotes)
    tags: FakeTags = field(default_factory=FakeTags)
    fields: FakeFields = field(default_factory=FakeFields)
    work: FakeWork = field(default_factory=FakeWork)
    suppressions: FakeSuppressions = field(default_factory=FakeSuppressions)
    jobs: FakeJobs = field(default_factory=FakeJobs)
    imports: Any = field(default_factory=FakeImports)

    def __post_init__(self) -> None:
        self.import_files: Any = FakeImportFiles(self.clock)
        self.consents: Any = FakeConsents(self)
        self.memories: Any = FakeMemories(self)
        self.timeline: Any = FakeTimeline(self)
        self.collections: Any = FakeCollections(self)
        self.erasures: Any = FakeErasures()
        self.holdings: Any = (RecordsHolding(self),)
        self.counters: Any = FakeCounters()
        self.searches: Any = FakeSearches()
        self.indexes: Any = FakeIndexes(self)
        self.moves: Any = FakeMoves(self)
        self.call_entries: Any = FakeCallEntries(self)


def stored_crm(table: str, clock: Clock) -> Crm:
    """Give the CRM's ports on a table of this name."""
    stored = Crm(SimpleNamespace(settings=SimpleNamespace(crm_table=table), clock=clock))
    stored.suppressions = FakeSuppressions()
    stored.work = FakeWork()
    stored.holdings = (RecordsHolding(stored),)
    return stored


def _place(contact: Contact, by: SortBy) -> str:
    key = {
        SortBy.CREATED_AT: iso(contact.created_at),
        SortBy.UPDATED_AT: iso(contact.updated_at),
        SortBy.LAST_CONTACTED_AT: iso(contact.last_contacted_at) if contact.last_contacted_at else "0",
        SortBy.NAME: fold(contact.name),
    }[by]
    return f"{key}#{contact.id}"
