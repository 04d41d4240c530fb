"""Bulk actions do to each contact what was asked, once, and say what came of it."""

from __future__ import annotations

import pytest
from fakes.carrier import Fuse, Perilous
from fakes.jobs import work_off

from chalicelib.crm.domain.bulk import BulkAction, BulkWish, filter_as_arguments, filter_of
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.listing import ContactFilter, Span
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.domain.tags import NewTag
from chalicelib.crm.services.bulk import count_concerned, start_bulk
from chalicelib.crm.services.contacts import change_contact, create_contact, delete_contact, get_contact
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import get_job, list_results, run_step
from chalicelib.crm.services.merging import merge_contact
from chalicelib.crm.services.notes import add_note
from chalicelib.crm.services.tags import create_tag
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164


@pytest.fixture
def people(crm, clock):
    """Create 120 contacts a second apart, every third a customer."""
    created = []
    for number in range(120):
        status = ContactStatus.CUSTOMER if number % 3 == 0 else ContactStatus.LEAD
        created.append(create_contact(crm, NewContact(f"P{number}", _phone(number), status=status)))
        clock.advance(seconds=1)
    return created


def _phone(number):
    return E164(f"+1415{5550000 + number}")


def _run(crm, wish):
    job = start_bulk(crm, wish)
    work_off(crm)
    return get_job(crm, job.id)


@pytest.mark.parametrize("by", ["ids", "filter"])
def test_contacts_are_tagged_and_untagged(crm, people, by):
    """By ids or by a filter, more than a step does at once; those that have the tag are unchanged."""
    tag = create_tag(crm, NewTag("VIP"))
    change_contact(crm, people[5].id, ContactChanges(tags=(tag.id,)))
    whom = {"ids": tuple(one.id for one in people)} if by == "ids" else {"where": ContactFilter()}
    done = _run(crm, BulkWish(BulkAction.TAG, tag.id, **whom))
    assert (done.state, done.succeeded, done.unchanged, done.failed) == ("done", 119, 1, 0)
    assert all(get_contact(crm, one.id).tags == (tag.id,) for one in people)
    done = _run(crm, BulkWish(BulkAction.UNTAG, tag.id, **whom))
    assert (done.succeeded, done.failed) == (120, 0)
    assert not any(get_contact(crm, one.id).tags for one in people)


def test_a_filter_that_the_action_empties_is_walked_to_its_end(crm, people):
    """Leads that become customers leave the list, and nobody is skipped for it."""
    wish = BulkWish(BulkAction.SET_STATUS, "customer", where=ContactFilter(status=ContactStatus.LEAD))
    done = _run(crm, wish)
    assert (done.succeeded, done.total) == (80, None)
    assert {get_contact(crm, one.id).status for one in people} == {ContactStatus.CUSTOMER}


def test_who_comes_later_is_not_concerned(crm, clock, people):
    """A job ends although contacts are created as fast as it walks."""
    job = start_bulk(crm, BulkWish(BulkAction.ASSIGN, "Grace", where=ContactFilter()))
    clock.advance(seconds=1)
    late = create_contact(crm, NewContact("Late", _phone(500)))
    work_off(crm)
    assert (get_job(crm, job.id).succeeded, get_contact(crm, late.id).owner) == (120, None)


def test_owners_are_assigned_and_taken_away(crm, people):
    """None is nobody."""
    ids = tuple(one.id for one in people[:2])
    assert _run(crm, BulkWish(BulkAction.ASSIGN, "Grace", ids=ids)).succeeded == 2
    assert get_contact(crm, ids[0]).owner == "Grace"
    assert _run(crm, BulkWish(BulkAction.ASSIGN, None, ids=ids)).succeeded == 2
    assert get_contact(crm, ids[0]).owner is None


def test_contacts_are_deleted_once(crm, people):
    """Those that are gone already are as wished; the rest stays."""
    delete_contact(crm, people[0].id)
    done = _run(crm, BulkWish(BulkAction.DELETE, where=ContactFilter(status=ContactStatus.CUSTOMER)))
    assert done.succeeded == 39
    done = _run(crm, BulkWish(BulkAction.DELETE, ids=(people[0].id, people[1].id)))
    assert (done.succeeded, done.unchanged) == (1, 1)
    with pytest.raises(NotFound):
        get_contact(crm, people[3].id)
    assert get_contact(crm, people[2].id) == people[2]


def test_failures_are_listed_with_their_reason(crm, people):
    """A contact that is not there fails by itself; ids that are given twice count once."""
    nobody = new_id("contact")
    wish = BulkWish(BulkAction.SET_STATUS, "inactive", ids=(people[0].id, nobody, people[0].id, people[1].id))
    done = _run(crm, wish)
    assert (done.total, done.succeeded, done.failed) == (3, 2, 1)
    results = list_results(crm, done.id, 10).items
    assert [(one.outcome, one.code) for one in results] == [
        ("done", None),
        ("failed", "contact_not_found"),
        ("done", None),
    ]


def test_a_tag_that_is_deleted_meanwhile_fails_each(crm, people):
    """Nobody gets a tag that is not there."""
    tag = create_tag(crm, NewTag("VIP"))
    job = start_bulk(crm, BulkWish(BulkAction.TAG, tag.id, ids=(people[0].id,)))
    crm.tags.remove(tag)
    work_off(crm)
    assert [one.code for one in list_results(crm, job.id, 10).items] == ["unknown_tag"]


@pytest.mark.parametrize("length", range(1, 60, 2))
def test_a_worker_may_die_anywhere(crm, people, length):
    """Each contact is deleted, and the job says done."""
    job = start_bulk(crm, BulkWish(BulkAction.DELETE, ids=tuple(one.id for one in people[:8])))
    real, fuse = (crm.contacts, crm.jobs), Fuse(length)
    crm.contacts, crm.jobs = Perilous(crm.contacts, fuse), Perilous(crm.jobs, fuse)
    work_off(crm)
    crm.contacts, crm.jobs = real
    done = get_job(crm, job.id)
    assert (done.state, done.done, done.failed) == ("done", 8, 0)
    assert crm.contacts.many([one.id for one in people[:8]]) == []


def test_whom_it_would_concern_is_counted(crm, people):
    """By filter or by ids, and nothing is done."""
    assert count_concerned(crm, BulkWish(BulkAction.DELETE, where=ContactFilter())).concerned == 120
    leads = BulkWish(BulkAction.DELETE, where=ContactFilter(status=ContactStatus.LEAD))
    assert count_concerned(crm, leads).concerned == 80
    wish = BulkWish(BulkAction.DELETE, ids=(people[0].id, people[0].id, new_id("contact")))
    assert count_concerned(crm, wish).concerned == 1
    assert crm.work.sent == []


def test_counting_is_bounded(crm, people, monkeypatch):
    """Beyond the bound it says at least."""
    monkeypatch.setattr("chalicelib.crm.services.bulk.MAX_COUNTED", 100)
    monkeypatch.setattr("chalicelib.crm.services.bulk._AT_ONCE", 50)
    counted = count_concerned(crm, BulkWish(BulkAction.DELETE, where=ContactFilter()))
    assert (counted.concerned, counted.is_more) == (100, True)


def test_counting_ends_although_nobody_matches(crm, monkeypatch):
    """Ten thousand contacts are looked at, a thousand a page."""
    sizes = []

    def short(listing, size, start):
        sizes.append(size)
        assert len(sizes) < 100
        return Page([], "on")

    monkeypatch.setattr(crm.contacts, "page", short)
    counted = count_concerned(crm, BulkWish(BulkAction.DELETE, where=ContactFilter(owner="nobody")))
    assert (counted.concerned, counted.is_more, sum(sizes)) == (0, True, 10_000)


@pytest.mark.parametrize(
    ("action", "value"),
    [("delete", None), ("assign", "Grace"), ("set_status", "inactive"), ("tag", None), ("untag", None)],
)
def test_whoever_took_a_merged_contact_s_place_is_left_alone(crm, people, action, value):
    """Nobody has named them; the result says what became of the one that was named."""
    tag = create_tag(crm, NewTag("VIP"))
    winner = merge_contact(crm, people[0].id, people[1].id)
    if action == "untag":
        winner = change_contact(crm, winner.id, ContactChanges(tags=(tag.id,)))
    value = tag.id if action in {"tag", "untag"} else value
    done = _run(crm, BulkWish(BulkAction(action), value, ids=(people[1].id,)))
    (result,) = list_results(crm, done.id, 10).items
    assert (result.outcome, result.code) == ("unchanged", "contact_merged")
    assert get_contact(crm, winner.id) == winner


@pytest.mark.parametrize("action", ["delete", "set_status"])
def test_who_is_merged_at_that_moment_is_left_alone_too(crm, people, action):
    """Even if the winner comes to the version that was read of the other."""
    loser = change_contact(crm, people[1].id, ContactChanges(title="Second"))
    assert loser.version == 2
    get, waiting = crm.contacts.get, [1]

    def merged_meanwhile(contact_id):
        found = get(contact_id)
        if contact_id == loser.id and waiting and waiting.pop():
            merge_contact(crm, people[0].id, loser.id)
        return found

    job = start_bulk(crm, BulkWish(BulkAction(action), "inactive", ids=(loser.id,)))
    crm.contacts.get = merged_meanwhile
    run_step(crm, job.id, 0, KINDS)
    winner = get_contact(crm, people[0].id)
    assert (winner.version, winner.status) == (2, ContactStatus.CUSTOMER)
    assert [one.code for one in list_results(crm, job.id, 10).items] == ["contact_merged"]


@pytest.mark.parametrize("moment", ["listed", "read"])
def test_who_matches_no_more_is_left_alone(crm, people, moment):
    """Somebody becomes a customer after the list was read, or after the contact was."""
    name = "page" if moment == "listed" else "get"
    real, waiting = getattr(crm.contacts, name), [1]

    def meanwhile(*arguments):
        found = real(*arguments)
        if (moment == "listed" or arguments[0] == people[1].id) and waiting and waiting.pop():
            change_contact(crm, people[1].id, ContactChanges(status=ContactStatus.CUSTOMER))
        return found

    job = start_bulk(crm, BulkWish(BulkAction.DELETE, where=ContactFilter(status=ContactStatus.LEAD)))
    setattr(crm.contacts, name, meanwhile)
    work_off(crm)
    done = get_job(crm, job.id)
    assert (done.succeeded, done.unchanged, done.failed) == (79, 1, 0)
    assert get_contact(crm, people[1].id).status is ContactStatus.CUSTOMER


def test_what_a_dead_worker_left_of_a_deleted_contact_goes(crm, people):
    """The contact went, its notes had not; the repeated step finishes it."""
    add_note(crm, NewNote(people[0].id, NoteKind.GENERAL, "left", "tests"))
    job = start_bulk(crm, BulkWish(BulkAction.DELETE, ids=(people[0].id,)))
    crm.collections = Perilous(crm.collections, Fuse(1))
    work_off(crm)
    assert get_job(crm, job.id).unchanged == 1
    assert crm.notes.by_key == {}


def test_a_filter_is_kept_whole(clock):
    """Whatever it asks comes back out of the job's arguments."""
    now = clock.now()
    whole = ContactFilter(
        ContactStatus.LEAD, "tag_1", "Grace", "Navy", "api", Span(now), Span(None, now), Span(now, now)
    )
    for where in (whole, ContactFilter()):
        assert filter_of(filter_as_arguments(where)) == where


def test_memory_stays_flat(crm, people):
    """However many there are, a step reads fifty contacts and keeps fifty results."""
    page, save, sizes = crm.contacts.page, crm.jobs.save, []
    crm.contacts.page = lambda listing, size, start: sizes.append(size) or page(listing, size, start)
    crm.jobs.save = lambda job, results=(): sizes.append(len(results)) or save(job, results)
    assert _run(crm, BulkWish(BulkAction.ASSIGN, "Grace", where=ContactFilter())).done == 120
    assert sizes == [50, 50, 50, 50, 50, 20]
