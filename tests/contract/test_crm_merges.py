"""One suite for merges: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.client import BaseClient
from fakes.crm import stored_crm
from fakes.jobs import work_off

from chalicelib.crm.adapters.tables import CrmTable
from chalicelib.crm.domain.contacts import (
    ContactChanges,
    NewContact,
    Parting,
    Tombstone,
    next_version,
)
from chalicelib.crm.domain.listing import ContactFilter, Listing, SortBy, Span
from chalicelib.crm.domain.merging import merged
from chalicelib.crm.domain.notes import NewNote, NoteFilter, NoteKind
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.contacts import change_contact, create_contact, find_contact, get_contact
from chalicelib.crm.services.jobs import list_jobs
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.errors import Conflict
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


def test_a_merge_moves_everything(ports):
    """Numbers, tags and rows of both; lists by tag show the winner only."""
    vip, extra = create_tag(ports, NewTag("VIP")), create_tag(ports, NewTag("Extra"))
    ada = create_contact(ports, NewContact("Ada", NUMBERS[0], tags=(vip.id,)))
    double = create_contact(
        ports,
        NewContact("A.", NUMBERS[1], other_phones=(NUMBERS[2],), tags=(vip.id, extra.id), email="a@b.cc"),
    )
    bodies = [f"note {number}" for number in range(30)]
    for body in bodies:
        add_note(ports, NewNote(double.id, NoteKind.GENERAL, body, "tests"))
    add_note(ports, NewNote(ada.id, NoteKind.GENERAL, "own", "tests"))
    winner = merge_contact(ports, ada.id, double.id, 1)
    assert winner == get_contact(ports, double.id)
    assert winner == ports.contacts.get(ada.id)
    assert (winner.phones, winner.tags, winner.email) == (tuple(NUMBERS[:3]), double.tags, "a@b.cc")
    assert {find_contact(ports, number).id for number in NUMBERS[:3]} == {ada.id}
    for tag in (vip, extra):
        page = ports.contacts.page(Listing(ContactFilter(tag=tag.id)), 100, None)
        assert [one.id for one in page.items] == [ada.id]
    work_off(ports)
    notes = ports.notes.page(ada.id, NoteFilter(), 100, None).items
    assert sorted(note.body for note in notes) == sorted([*bodies, "own"])
    assert {note.contact_id for note in notes} == {ada.id}
    assert ports.notes.page(double.id, NoteFilter(), 100, None).items == []
    assert list_jobs(ports, 1).items[0].state == "done"


@pytest.mark.parametrize("changed", [0, 1], ids=["winner", "loser"])
def test_a_merge_at_old_versions_changes_nothing(ports, changed):
    """Neither of the winner nor of the loser."""
    pair = [create_contact(ports, NewContact(name, NUMBERS[place])) for place, name in enumerate("AB")]
    newer = change_contact(ports, pair[changed].id, ContactChanges(title="Newer"))
    with pytest.raises(Conflict) as refusal:
        merge_with_old(ports, *pair)
    assert refusal.value.code == "version_changed"
    expected = [newer if place == changed else one for place, one in enumerate(pair)]
    assert [get_contact(ports, one.id) for one in pair] == expected
    assert find_contact(ports, NUMBERS[1]).id == pair[1].id


@pytest.mark.parametrize(("winner", "loser"), [(1, 2), (2, 1), (None, 1), (1, None), (None, None)])
def test_the_last_contact_is_the_later_one_of_both(ports, winner, loser):
    """It comes with the merge itself, and lists by it have the contact there."""
    pair = [create_contact(ports, NewContact(name, NUMBERS[place])) for place, name in enumerate("AB")]
    instants = [day and ports.clock.now() + timedelta(days=day) for day in (winner, loser)]
    for one, instant in zip(pair, instants, strict=True):
        if instant:
            ports.contacts.touch(one.id, instant)
    merge_with_old(ports, *(get_contact(ports, one.id) for one in pair))
    later = max(filter(None, instants), default=None)
    assert get_contact(ports, pair[0].id).last_contacted_at == later
    by_contact = Listing(ContactFilter(contacted=Span(later)), SortBy.LAST_CONTACTED_AT)
    assert [one.id for one in ports.contacts.page(by_contact, 10, None).items] == [pair[0].id]


def test_a_call_that_is_answered_meanwhile_holds_no_merge_off(ports):
    """Neither is it forgotten for the older one of the other."""
    pair = [create_contact(ports, NewContact(name, NUMBERS[place])) for place, name in enumerate("AB")]
    older, later = (ports.clock.now() + timedelta(days=day) for day in (1, 2))
    ports.contacts.touch(pair[1].id, older)
    read = [get_contact(ports, one.id) for one in pair]
    ports.contacts.touch(pair[0].id, later)
    merge_with_old(ports, *read)
    assert get_contact(ports, pair[1].id).last_contacted_at == later


def merge_with_old(ports, ada, double):
    """Merge as somebody would who has read both before they changed."""
    now = ports.clock.now()
    after = next_version(merged(ada, double), now)
    ports.contacts.merge(after, ada, double, Tombstone(double.id, Parting.MERGED, now, ada.id))


def test_nothing_moves_to_a_contact_that_is_gone(ports):
    """Neither from below one that was deleted, nor doubled: the row stays where it was."""
    ada, double = (create_contact(ports, NewContact(n, NUMBERS[p])) for p, n in enumerate("AB"))
    note = add_note(ports, NewNote(double.id, NoteKind.GENERAL, "left", "tests"))
    ports.contacts.remove(ada, Tombstone(ada.id, Parting.DELETED, ports.clock.now()))
    assert ports.moves.move(double.id, ada.id)
    assert ports.notes.page(ada.id, NoteFilter(), 100, None).items == []
    assert ports.notes.page(double.id, NoteFilter(), 100, None).items == [note]


class _DiesOnceError(Exception):
    """The process is gone."""


@pytest.mark.parametrize("operation", ["TransactWriteItems", "BatchWriteItem"])
@pytest.mark.parametrize("after", [False, True])
def test_the_mover_may_die_between_its_writes(table, monkeypatch, operation, after):
    """Every row is under the winner once, and nothing is left behind."""
    ada, double = (create_contact(table, NewContact(n, NUMBERS[p])) for p, n in enumerate("AB"))
    for number in range(30):
        add_note(table, NewNote(double.id, NoteKind.TASK, f"{number}", "tests", due_at=table.clock.now()))
    call, waiting = BaseClient._make_api_call, [1]

    def dying(client, name, parameters):
        dies = name == operation and waiting and waiting.pop()
        if dies and not after:
            raise _DiesOnceError
        answer = call(client, name, parameters)
        if dies:
            raise _DiesOnceError
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", dying)
    with pytest.raises(_DiesOnceError):
        table.moves.move(double.id, ada.id)
    while table.moves.move(double.id, ada.id):
        pass
    assert len(table.notes.page(ada.id, NoteFilter(), 100, None).items) == 30
    assert [row.sk for row in CrmTable.query(f"CONTACT#{double.id}")] == ["CONTACT"]
    tasks = CrmTable.query(f"CONTACT#{ada.id}", CrmTable.sk.startswith("NOTE#"))
    assert {(row.timeline_id, row.contact_id, row.moved_to) for row in tasks} == {(ada.id, ada.id, None)}


def test_a_row_that_changes_at_that_moment_is_left_for_the_next_time(table, monkeypatch):
    """No change is lost."""
    ada, double = (create_contact(table, NewContact(n, NUMBERS[p])) for p, n in enumerate("AB"))
    note = add_note(table, NewNote(double.id, NoteKind.GENERAL, "old", "tests"))
    call, waiting = BaseClient._make_api_call, [1]

    def meanwhile(client, name, parameters):
        if name == "TransactWriteItems" and waiting and waiting.pop():
            table.notes.save(replace(note, body="new", version=2))
        return call(client, name, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", meanwhile)
    while table.moves.move(double.id, ada.id):
        pass
    (moved,) = table.notes.page(ada.id, NoteFilter(), 100, None).items
    assert (moved.body, moved.contact_id) == ("new", ada.id)
