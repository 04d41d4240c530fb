"""What search and counters hold of each contact, and the moves that bring them to what is true."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.crm.domain.consents import current_answers
from chalicelib.crm.domain.contacts import Contact
from chalicelib.crm.domain.counting import counted_of
from chalicelib.crm.domain.search import SearchEntry, phrases_of, texts_of
from chalicelib.crm.domain.throwaway import is_throw_away

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.crm.domain.consents import Consent
    from chalicelib.crm.domain.contacts import Tombstone

# As many rows as one transaction may write (Amazon DynamoDB Developer Guide, "Transactions").
MAX_ROWS = 100


@dataclass(frozen=True)
class Facts:
    """What search and counters shall hold of a contact: what it is found by, and which counters count it."""

    texts: tuple[str, ...] = ()
    counted: frozenset[str] = frozenset()


NOTHING = Facts()


@dataclass(frozen=True)
class Index:
    """What search and counters do hold of a contact; version 0: nothing was ever written of it."""

    contact_id: str
    facts: Facts = NOTHING
    version: int = 0


@dataclass(frozen=True)
class Kept:
    """A contact, or what is left of it, with its consents, and what search and counters hold of it."""

    found: Contact | Tombstone | None
    consents: tuple[Consent, ...]
    index: Index


@dataclass(frozen=True)
class Move:
    """One step of an index from `before` to `after`: written as a whole or not at all."""

    before: Index
    after: Facts
    entered: tuple[SearchEntry, ...] = ()
    left: tuple[SearchEntry, ...] = ()

    @property
    def contact_id(self) -> str:
        """Give whose index moves."""
        return self.before.contact_id

    @property
    def deltas(self) -> Counter[str]:
        """Give what is added to the counters."""
        more = Counter(self.after.counted)
        more.subtract(self.before.facts.counted)
        return Counter({name: delta for name, delta in more.items() if delta})


@dataclass
class Moves:
    """Moves that one transaction can write."""

    all: list[Move] = field(default_factory=list)

    @property
    def deltas(self) -> dict[str, int]:
        """Give what all of them add to the counters."""
        total: Counter[str] = Counter()
        for move in self.all:
            total.update(move.deltas)
        return {name: delta for name, delta in sorted(total.items()) if delta}

    def has_room(self, move: Move) -> bool:
        """Tell whether a transaction can write this one, too."""
        names = {name for each in [*self.all, move] for name in each.deltas}
        return len(names) + sum(map(_rows, [*self.all, move])) <= MAX_ROWS


def facts_of(kept: Kept, *, suppressed: bool) -> Facts:
    """Give what is true of a contact: nothing, when it is gone, or was made to try something out."""
    if not isinstance(kept.found, Contact) or is_throw_away(kept.found.id):
        return NOTHING
    answers = current_answers(kept.consents)
    return Facts(texts_of(kept.found), counted_of(kept.found, answers, suppressed=suppressed))


def next_move(index: Index, wanted: Facts) -> Move | None:
    """Give the next step from what an index holds to what is wanted; None at the goal.

    More counters than a transaction has room for are moved by further steps.
    """
    if index.facts == wanted:
        return None
    old, new = (_entries(index.contact_id, texts) for texts in (index.facts.texts, wanted.texts))
    # An entry carries all texts of its contact: when one is new, all entries are.
    entered = tuple(new.values()) if wanted.texts != index.facts.texts else ()
    left = tuple(entry for phrase, entry in old.items() if phrase not in new)
    room = MAX_ROWS - 1 - len(entered) - len(left)
    changed = sorted(index.facts.counted ^ wanted.counted)[:room]
    after = Facts(wanted.texts, index.facts.counted ^ frozenset(changed))
    return Move(index, after, entered, left)


def grouped(moves: Iterable[Move]) -> Iterator[Moves]:
    """Put moves of different contacts together, as many as one transaction can write."""
    group = Moves()
    for move in moves:
        if group.all and not group.has_room(move):
            yield group
            group = Moves()
        group.all.append(move)
    if group.all:
        yield group


def _rows(move: Move) -> int:
    """Count the rows that a move writes besides counters: its index and its entries."""
    return 1 + len(move.entered) + len(move.left)


def _entries(contact_id: str, texts: tuple[str, ...]) -> dict[str, SearchEntry]:
    return {phrase: SearchEntry(phrase, contact_id, texts) for phrase in phrases_of(texts)}
