"""What search and counters hold, in memory; a move is all or nothing, as in a transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING

from chalicelib.crm.domain.counting import Tally
from chalicelib.crm.domain.folding import NOTHING, Index, Kept
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fakes.crm import FakeCrm

    from chalicelib.crm.domain.folding import Moves
    from chalicelib.crm.domain.search import SearchEntry
    from chalicelib.crm.domain.timeline import CallEntry


@dataclass
class FakeCounters:
    """Counters in a dict; implements `Counters`."""

    by_name: dict[str, Tally] = field(default_factory=dict)

    def read(self, first: str, last: str) -> dict[str, Tally]:
        """Give a stretch of them."""
        return {name: tally for name, tally in sorted(self.by_name.items()) if first <= name <= last}

    def adjust(self, deltas: Mapping[str, int]) -> None:
        """Add."""
        for name, delta in deltas.items():
            self.by_name[name] = self.by_name.get(name, Tally()) + Tally(delta, 1)


@dataclass
class FakeSearches:
    """Entries in a dict; implements `Searches`. `examined` counts what was read."""

    by_key: dict[str, SearchEntry] = field(default_factory=dict)
    examined: int = 0

    def entries(self, prefix: str, after: str | None, limit: int) -> list[SearchEntry]:
        """Give entries behind a key."""
        keys = sorted(key for key in self.by_key if key.startswith(prefix) and key > (after or ""))[:limit]
        self.examined += len(keys)
        return [self.by_key[key] for key in keys]


@dataclass
class FakeIndexes:
    """Indexes in a dict, beside the contacts and consents of the other fakes; implements `Indexes`."""

    crm: FakeCrm
    by_id: dict[str, Index] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def read(self, contact_id: str) -> Kept:
        """Give everything about a contact, the index first."""
        index = self.by_id.get(contact_id, Index(contact_id))
        consents = tuple(self.crm.consents.all(contact_id))
        return Kept(self.crm.contacts.get(contact_id), consents, index)

    def apply(self, moves: Moves) -> None:
        """Move all, or none; a transaction has a hundred rows at most, each once."""
        entries = [entry.key for move in moves.all for entry in (*move.entered, *move.left)]
        rows = [*(move.contact_id for move in moves.all), *entries, *moves.deltas]
        assert len(rows) == len(set(rows)) <= 100
        with self.lock:
            if any(
                self.by_id.get(move.contact_id, Index("")).version != move.before.version
                for move in moves.all
            ):
                raise Conflict("moved", code="index_moved")
            for move in moves.all:
                self.by_id[move.contact_id] = Index(move.contact_id, move.after, move.before.version + 1)
                for entry in move.left:
                    self.crm.searches.by_key.pop(entry.key, None)
                self.crm.searches.by_key |= {entry.key: entry for entry in move.entered}
            self.crm.counters.adjust(moves.deltas)

    def page(self, page_size: int, start: str | None) -> Page[Index]:
        """Give those that hold something."""
        ids = sorted(
            each for each, index in self.by_id.items() if index.facts != NOTHING and each > (start or "")
        )
        more = ids[page_size - 1] if len(ids) > page_size else None
        return Page([self.by_id[each] for each in ids[:page_size]], more)


@dataclass
class FakeCallEntries:
    """Calls in the dict that the fake timeline shows; implements `CallEntries`. `puts` counts writes."""

    crm: FakeCrm
    puts: int = 0

    def put(self, entry: CallEntry) -> None:
        """Keep a call."""
        self.puts += 1
        self.crm.timeline.calls[entry.contact_id, entry.id] = entry

    def remove(self, entry: CallEntry) -> None:
        """Forget a call."""
        self.crm.timeline.calls.pop((entry.contact_id, entry.id), None)
