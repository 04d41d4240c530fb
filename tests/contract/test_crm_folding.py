"""One suite for what search and counters hold: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.crm import stored_crm

from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.domain.contacts import ContactChanges, NewContact, Parting, Tombstone
from chalicelib.crm.domain.counting import AFTER_ALL, BEFORE_ALL, Tally
from chalicelib.crm.domain.folding import NOTHING, Facts, Index, Moves, next_move
from chalicelib.crm.domain.search import SearchEntry
from chalicelib.crm.domain.timeline import CallEntry, EntryKind
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.crm.services.folding import fold_contact, fold_contacts
from chalicelib.crm.services.timeline import list_timeline
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

PHONE = E164("+14155552671")
ADA = NewContact(name="Ada Lovelace", phone=PHONE, email="ada@example.com", company="Engines & Söhne")
REFUSAL = NewConsent(
    kind=ConsentKind.MARKETING_CALLS, answer=ConsentAnswer.REVOKED, source=ConsentSource.PAPER
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


def _counts(ports):
    return {
        name: tally.amount
        for name, tally in ports.counters.read(BEFORE_ALL, AFTER_ALL).items()
        if tally.amount
    }


def _entered(ports, prefix):
    return [entry.phrase for entry in ports.searches.entries(prefix, None, 100)]


def _bury(ports, contact):
    ports.contacts.remove(contact, Tombstone(contact.id, Parting.DELETED, contact.updated_at))


def _id(number):
    return f"contact_{number:032x}"


def _move(contact_id, *counted, version=0):
    move = next_move(Index(contact_id, version=version), Facts(("ada king",), frozenset(counted)))
    assert move is not None
    return move


def test_a_contact_is_read_with_its_consents_and_index(ports):
    """All of it in one look; what was never folded has an empty index."""
    ada = create_contact(ports, ADA)
    record_consent(ports, ada.id, REFUSAL, "tests")
    consents = tuple(ports.consents.all(ada.id))
    kept = ports.indexes.read(ada.id)
    assert len(consents) == 1
    assert (kept.found, kept.consents, kept.index) == (ada, consents, Index(ada.id))
    fold_contact(ports, ada.id)
    assert ports.indexes.read(ada.id).index.version == 1
    _bury(ports, ada)
    assert isinstance(ports.indexes.read(ada.id).found, Tombstone)
    assert ports.indexes.read(new_id("contact")).found is None


def test_a_folded_contact_is_found_and_counted(ports):
    """Under each suffix of its texts, and by everything that contacts have in common."""
    ada = create_contact(ports, ADA)
    record_consent(ports, ada.id, REFUSAL, "tests")
    fold_contacts(ports, [ada.id])
    assert _entered(ports, "lo") == ["lovelace"]
    assert _entered(ports, "ad") == ["ada example com", "ada lovelace"]
    assert _entered(ports, "so") == ["sohne"]
    assert _entered(ports, "41") == ["4155552671"]
    assert _entered(ports, "com") == []
    assert _counts(ports) == {
        "added#2026-03-03": 1,
        "consent#marketing_calls#revoked": 1,
        "source#api": 1,
        "status#lead": 1,
        "total#contacts": 1,
        "zones#America/Los_Angeles": 1,
    }


def test_folding_again_writes_nothing(ports):
    """The index says what is counted already."""
    ada = create_contact(ports, ADA)
    for _ in range(3):
        fold_contacts(ports, [ada.id, ada.id])
    assert ports.counters.read("total", AFTER_ALL)["total#contacts"] == Tally(1, 1)
    assert ports.indexes.read(ada.id).index.version == 1


def test_a_contact_that_is_gone_leaves_only_an_empty_index(ports):
    """No words, no counts; but a late writer does not take it for a new contact."""
    ada = create_contact(ports, ADA)
    fold_contact(ports, ada.id)
    _bury(ports, ada)
    fold_contact(ports, ada.id)
    assert (_counts(ports), _entered(ports, "lo")) == ({}, [])
    assert ports.indexes.read(ada.id).index == Index(ada.id, NOTHING, 2)
    assert ports.indexes.page(10, None).items == []


def test_what_was_read_too_early_is_not_written(ports):
    """A move of an index that has moved since is refused, with all that stood beside it."""
    ada = create_contact(ports, ADA)
    stale = _move(ada.id, "total#contacts")
    fold_contact(ports, ada.id)
    before = _counts(ports)
    other = _move(_id(1), "total#contacts")
    with pytest.raises(Conflict) as refusal:
        ports.indexes.apply(Moves([other, stale]))
    assert refusal.value.code == "index_moved"
    assert (_counts(ports), ports.indexes.read(_id(1)).index.version) == (before, 0)
    assert _entered(ports, "king") == []


def test_who_creates_an_index_twice_is_refused(ports):
    """Also the index of a contact that has come and gone meanwhile."""
    ada = create_contact(ports, ADA)
    stale = _move(ada.id, "total#contacts")
    fold_contact(ports, ada.id)
    _bury(ports, ada)
    fold_contact(ports, ada.id)
    with pytest.raises(Conflict):
        ports.indexes.apply(Moves([stale]))
    assert _counts(ports) == {}


def test_moves_of_one_transaction_are_summed(ports):
    """What cancels out is not written at all."""
    first, second = _move(_id(1), "total#contacts", "tag#a"), _move(_id(2), "total#contacts")
    ports.indexes.apply(Moves([first, second]))
    back = next_move(ports.indexes.read(_id(1)).index, replace(first.after, counted=frozenset({"tag#b"})))
    third = _move(_id(3), "total#contacts")
    ports.indexes.apply(Moves([back, third]))
    assert ports.counters.read(BEFORE_ALL, AFTER_ALL) == {
        "tag#a": Tally(0, 2),
        "tag#b": Tally(1, 1),
        "total#contacts": Tally(2, 1),
    }


def test_a_change_moves_words_and_counts(ports):
    """What is no longer true goes, what stays is not touched, and every entry knows all texts."""
    ada = create_contact(ports, ADA)
    fold_contact(ports, ada.id)
    change_contact(ports, ada.id, ContactChanges(name="Ada King", source="web_form"))
    fold_contacts(ports, [ada.id])
    assert _entered(ports, "lo") == []
    (entry,) = ports.searches.entries("engines", None, 10)
    assert "ada king" in entry.texts
    assert ports.counters.read("total", AFTER_ALL)["total#contacts"] == Tally(1, 1)
    assert {name for name in _counts(ports) if name.startswith("source")} == {"source#web_form"}


def test_many_contacts_are_folded_together(ports):
    """In transactions of a hundred rows at most."""
    contacts = [
        create_contact(ports, NewContact(name=f"Ada {number}", phone=E164(f"+1415555{2000 + number}")))
        for number in range(60)
    ]
    fold_contacts(ports, [contact.id for contact in contacts])
    tally = ports.counters.read("total", AFTER_ALL)["total#contacts"]
    assert (tally.amount, tally.writes) == (60, 4)
    assert len(ports.searches.entries("ada", None, 100)) == 60


def test_a_great_change_is_folded_step_by_step(ports):
    """More words and tags than one transaction has room for, and all of them arrive; then all of them go."""
    words = " ".join(f"word{number:02}" for number in range(20))
    ada = replace(
        create_contact(ports, ADA),
        name=words,
        company=words.replace("word", "firm"),
        other_phones=tuple(E164(f"+1415556{2000 + number}") for number in range(9)),
        tags=tuple(f"tag_{number:02}" for number in range(30)),
        version=2,
    )
    ports.contacts.save(ada, ports.contacts.get(ada.id))
    fold_contacts(ports, [ada.id])
    assert len([name for name in _counts(ports) if name.startswith("tag#")]) == 30
    other = replace(
        ada,
        name=words.replace("word", "name"),
        company=words.replace("word", "club"),
        other_phones=(),
        tags=tuple(f"tag_{number:02}" for number in range(30, 60)),
        version=3,
    )
    ports.contacts.save(other, ada)
    fold_contacts(ports, [ada.id])
    assert {name for name in _counts(ports) if name.startswith("tag#")} == {
        f"tag#tag_{number:02}" for number in range(30, 60)
    }
    assert (len(_entered(ports, "club")), _entered(ports, "firm"), _entered(ports, "word")) == (10, [], [])
    _bury(ports, other)
    fold_contact(ports, ada.id)
    assert _counts(ports) == {}


def test_entries_are_given_in_order_from_behind_a_key(ports):
    """By phrase, then by contact; the next page goes on behind the last key of the one before."""
    for number in range(7):
        ports.indexes.apply(Moves([_move(_id(number))]))
    first = ports.searches.entries("ada", None, 4)
    rest = ports.searches.entries("ada", first[-1].key, 4)
    assert first + rest == [SearchEntry("ada king", _id(number), ("ada king",)) for number in range(7)]
    assert ports.searches.entries("adb", None, 4) == []


def test_indexes_are_listed_by_page(ports):
    """Each once, whatever their shards."""
    for number in range(7):
        ports.indexes.apply(Moves([_move(_id(number), "total#contacts")]))
    first = ports.indexes.page(4, None)
    second = ports.indexes.page(4, first.next_start)
    assert [index.contact_id for index in [*first.items, *second.items]] == [
        _id(number) for number in range(7)
    ]
    assert first.items[0].facts == Facts(("ada king",), frozenset({"total#contacts"}))
    assert second.next_start is None


def test_counters_are_read_in_stretches(ports):
    """From the first to the last, both included; adjusting adds."""
    ports.counters.adjust({"added#2026-03-01": 1, "added#2026-03-02": 2, "tag#a": 3})
    ports.counters.adjust({"tag#a": -1})
    assert ports.counters.read("added#2026-03-02", "tag#a") == {
        "added#2026-03-02": Tally(2, 1),
        "tag#a": Tally(2, 2),
    }


def test_a_call_stands_in_the_timeline_once(ports, clock):
    """Put again it is the same entry, and removed it is gone, also twice."""
    ada = create_contact(ports, ADA)
    entry = CallEntry(new_id("call"), ada.id, clock.now(), "outbound", "+14…71", "completed", "x", 42)
    for _ in range(2):
        ports.call_entries.put(entry)
    (shown,) = list_timeline(ports, ada.id, EntryKind.CALL, 10).items
    assert shown.call == entry
    for _ in range(2):
        ports.call_entries.remove(entry)
    assert list_timeline(ports, ada.id, None, 10).items == []
