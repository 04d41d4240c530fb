"""One suite for what calls taught of contacts: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.crm import stored_crm

from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.domain.memory import Fact, Written
from chalicelib.crm.services.contacts import create_contact, delete_contact
from chalicelib.crm.services.memory import correct_fact, delete_fact, known_facts, remember, write_fact
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.phones import E164

CALL = "call_" + "1" * 32


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


@pytest.fixture
def ada(ports):
    """Create a contact."""
    return create_contact(ports, NewContact(name="Ada", phone=E164("+14155552671")))


def test_facts_are_kept_as_they_are(ports, ada):
    """Every field survives, also those that a call or a person leaves empty."""
    learned = remember(ports, ada.id, CALL, [Fact("pet", "a dog", "my dog", 0)])
    written = write_fact(ports, ada.id, "day", Written("Mondays", "Bea"))
    kept = {memory.id: memory for memory in ports.memories.all(ada.id)}
    assert kept == {learned[0].id: learned[0], written.id: written}


def test_a_change_needs_the_version_below(ports, ada):
    """A fact that changed meanwhile is not overwritten, nor is a new one's id."""
    learned = remember(ports, ada.id, CALL, [Fact("pet", "a dog")])[0]
    corrected = correct_fact(ports, ada.id, learned.id, Written("a cat", "Bea"))
    for stale in (learned, replace(corrected, version=2), replace(corrected, version=4)):
        with pytest.raises(Conflict) as refused:
            ports.memories.put(stale)
        assert refused.value.code == "version_changed"
    assert ports.memories.all(ada.id) == [corrected]


def test_replacing_is_all_or_nothing(ports, ada):
    """When one of those to forget has changed, nothing is written."""
    learned = remember(ports, ada.id, CALL, [Fact("pet", "a dog")])[0]
    new = replace(learned, id="fact_" + "a" * 32)
    with pytest.raises(Conflict):
        ports.memories.put(new, [replace(learned, version=9)])
    assert ports.memories.all(ada.id) == [learned]
    ports.memories.put(new, [learned])
    assert ports.memories.all(ada.id) == [new]


def test_nothing_is_kept_of_a_contact_that_is_gone(ports, ada):
    """Who read the contact before it went cannot write after."""
    learned = remember(ports, ada.id, CALL, [Fact("pet", "a dog")])[0]
    delete_contact(ports, ada.id)
    with pytest.raises(Conflict) as refused:
        ports.memories.put(learned)
    assert refused.value.code == "contact_changed"
    assert ports.memories.all(ada.id) == []


def test_what_is_forgotten_leaves_no_word(ports, ada):
    """Of a deleted fact only the wish stays."""
    learned = remember(ports, ada.id, CALL, [Fact("pet", "a dog")])[0]
    delete_fact(ports, ada.id, learned.id)
    left = ports.memories.all(ada.id)
    assert [(each.key, each.value, each.forgotten) for each in left] == [("", "", True)]
    assert known_facts(ports, ada.id) == []
