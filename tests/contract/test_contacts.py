"""Contacts with several numbers and tags, their lists, and what is left: in memory and in DynamoDB."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from botocore.client import BaseClient
from fakes.crm import stored_crm

from chalicelib.crm.domain.contacts import ContactChanges, NewContact, Parting, Tombstone
from chalicelib.crm.domain.details import Address, Channel, ContactStatus, PreferredTime
from chalicelib.crm.domain.listing import ContactFilter, Listing, SortBy, Span
from chalicelib.crm.services.contacts import (
    change_contact,
    create_contact,
    delete_contact,
    find_contact,
    get_contact,
    list_contacts,
    replace_contact,
)
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164

FIRST, SECOND, THIRD = (E164(f"+1415555267{n}") for n in (1, 2, 3))
WHOLE = NewContact(
    name="Łucja Ōe 😀",
    phone=FIRST,
    other_phones=(SECOND,),
    email="lucja@example.com",
    company="Engines & Söhne",
    title="=Countess",
    address=Address(street="1 High St\nFlat 2", city="Łódź", country="PL"),
    time_zone="Europe/Warsaw",
    language="pl-PL",
    preferred_times=(PreferredTime(("mon", "fri"), "09:00", "12:30"),),
    preferred_channel=Channel.SMS,
    source="fair",
    status=ContactStatus.CUSTOMER,
    owner="Ana",
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    return stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)


def _several(ports, clock, count=7):
    """Create contacts a minute apart; every other is a customer, the names run backwards."""
    made = []
    for n in range(count):
        status = ContactStatus.CUSTOMER if n % 2 else ContactStatus.LEAD
        new = NewContact(f"Name {count - n}", E164(f"+1415555010{n}"), status=status, company="ACME  Ltd.")
        made.append(create_contact(ports, new))
        clock.advance(minutes=1)
    return made


def _walk(ports, listing, size=2):
    """Read a list to its end, page by page."""
    start, found = None, []
    while True:
        page = list_contacts(ports, listing, size, start)
        found += page.items
        if page.next_start is None:
            return found
        start = page.next_start


def test_every_detail_is_kept(ports):
    """What was written is read, by id, by each number, and in a list."""
    contact = create_contact(ports, WHOLE)
    assert get_contact(ports, contact.id) == contact
    assert find_contact(ports, FIRST) == find_contact(ports, SECOND) == contact
    assert list_contacts(ports, Listing(), 10).items == [contact]


def test_another_s_second_number_is_taken(ports):
    """A number belongs to one contact, whether as the first or as another; the field is named."""
    ada = create_contact(ports, WHOLE)
    for new, pointer in (
        (NewContact("Eve", SECOND), "/phone"),
        (NewContact("Eve", THIRD, other_phones=(FIRST,)), "/other_phones/0"),
    ):
        with pytest.raises(Conflict) as refusal:
            create_contact(ports, new)
        assert refusal.value.details["contact_id"] == ada.id
        assert [error.pointer for error in refusal.value.errors] == [pointer]
    assert find_contact(ports, THIRD) is None


def test_a_changed_number_moves(ports):
    """The new number is claimed and the old one free at once; other contacts may take it."""
    ada = create_contact(ports, WHOLE)
    change_contact(ports, ada.id, ContactChanges(phone=THIRD, other_phones=()))
    assert find_contact(ports, FIRST) is find_contact(ports, SECOND) is None
    assert find_contact(ports, THIRD).id == ada.id
    eve = create_contact(ports, NewContact("Eve", FIRST))
    with pytest.raises(Conflict) as refusal:
        change_contact(ports, eve.id, ContactChanges(phone=THIRD))
    assert (refusal.value.code, refusal.value.details["contact_id"]) == ("phone_taken", ada.id)
    assert find_contact(ports, FIRST).id == eve.id


def test_two_contacts_cannot_change_to_one_number(ports):
    """Of many that want one number at once, one has it, and nothing else of the others has changed."""
    numbers = [E164(f"+1415555020{n}") for n in range(8)]
    rivals = [create_contact(ports, NewContact(f"rival {n}", phone)) for n, phone in enumerate(numbers)]

    def claim(contact):
        try:
            return change_contact(ports, contact.id, ContactChanges(name="Winner", phone=FIRST)).id
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        (winner,) = filter(None, pool.map(claim, rivals))
    for contact in rivals:
        assert (get_contact(ports, contact.id).phone == FIRST) is (contact.id == winner)
        assert (find_contact(ports, contact.phone) is None) is (contact.id == winner)


def test_replacing_clears_what_is_not_given(ports):
    """Whoever puts a contact puts all of it."""
    ada = create_contact(ports, WHOLE)
    replaced = replace_contact(ports, ada.id, NewContact("Ada", FIRST), expected_version=1)
    assert get_contact(ports, ada.id) == replaced
    assert (replaced.address, replaced.owner, replaced.other_phones, replaced.version) == (None, None, (), 2)
    assert find_contact(ports, SECOND) is None


def test_an_answered_call_moves_no_version(ports, clock):
    """When somebody was last reached is kept beside the details: an edit under way is not in conflict."""
    ada = create_contact(ports, WHOLE)
    later = clock.now() + timedelta(hours=1)
    ports.contacts.touch(ada.id, later)
    ports.contacts.touch(ada.id, clock.now())
    changed = change_contact(ports, ada.id, ContactChanges(name="Ada"), expected_version=1)
    assert get_contact(ports, ada.id) == replace(changed, last_contacted_at=later)
    ports.contacts.touch(new_id("contact"), later)
    assert list_contacts(ports, Listing(by=SortBy.LAST_CONTACTED_AT), 10).items == [
        get_contact(ports, ada.id)
    ]


def test_a_deleted_contact_is_gone(ports):
    """Nobody finds it, its numbers are free, and it cannot be changed."""
    ada = create_contact(ports, WHOLE)
    with pytest.raises(Conflict):
        delete_contact(ports, ada.id, expected_version=2)
    delete_contact(ports, ada.id, expected_version=1)
    with pytest.raises(NotFound):
        get_contact(ports, ada.id)
    assert find_contact(ports, FIRST) is find_contact(ports, SECOND) is None
    assert list_contacts(ports, Listing(), 10).items == []
    assert isinstance(ports.contacts.get(ada.id), Tombstone)
    with pytest.raises(Conflict):
        ports.contacts.save(replace(ada, version=2), ada)
    assert create_contact(ports, WHOLE).id != ada.id


def test_a_merged_contact_leads_to_the_other(ports, clock):
    """The id of what was merged gives the contact that took its place, however long the chain."""
    one, two, three = (create_contact(ports, NewContact(f"{n}", n)) for n in (FIRST, SECOND, THIRD))
    for gone, into in ((one, two), (two, three)):
        ports.contacts.remove(gone, Tombstone(gone.id, Parting.MERGED, clock.now(), into.id))
    assert get_contact(ports, one.id) == get_contact(ports, two.id) == three


@pytest.mark.parametrize("by", SortBy)
@pytest.mark.parametrize("descending", [True, False])
def test_lists_are_in_order(ports, clock, by, descending):
    """Each order gives every contact once, over pages, from either end."""
    made = _several(ports, clock)
    change_contact(ports, made[2].id, ContactChanges(title="Boss"))
    ports.contacts.touch(made[4].id, clock.now())
    found = _walk(ports, Listing(by=by, descending=descending))
    assert {contact.id for contact in found} == {contact.id for contact in made}
    assert len(found) == len(made)
    keys = [str(getattr(contact, by.value) or "") for contact in found]
    assert all((a >= b) if descending else (a <= b) for a, b in pairwise(keys))


@pytest.mark.parametrize(
    ("where", "matching"),
    [
        (ContactFilter(status=ContactStatus.CUSTOMER), {1, 3, 5}),
        (ContactFilter(status=ContactStatus.CUSTOMER, company="acme ltd"), {1, 3, 5}),
        (ContactFilter(company="Acme Ltd"), set(range(7))),
        (ContactFilter(company="Acme"), set()),
        (ContactFilter(owner="Ana"), {2}),
        (ContactFilter(source="api", owner="ANA"), {2}),
        (ContactFilter(source="import"), set()),
    ],
)
@pytest.mark.parametrize("by", [SortBy.CREATED_AT, SortBy.NAME])
def test_lists_are_filtered(ports, clock, where, matching, by):
    """All filters hold together, whatever the order; words are compared without case and marks."""
    made = _several(ports, clock)
    change_contact(ports, made[2].id, ContactChanges(owner="Aná"))
    found = _walk(ports, Listing(where, by=by))
    assert {contact.id for contact in found} == {made[n].id for n in matching}


def test_lists_of_a_stretch_of_time(ports, clock):
    """Spans take their first instant and leave their last, for each of the three times."""
    made = _several(ports, clock)
    span = Span(made[2].created_at, made[5].created_at)
    for where in (ContactFilter(created=span), ContactFilter(updated=span)):
        for by in (SortBy.CREATED_AT, SortBy.UPDATED_AT):
            assert [one.id for one in _walk(ports, Listing(where, by))] == [made[n].id for n in (4, 3, 2)]
    ports.contacts.touch(made[6].id, made[3].created_at)
    assert [one.id for one in _walk(ports, Listing(ContactFilter(contacted=span)))] == [made[6].id]


def test_pages_are_stable_while_contacts_arrive(ports, clock):
    """Who is created between two pages neither doubles nor hides anybody."""
    made = _several(ports, clock)
    first = list_contacts(ports, Listing(), 3)
    create_contact(ports, NewContact("New", THIRD))
    rest = list_contacts(ports, Listing(), 100, first.next_start)
    assert [one.id for one in (*first.items, *rest.items)] == [one.id for one in reversed(made)]


def test_a_list_reads_what_it_shows(make_table, clock, monkeypatch):
    """A page costs the same however many contacts there are: four short queries, and the heads shown."""
    ports = stored_crm(make_table("crm", "CrmTable"), clock)
    call, asked = BaseClient._make_api_call, []

    def counted(client, operation, parameters):
        answer = call(client, operation, parameters)
        asked.append((operation, answer.get("ScannedCount", 0)))
        return answer

    costs = []
    for more in (10, 40):
        for n in range(more):
            create_contact(ports, NewContact("Ada", E164(f"+1415555{more}{n:02}")))
        monkeypatch.setattr(BaseClient, "_make_api_call", counted)
        list_contacts(ports, Listing(ContactFilter(status=ContactStatus.LEAD)), 5)
        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        costs.append((len(asked), sum(scanned for _, scanned in asked)))
        asked.clear()
    requests, examined = costs[1]
    assert requests <= 5
    assert examined <= 4 * 6
