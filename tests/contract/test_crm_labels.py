"""One suite for tags, custom fields and bulk actions: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fakes.crm import stored_crm
from fakes.jobs import work_off

from chalicelib.crm.domain.bulk import BulkAction, BulkWish
from chalicelib.crm.domain.contacts import (
    NewContact,
)
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.fields import FieldDefinition, FieldKind
from chalicelib.crm.domain.listing import ContactFilter, Listing
from chalicelib.crm.domain.tags import NewTag, TagChanges
from chalicelib.crm.services.bulk import start_bulk
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.jobs import get_job
from chalicelib.crm.services.tagging import delete_tag, merge_tags
from chalicelib.crm.services.tags import change_tag, create_tag
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

NUMBERS = [E164(f"+141555526{number:02}") for number in range(90)]


@pytest.fixture
def table(make_table, clock):
    """Give the repositories on a table of their own."""
    return stored_crm(make_table("crm", "CrmTable"), clock)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm):
    """Give the ports in memory, then on a table."""
    return crm if request.param == "memory" else request.getfixturevalue("table")


def test_a_tag_is_read_as_it_was_written(ports):
    """Every field comes back; tags are sorted by name."""
    tag = create_tag(ports, NewTag("VIP", "#aabbcc", "Important."))
    other = create_tag(ports, NewTag("a"))
    assert ports.tags.get(tag.id) == tag
    assert ports.tags.get(new_id("tag")) is None
    assert ports.tags.all() == [other, tag]


def test_one_name_has_one_tag(ports):
    """Of many at once one wins, and the others are told which."""

    def attempt(number):
        try:
            return create_tag(ports, NewTag("ViP" if number % 2 else "víp")).id, "won"
        except Conflict as conflict:
            return conflict.details["tag_id"], conflict.code

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(attempt, range(20)))
    assert len({owner for owner, _ in outcomes}) == 1
    assert [how for _, how in outcomes].count("won") == 1


def test_a_name_moves_with_its_tag(ports):
    """The old one is free, the new one is taken, and a refused change leaves both as they were."""
    tag, other = create_tag(ports, NewTag("VIP")), create_tag(ports, NewTag("Gold"))
    with pytest.raises(Conflict) as refusal:
        change_tag(ports, tag.id, TagChanges(name="gold"))
    assert (refusal.value.code, refusal.value.details) == ("tag_exists", {"tag_id": other.id})
    renamed = change_tag(ports, tag.id, TagChanges(name="Platinum"))
    assert create_tag(ports, NewTag("VIP")).name == "VIP"
    with pytest.raises(Conflict):
        create_tag(ports, NewTag("platinum"))
    assert change_tag(ports, tag.id, TagChanges(name="PLATINUM")).version == renamed.version + 1


def test_tags_are_written_at_their_version(ports):
    """A stale change, a stale removal, and both of a tag that is gone are refused."""
    tag = create_tag(ports, NewTag("VIP"))
    newer = change_tag(ports, tag.id, TagChanges(description="x"))
    for act in (lambda: ports.tags.save(replace(tag, version=2), tag), lambda: ports.tags.remove(tag)):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
    ports.tags.remove(newer)
    for act in (lambda: ports.tags.save(newer, newer), lambda: ports.tags.remove(newer)):
        with pytest.raises(Conflict):
            act()
    assert ports.tags.add(replace(tag, id=new_id("tag"))).name == "VIP"


def test_a_tag_is_removed_only_while_the_other_is_there(ports):
    """With the other gone nothing happens, and its name is not free."""
    tag, into = create_tag(ports, NewTag("Old")), create_tag(ports, NewTag("New"))
    ports.tags.remove(into)
    with pytest.raises(Conflict) as refusal:
        ports.tags.remove(tag, into.id)
    assert (refusal.value.code, ports.tags.all()) == ("version_changed", [tag])
    other = create_tag(ports, NewTag("Other"))
    ports.tags.remove(tag, other.id)
    assert ports.tags.all() == [other]


def test_a_tag_is_added_once_for_each_id(ports):
    """The second gets what the first kept."""
    tag = create_tag(ports, NewTag("VIP"))
    assert ports.tags.add(replace(tag, description="other")) == tag


def test_deleted_and_merged_tags_leave_nothing(ports):
    """No contact, and no list by the tag, has them afterwards."""
    old, into, gone = (create_tag(ports, NewTag(name)) for name in ("Old", "New", "Gone"))
    people = [
        create_contact(ports, NewContact(f"P{number}", NUMBERS[number], tags=(old.id, gone.id)))
        for number in range(12)
    ]
    merge_tags(ports, old.id, into.id)
    delete_tag(ports, gone.id)
    work_off(ports)
    assert {get_contact(ports, one.id).tags for one in people} == {(into.id,)}
    for tag, count in ((old, 0), (gone, 0), (into, 12)):
        page = ports.contacts.page(Listing(ContactFilter(tag=tag.id)), 100, None)
        assert len(page.items) == count
    assert ports.tags.all() == [into]


@pytest.fixture
def definition(clock):
    """Give a definition with every field."""
    now = clock.now()
    return FieldDefinition("tier", "Tier", FieldKind.CHOICE, ("Gold", "Silver"), now, now, 1)


def test_a_definition_is_read_as_it_was_written(ports, definition):
    """Every field comes back, by key; an equal one is no conflict, another one is."""
    text = replace(definition, key="a", kind=FieldKind.TEXT, choices=())
    assert ports.fields.add(definition) == definition
    assert ports.fields.add(text) == text
    assert ports.fields.all() == [text, definition]
    assert ports.fields.add(replace(definition, version=9)) == definition
    with pytest.raises(Conflict) as refusal:
        ports.fields.add(replace(definition, label="Level"))
    assert refusal.value.code == "field_exists"


def test_definitions_are_written_at_their_version(ports, definition):
    """A stale change or removal is refused, and one of what is not there."""
    ports.fields.add(definition)
    newer = replace(definition, label="Level", version=2)
    ports.fields.save(newer)
    for act in (lambda: ports.fields.save(newer), lambda: ports.fields.remove(definition)):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "version_changed"
    ports.fields.remove(newer)
    assert ports.fields.all() == []
    with pytest.raises(Conflict):
        ports.fields.save(replace(newer, version=3))


def test_values_come_back_equal(ports, definition):
    """Numbers of any size and kind, text in any script, true and false."""
    for key, kind in (("n", "number"), ("f", "number"), ("t", "text"), ("b", "boolean")):
        ports.fields.add(replace(definition, key=key, kind=FieldKind(kind), choices=()))
    values = {"n": 2**53 - 1, "f": 0.1, "t": "Zoë\n🏠=1", "b": False}
    contact = create_contact(ports, NewContact("Ada", NUMBERS[0], custom_fields=values))
    kept = get_contact(ports, contact.id).custom_fields
    assert [(key, type(value), value) for key, value in kept.items()] == [
        (key, type(value), value) for key, value in values.items()
    ]


def test_a_bulk_action_runs(ports, clock):
    """By filter, through the real lists."""
    people = [create_contact(ports, NewContact(f"P{number}", NUMBERS[number])) for number in range(12)]
    clock.advance(seconds=1)
    where = ContactFilter(status=ContactStatus.LEAD)
    job = start_bulk(ports, BulkWish(BulkAction.SET_STATUS, "customer", where=where))
    work_off(ports)
    assert get_job(ports, job.id).succeeded == 12
    assert {get_contact(ports, one.id).status for one in people} == {ContactStatus.CUSTOMER}


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(clock, crm, definition):
    """Whatever the table's service refuses becomes one retryable error."""
    tag = create_tag(crm, NewTag("VIP"))
    ada = create_contact(crm, NewContact("Ada", NUMBERS[0]))
    absent = stored_crm("absent", clock)
    for use in (
        lambda: absent.tags.get(tag.id),
        lambda: absent.tags.add(tag),
        lambda: absent.tags.save(tag, tag),
        lambda: absent.tags.remove(tag),
        lambda: absent.fields.add(definition),
        lambda: absent.fields.save(definition),
        lambda: absent.fields.remove(definition),
        lambda: absent.moves.move(ada.id, ada.id),
    ):
        with pytest.raises(Unavailable):
            use()
