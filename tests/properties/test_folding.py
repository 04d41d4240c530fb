"""However changes are repeated, lost for a while, reordered and killed, counters equal a recount (I7)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import FakeCrm
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import (
    Contact,
    ContactChanges,
    NewContact,
    Parting,
    Tombstone,
    next_version,
)
from chalicelib.crm.domain.counting import AFTER_ALL, BEFORE_ALL
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.search import phrases_of, texts_of
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.crm.services.folding import fold_contact, fold_contacts, wanted_facts
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from chalicelib.crm.domain.folding import Moves

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
PHONES = [E164(f"+1415555267{number}") for number in range(4)]
NAMES = ["Ada Lovelace", "Ada King", "Łukasz", "Grace Brewster Murray Hopper"]
PEOPLE = st.integers(0, 3)


@dataclass
class World:
    """Four people at most, and the records of their stream that nobody has folded yet."""

    crm: FakeCrm = field(default_factory=lambda: FakeCrm(FixedClock(NOW)))
    fuse: Fuse = field(default_factory=Fuse)
    waiting: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.indexes = self.crm.indexes
        self.crm.indexes = Perilous(self.indexes, self.fuse)

    def person(self, number: int) -> Contact | None:
        """Give who has a number."""
        return self.crm.contacts.find_by_phone(PHONES[number])

    def wrote(self, contact_id: str) -> None:
        """Let the stream tell of a contact."""
        self.waiting.append(contact_id)

    def add(self, number: int) -> None:
        """Create somebody, unless the number is taken."""
        if self.person(number) is None:
            new = NewContact(NAMES[number], PHONES[number], company="Engines", email=f"p{number}@example.com")
            self.wrote(create_contact(self.crm, new).id)

    def change(self, number: int, status: ContactStatus) -> None:
        """Give somebody the next name, and a status."""
        if found := self.person(number):
            name = NAMES[(NAMES.index(found.name) + 1) % len(NAMES)]
            self.wrote(change_contact(self.crm, found.id, ContactChanges(name=name, status=status)).id)

    def consent(self, number: int) -> None:
        """Let somebody refuse text messages."""
        if found := self.person(number):
            given = ConsentAnswer.REVOKED
            new = NewConsent(kind=ConsentKind.SMS, answer=given, source=ConsentSource.SMS)
            record_consent(self.crm, found.id, new, "tests")
            self.wrote(found.id)

    def suppress(self, number: int) -> None:
        """Suppress a number, whoever has it."""
        self.crm.suppressions.suppress([PHONES[number]], "x")
        if found := self.person(number):
            self.wrote(found.id)

    def remove(self, number: int) -> None:
        """Delete somebody."""
        if found := self.person(number):
            self.crm.contacts.remove(found, Tombstone(found.id, Parting.DELETED, NOW))
            self.wrote(found.id)

    def merge(self, number: int) -> None:
        """Merge the next person into this one."""
        winner, loser = self.person(number), self.person((number + 1) % 4)
        if winner and loser and winner.id != loser.id:
            self.crm.contacts.remove(loser, Tombstone(loser.id, Parting.MERGED, NOW, merged_into=winner.id))
            after = replace(winner, other_phones=(*winner.other_phones, *loser.phones))
            self.crm.contacts.save(next_version(after, NOW), winner)
            self.waiting += [winner.id, loser.id]

    def fold(self, ids: list[str]) -> bool:
        """Fold a batch; False when the worker died, and the batch comes again."""
        try:
            fold_contacts(self.crm, ids)
        except (Killed, Unavailable):
            return False
        return True

    def settle(self) -> None:
        """Let everything that waits be folded, whatever happens to the workers."""
        while not self.fold(list(self.waiting)):
            pass
        self.waiting.clear()

    def judge(self) -> None:
        """Compare counters and entries with all people, counted from nothing."""
        people = {found.id: found for number in range(4) if (found := self.person(number))}
        counted: Counter[str] = Counter()
        entries = set()
        for found in people.values():
            counted.update(wanted_facts(self.crm, self.indexes.read(found.id)).counted)
            entries |= {f"{phrase}#{found.id}" for phrase in phrases_of(texts_of(found))}
        tallies = self.crm.counters.read(BEFORE_ALL, AFTER_ALL)
        assert {name: tally.amount for name, tally in tallies.items() if tally.amount} == dict(counted)
        assert set(self.crm.searches.by_key) == entries


acts = st.one_of(
    st.tuples(st.sampled_from(["add", "consent", "suppress", "remove", "merge"]), PEOPLE),
    st.tuples(st.just("change"), PEOPLE, st.sampled_from(ContactStatus)),
    st.tuples(st.just("fold"), st.lists(st.integers(0, 50), max_size=6)),
    st.tuples(st.just("again"), st.lists(st.integers(0, 50), max_size=6)),
    st.tuples(st.just("break"), st.integers(1, 12)),
)


@given(st.lists(acts, max_size=30))
def test_counters_equal_a_recount(script):
    """Any history of people, folded in any order, twice, late, and by workers that die on the way."""
    world, told = World(), []
    for act, *arguments in script:
        match act:
            case "fold":
                chosen = [
                    world.waiting.pop(place % len(world.waiting)) for place in arguments[0] if world.waiting
                ]
                told += chosen
                if not world.fold(chosen):
                    world.waiting += chosen
            case "again":
                world.fold([told[place % len(told)] for place in arguments[0] if told])
            case "break":
                world.fuse.length, world.fuse.burnt = arguments[0], 0
            case _:
                getattr(world, act)(*arguments)
    world.settle()
    world.judge()


@pytest.mark.parametrize("step", range(1, 60))
def test_a_worker_may_die_at_every_step(step):
    """Before and after each use of the indexes, in a batch of everything that can happen."""
    world = World(fuse=Fuse(step))
    for number in range(4):
        world.add(number)
    world.fold(list(world.waiting))
    world.change(0, ContactStatus.DO_NOT_CONTACT)
    world.consent(1)
    world.merge(1)
    world.remove(3)
    world.settle()
    world.judge()


class _Meddling:
    """Indexes of which one is moved by somebody else between reading and writing it."""

    def __init__(self, world: World, meddle) -> None:
        self._world = world
        self._meddle = meddle

    def __getattr__(self, name):
        return getattr(self._world.indexes, name)

    def apply(self, moves: Moves) -> None:
        meddle, self._meddle = self._meddle, None
        if meddle:
            meddle()
        self._world.indexes.apply(moves)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("act", ["remove", "merge", "consent", "suppress"])
def test_two_workers_on_one_contact(act, together):
    """Who read first and writes last writes nothing of the old state."""
    world = World()
    for number in range(3):
        world.add(number)
    crm = world.crm
    if not together:
        fold_contacts(crm, [world.waiting[0], world.waiting[2]])

    def meddle():
        crm.indexes = world.indexes
        getattr(world, act)(1)
        fold_contacts(crm, world.waiting[3:])

    crm.indexes = _Meddling(world, meddle)
    if together:
        fold_contacts(crm, world.waiting[:3])
    else:
        fold_contact(crm, world.waiting[1])
    world.judge()


@pytest.mark.parametrize("together", [True, False])
def test_a_change_that_is_taken_back_while_it_is_folded(together):
    """Whoever folds the second change finds nothing to do, and the first must not stand."""
    world = World()
    world.add(0)
    world.settle()
    crm, contact = world.crm, world.person(0)
    change_contact(crm, contact.id, ContactChanges(status=ContactStatus.CUSTOMER))

    def meddle():
        crm.indexes = world.indexes
        change_contact(crm, contact.id, ContactChanges(status=contact.status))
        fold_contacts(crm, [contact.id])

    crm.indexes = _Meddling(world, meddle)
    if together:
        fold_contacts(crm, [contact.id])
    else:
        fold_contact(crm, contact.id)
    world.judge()
