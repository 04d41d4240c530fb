"""What calls teach of a contact, and what people make of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.jobs import work_off

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.memory import MAX_FACTS, MAX_FROM_CALL, Fact, Written
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.erasing import erase_contact
from chalicelib.crm.services.memory import (
    correct_fact,
    delete_fact,
    known_facts,
    list_facts,
    remember,
    write_fact,
)
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.personal import export_person
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

CALL = "call_" + "1" * 32
LATER_CALL = "call_" + "2" * 32
BEA = Written("Mondays", "Bea")
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(crm):
    """Create a contact."""
    return create_contact(crm, NewContact(name="Ada", phone=E164("+14155552671")))


def _values(crm, contact_id):
    return {memory.key: memory.value for memory in known_facts(crm, contact_id)}


def test_a_call_teaches_facts_once(crm, ada):
    """A fact keeps its call, words and turn; the same again writes nothing."""
    facts = [Fact("Favourite pet", "a dog", "I have a dog", 2)]
    first = remember(crm, ada.id, CALL, facts)
    crm.clock.advance(hours=1)
    assert remember(crm, ada.id, CALL, facts) == []
    assert known_facts(crm, ada.id) == first
    assert (first[0].key, first[0].call_id, first[0].said, first[0].turn) == (
        "favourite_pet",
        CALL,
        "I have a dog",
        2,
    )


def test_the_newest_call_wins_whatever_the_order(crm, ada):
    """A call's facts are replaced by those of a later call, not by those of an earlier one analysed late."""
    now = crm.clock.now()
    remember(crm, ada.id, LATER_CALL, [Fact("day", "Friday")], now)
    assert remember(crm, ada.id, CALL, [Fact("day", "Monday")], now - HOUR) == []
    assert _values(crm, ada.id) == {"day": "Friday"}
    remember(crm, ada.id, CALL, [Fact("day", "Sunday")], now + HOUR)
    assert _values(crm, ada.id) == {"day": "Sunday"}


@pytest.mark.parametrize("how", ["written", "corrected"])
def test_a_person_s_words_are_never_overwritten(crm, ada, how):
    """What somebody wrote or corrected stays, whatever later calls say."""
    if how == "written":
        write_fact(crm, ada.id, "day", BEA)
    else:
        correct_fact(crm, ada.id, remember(crm, ada.id, CALL, [Fact("day", "Friday")])[0].id, BEA)
    assert remember(crm, ada.id, LATER_CALL, [Fact("day", "Sunday")], crm.clock.now() + HOUR) == []
    assert _values(crm, ada.id) == {"day": "Mondays"}


@pytest.mark.parametrize("how", ["learned", "written"])
def test_what_was_deleted_comes_back_only_with_a_later_call(crm, ada, how):
    """Analysing an old call again does not bring a deleted fact back; no word of it is kept."""
    began, facts = crm.clock.now(), [Fact("illness", "diabetes")]
    if how == "learned":
        kept = remember(crm, ada.id, CALL, facts, began)[0]
    else:
        kept = write_fact(crm, ada.id, "illness", Written("diabetes", "Bea"))
    crm.clock.advance(hours=1)
    delete_fact(crm, ada.id, kept.id)
    assert remember(crm, ada.id, CALL, facts, began) == []
    assert known_facts(crm, ada.id) == []
    assert "diabetes" not in str(crm.memories.by_key)
    assert "illness" not in str(crm.memories.by_key)
    remember(crm, ada.id, LATER_CALL, facts, crm.clock.now() + HOUR)
    assert _values(crm, ada.id) == {"illness": "diabetes"}


def test_facts_are_tidied(crm, ada):
    """Values are short and on one line, cards and accounts hidden, empty ones left out, the last counts."""
    facts = [
        Fact("note", "old"),
        Fact("note", "pays\nwith 4111 1111 1111 1111 " + "x" * 500, "DE89 3704 0044 0532 0130 00"),
        Fact("?", "no key"),
        Fact("empty", "  "),
    ]
    kept = remember(crm, ada.id, CALL, facts)
    assert [memory.key for memory in kept] == ["note"]
    assert kept[0].value.startswith("pays with [card] x")
    assert (len(kept[0].value), kept[0].said) == (300, "[account]")


def test_a_call_teaches_a_bounded_number_of_facts(crm, ada):
    """A talkative call cannot fill the memory."""
    facts = [Fact(f"key {number}", "x") for number in range(50)]
    assert len(remember(crm, ada.id, CALL, facts)) == MAX_FROM_CALL


def test_a_full_memory_forgets_the_oldest_that_no_person_wrote(crm, ada):
    """A new fact takes the place of the oldest one of a call; a person is refused instead."""
    write_fact(crm, ada.id, "oldest", BEA)
    for number in range(MAX_FACTS - 1):
        crm.clock.advance(seconds=1)
        remember(crm, ada.id, CALL, [Fact(f"key{number}", "x")])
    with pytest.raises(Conflict) as refused:
        write_fact(crm, ada.id, "one more", BEA)
    assert refused.value.code == "too_many_facts"
    crm.clock.advance(seconds=1)
    remember(crm, ada.id, CALL, [Fact("new", "x")])
    values = _values(crm, ada.id)
    assert len(values) == MAX_FACTS
    assert {"oldest", "new", "key1"} <= values.keys()
    assert "key0" not in values


def test_whoever_changes_a_fact_meanwhile_is_not_overwritten(crm, ada, monkeypatch):
    """A correction that comes between reading and writing stands."""
    learned = remember(crm, ada.id, CALL, [Fact("day", "Friday")])[0]
    put = crm.memories.put

    def correct_first(*arguments):
        monkeypatch.setattr(crm.memories, "put", put)
        correct_fact(crm, ada.id, learned.id, BEA)
        put(*arguments)

    monkeypatch.setattr(crm.memories, "put", correct_first)
    assert remember(crm, ada.id, LATER_CALL, [Fact("day", "Sunday")], crm.clock.now() + HOUR) == []
    assert _values(crm, ada.id) == {"day": "Mondays"}


def test_facts_follow_their_contact_into_a_merge(crm, ada):
    """Both memories become one; of the same key the person's words count, and deleting it deletes both."""
    other = create_contact(crm, NewContact(name="Ada L", phone=E164("+14155552672")))
    now = crm.clock.now()
    correct_fact(crm, other.id, remember(crm, other.id, CALL, [Fact("day", "Friday")], now)[0].id, BEA)
    remember(crm, ada.id, CALL, [Fact("day", "Sunday"), Fact("pet", "a cat")], now + HOUR)
    merge_contact(crm, ada.id, other.id)
    work_off(crm)
    assert _values(crm, other.id) == _values(crm, ada.id) == {"day": "Mondays", "pet": "a cat"}
    assert remember(crm, other.id, LATER_CALL, [Fact("day", "Tuesday")], now + 2 * HOUR) == []
    shown = next(memory for memory in known_facts(crm, ada.id) if memory.key == "day")
    crm.clock.advance(hours=3)
    delete_fact(crm, ada.id, shown.id)
    assert _values(crm, ada.id) == {"pet": "a cat"}
    assert remember(crm, ada.id, CALL, [Fact("day", "Sunday")], now) == []


def test_what_was_forgotten_before_a_merge_stays_forgotten(crm, ada):
    """A deletion in the contact that went is honoured in the one that stayed."""
    other = create_contact(crm, NewContact(name="Ada L", phone=E164("+14155552672")))
    began = crm.clock.now()
    learned = remember(crm, other.id, CALL, [Fact("day", "Friday")], began)[0]
    crm.clock.advance(hours=1)
    delete_fact(crm, other.id, learned.id)
    merge_contact(crm, ada.id, other.id)
    work_off(crm)
    assert remember(crm, ada.id, CALL, [Fact("day", "Friday")], began) == []


def test_facts_are_exported_and_erased(crm, ada):
    """Everything that is kept about a person has the facts; after the erasure nothing is left."""
    remember(crm, ada.id, CALL, [Fact("pet", "a dog")])
    assert "memory" in {trace.section for trace in export_person(crm, ada.id, 50).items}
    erase_contact(crm, ada.id, "asked")
    work_off(crm)
    assert crm.memories.by_key == {}
    with pytest.raises(NotFound):
        remember(crm, ada.id, CALL, [Fact("pet", "a dog")])


def test_facts_go_with_a_deleted_contact(crm, ada):
    """Deleting a contact deletes what was remembered of it."""
    remember(crm, ada.id, CALL, [Fact("pet", "a dog")])
    delete_contact(crm, ada.id)
    assert crm.memories.by_key == {}


def test_a_write_can_be_repeated(crm, ada):
    """The same id gives the fact that is kept; another id for the same key is refused."""
    fact_id = new_id("fact")
    first = write_fact(crm, ada.id, "Day", BEA, fact_id)
    assert write_fact(crm, ada.id, "day", BEA, fact_id) == first
    with pytest.raises(Conflict) as refused:
        write_fact(crm, ada.id, "day", BEA)
    assert refused.value.details == {"fact_id": fact_id}
    with pytest.raises(Invalid):
        write_fact(crm, ada.id, "other", Written("  ", "Bea"))


def test_pages_give_every_fact_once(crm, ada):
    """The last page has no next."""
    for key in "abcde":
        crm.clock.advance(seconds=1)
        write_fact(crm, ada.id, key, BEA)
    first = list_facts(crm, ada.id, 3)
    rest = list_facts(crm, ada.id, 3, first.next_start)
    assert [each.key for each in (*first.items, *rest.items)] == list("edcba")
    assert rest.next_start is None


@pytest.mark.parametrize("value", ["4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00."])
def test_a_fact_that_is_only_a_card_or_an_account_is_refused(crm, ada, value):
    """Nothing would be left of it; among other words it is hidden."""
    with pytest.raises(Invalid) as refused:
        write_fact(crm, ada.id, "card", Written(value, "Bea"))
    assert refused.value.code == "bad_fact"
    assert write_fact(crm, ada.id, "card", Written(f"pays by {value}", "Bea")).value.startswith("pays by [")
