"""What is kept beside a contact, in memory: notes, consents, the timeline; and suppressed numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.personal import Trace
from chalicelib.crm.domain.timeline import (
    BookingEntry,
    CallEntry,
    EntryKind,
    MessageEntry,
    TimelineEntry,
    ToldEntry,
)
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fakes.crm import FakeCrm

    from chalicelib.crm.domain.consents import Consent
    from chalicelib.crm.domain.listing import Span
    from chalicelib.crm.domain.memory import Memory
    from chalicelib.crm.domain.notes import Note, NoteFilter
    from chalicelib.crm.domain.personal import Erasure
    from chalicelib.kernel.phones import E164


class FakeNotes:
    """Notes in a dict; implements `Notes`."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], Note] = {}

    def add(self, note: Note) -> Note:
        """Keep a note once."""
        return self.by_key.setdefault((note.contact_id, note.id), note)

    def get(self, contact_id: str, note_id: str) -> Note | None:
        """Give a note."""
        return self.by_key.get((contact_id, note_id))

    def save(self, note: Note) -> None:
        """Replace the version below."""
        self._at_version(note, note.version - 1)
        self.by_key[note.contact_id, note.id] = note

    def remove(self, note: Note) -> None:
        """Forget a note."""
        self._at_version(note, note.version)
        del self.by_key[note.contact_id, note.id]

    def page(self, contact_id: str, wanted: NoteFilter, page_size: int, start: str | None) -> Page[Note]:
        """Give the newest notes first."""
        mine = [note for (owner, _), note in self.by_key.items() if owner == contact_id]
        mine.sort(key=lambda note: note.id, reverse=True)
        mine = [note for note in mine if wanted.matches(note) and (start is None or note.id < start)]
        return Page(mine[:page_size], mine[page_size - 1].id if len(mine) > page_size else None)

    def tasks(self, due: Span, page_size: int, start: str | None) -> Page[Note]:
        """Give open tasks, the soonest first."""
        waiting = [note for note in self.by_key.values() if note.is_waiting and due.holds(note.due_at)]
        if due.is_open:
            waiting = [note for note in self.by_key.values() if note.is_waiting]
        places = sorted((f"{iso(note.due_at)}#{note.id}", note) for note in waiting if note.due_at)
        places = [pair for pair in places if start is None or pair[0] > start]
        more = places[page_size - 1][0] if len(places) > page_size else None
        return Page([note for _, note in places[:page_size]], more)

    def _at_version(self, note: Note, version: int) -> None:
        stored = self.by_key.get((note.contact_id, note.id))
        if stored is None or stored.version != version:
            raise Conflict("changed", code="version_changed")


@dataclass
class FakeConsents:
    """Consents in a dict; implements `Consents`."""

    crm: FakeCrm
    by_key: dict[tuple[str, str], Consent] = field(default_factory=dict)

    def add(self, consent: Consent) -> Consent:
        """Keep a consent once, of a contact that is there."""
        key = consent.contact_id, consent.id
        if key not in self.by_key and not isinstance(self.crm.contacts.get(consent.contact_id), Contact):
            raise Conflict("gone", code="contact_changed")
        return self.by_key.setdefault(key, consent)

    def get(self, contact_id: str, consent_id: str) -> Consent | None:
        """Give a consent."""
        return self.by_key.get((contact_id, consent_id))

    def all(self, contact_id: str) -> list[Consent]:
        """Give the one recorded last first."""
        mine = [consent for (owner, _), consent in self.by_key.items() if owner == contact_id]
        return sorted(mine, key=lambda consent: consent.id, reverse=True)


@dataclass
class FakeMemories:
    """Facts in a dict; implements `Memories`."""

    crm: FakeCrm
    by_key: dict[tuple[str, str], Memory] = field(default_factory=dict)

    def all(self, contact_id: str) -> list[Memory]:
        """Give everything."""
        return [memory for (owner, _), memory in self.by_key.items() if owner == contact_id]

    def put(self, memory: Memory, gone: Sequence[Memory] = ()) -> None:
        """Keep one and forget others, all or nothing."""
        if not isinstance(self.crm.contacts.get(memory.contact_id), Contact):
            raise Conflict("gone", code="contact_changed")
        kept = self.by_key.get((memory.contact_id, memory.id))
        stale = any(self.by_key.get((each.contact_id, each.id)) != each for each in gone)
        if stale or (kept.version if kept else 0) != memory.version - 1:
            raise Conflict("changed", code="version_changed")
        self.by_key[memory.contact_id, memory.id] = memory
        for each in gone:
            del self.by_key[each.contact_id, each.id]


@dataclass
class FakeTimeline:
    """The timeline out of what the other fakes hold; implements `Timeline`."""

    crm: FakeCrm
    calls: dict[tuple[str, str], ToldEntry] = field(default_factory=dict)

    def page(
        self, contact_id: str, kind: EntryKind | None, page_size: int, start: str | None
    ) -> Page[TimelineEntry]:
        """Sort everything, and cut the page out."""
        entries = [entry for entry in self._entries(contact_id) if kind in (None, entry.kind)]
        places = sorted(((f"{iso(entry.at)}#{entry.id}", entry) for entry in entries), reverse=True, key=str)
        places = [pair for pair in places if start is None or pair[0] < start]
        more = places[page_size - 1][0] if len(places) > page_size else None
        return Page([entry for _, entry in places[:page_size]], more)

    def _entries(self, contact_id: str) -> list[TimelineEntry]:
        notes = [note for (owner, _), note in self.crm.notes.by_key.items() if owner == contact_id]
        mine = [entry for (owner, _), entry in self.calls.items() if owner == contact_id]
        calls = [entry for entry in mine if isinstance(entry, CallEntry)]
        messages = [entry for entry in mine if isinstance(entry, MessageEntry)]
        bookings = [entry for entry in mine if isinstance(entry, BookingEntry)]
        return [
            *(TimelineEntry(note.id, EntryKind.NOTE, note.created_at, note=note) for note in notes),
            *(
                TimelineEntry(consent.id, EntryKind.CONSENT, consent.at, consent=consent)
                for consent in self.crm.consents.all(contact_id)
            ),
            *(TimelineEntry(call.id, EntryKind.CALL, call.at, call=call) for call in calls),
            *(TimelineEntry(each.id, EntryKind.MESSAGE, each.at, message=each) for each in messages),
            *(TimelineEntry(each.id, EntryKind.BOOKING, each.at, booking=each) for each in bookings),
        ]


@dataclass
class FakeCollections:
    """The rows of a contact out of what the other fakes hold; implements `Collections`."""

    crm: FakeCrm
    expiring: dict[str, datetime] = field(default_factory=dict)

    def rows(self, contact_id: str, page_size: int, start: str | None) -> Page[Trace]:
        """Give the head and everything beside it."""
        head = self.crm.contacts.get(contact_id)
        found = [Trace("contact", vars(head))] if isinstance(head, Contact) else []
        found += [
            Trace(books[0], vars(row))
            for books in self._books()
            for key, row in books[1].items()
            if key[0] == contact_id
        ]
        first = int(start or 0)
        more = str(first + page_size) if len(found) > first + page_size else None
        return Page(found[first : first + page_size], more)

    def clear(self, contact_id: str, *, spare_consents: bool = False) -> bool:
        """Delete 25 rows."""
        keys = [
            (book, key)
            for name, book in self._books()
            if not (spare_consents and name == "consent")
            for key in book
            if key[0] == contact_id
        ]
        for book, key in keys[:25]:
            book.pop(key, None)
        return len(keys) > 25

    def expire_consents(self, contact_id: str, at: datetime) -> None:
        """Note when they go."""
        for owner, consent_id in self.crm.consents.by_key:
            if owner == contact_id:
                self.expiring[consent_id] = at

    def _books(self) -> list[tuple[str, dict[Any, Any]]]:
        return [
            ("note", self.crm.notes.by_key),
            ("consent", self.crm.consents.by_key),
            ("memory", self.crm.memories.by_key),
            ("call_entry", self.crm.timeline.calls),
        ]


class FakeErasures:
    """Erasures in a dict; implements `Erasures`."""

    def __init__(self) -> None:
        self.by_contact: dict[str, Erasure] = {}

    def put(self, erasure: Erasure) -> None:
        """Keep one."""
        self.by_contact[erasure.contact_id] = erasure

    def get(self, contact_id: str) -> Erasure | None:
        """Give one."""
        return self.by_contact.get(contact_id)

    def remove(self, contact_id: str) -> None:
        """Forget one."""
        self.by_contact.pop(contact_id, None)


@dataclass
class FakeSuppressions:
    """Suppressed numbers with the reason; implements `Suppressions`."""

    reasons: dict[E164, str] = field(default_factory=dict)
    sources: dict[E164, str] = field(default_factory=dict)

    def suppress(self, phones: Sequence[E164], reason: str, source: str = "operator") -> None:
        """Keep numbers; the first reason stands."""
        self.reasons = dict.fromkeys(phones, reason) | self.reasons
        self.sources = dict.fromkeys(phones, source) | self.sources

    def is_suppressed(self, phone: E164) -> bool:
        """Tell whether a number is kept."""
        return phone in self.reasons
