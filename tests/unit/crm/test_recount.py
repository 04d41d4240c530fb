"""A recount finds every difference, and only what is one; with repair, none is left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.crm.domain.contacts import ContactChanges, NewContact, Parting, Tombstone
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.jobs import Outcome
from chalicelib.crm.services.contacts import change_contact, create_contact
from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.jobs import run_step
from chalicelib.crm.services.recount import RECOUNT, recount_step, start_recount
from chalicelib.kernel.phones import E164


@pytest.fixture
def people(crm, clock):
    """Fold 120 contacts, which is more than a step looks at, some time ago."""
    found = [
        create_contact(crm, NewContact(name="Ada", phone=E164(f"+1415555{2000 + number}")))
        for number in range(120)
    ]
    for contact in found:
        fold_contact(crm, contact.id)
    clock.advance(hours=1)
    return found


def _recount(crm, *, repair=False, between=lambda step: None):
    """Run a recount to its end, with something happening between its steps; give its results."""
    job = start_recount(crm, repair=repair)
    while not crm.jobs.get(job.id).is_over:
        step = crm.jobs.get(job.id).step
        between(step)
        run_step(crm, job.id, step, {RECOUNT: recount_step})
        assert step < 100
    return {
        result.object_id: (result.outcome, result.code)
        for result in crm.jobs.results(job.id, 100, None).items
    }


def test_what_is_right_has_no_results(crm, people):
    """Nothing differs, nothing is written."""
    counters = dict(crm.counters.by_name)
    assert _recount(crm) == {}
    assert counters == crm.counters.by_name


def test_a_lost_fold_is_found_and_repaired(crm, people, clock):
    """A contact whose change was never folded, by its id; the counters follow."""
    change_contact(crm, people[7].id, ContactChanges(status=ContactStatus.CUSTOMER))
    clock.advance(hours=1)
    assert _recount(crm) == {people[7].id: (Outcome.FAILED, "index_differs")}
    assert _recount(crm, repair=True) == {people[7].id: (Outcome.DONE, "index_differs")}
    assert crm.counters.by_name["status#customer"].amount == 1
    assert _recount(crm) == {}


def test_what_differs_is_told_without_words(crm, people, clock):
    """Which counters, and that it is found by other words, but not by which."""
    change_contact(crm, people[7].id, ContactChanges(name="Canary", status=ContactStatus.CUSTOMER))
    clock.advance(hours=1)
    job = start_recount(crm, repair=False)
    for step in range(20):
        run_step(crm, job.id, step, {RECOUNT: recount_step})
    (result,) = crm.jobs.results(job.id, 100, None).items
    assert result.message == (
        "counted, and should not be: status#lead; not counted, and should be: status#customer; "
        "found by other words than it has"
    )


def test_a_gone_contact_that_is_still_counted_is_found(crm, people, clock):
    """Although no list has it any more."""
    crm.contacts.remove(people[3], Tombstone(people[3].id, Parting.DELETED, clock.now()))
    clock.advance(hours=1)
    assert _recount(crm) == {people[3].id: (Outcome.FAILED, "index_differs")}
    assert _recount(crm, repair=True) == {people[3].id: (Outcome.DONE, "index_differs")}
    assert crm.counters.by_name["total#contacts"].amount == 119
    assert _recount(crm) == {}


def test_a_contact_that_was_never_folded_is_found(crm, people, clock):
    """It has no index at all."""
    late = create_contact(crm, NewContact(name="Late", phone=E164("+14155559999")))
    clock.advance(hours=1)
    assert _recount(crm) == {late.id: (Outcome.FAILED, "index_differs")}


def test_a_wrong_counter_is_found_and_repaired(crm, people):
    """One that counts too much, and one that counts what nobody is."""
    crm.counters.adjust({"status#lead": 5, "source#ghost": -2})
    expected = {
        "status#lead": (Outcome.FAILED, "count_differs"),
        "source#ghost": (Outcome.FAILED, "count_differs"),
    }
    assert _recount(crm) == expected
    assert {code for _, code in _recount(crm, repair=True).values()} == {"count_differs"}
    assert crm.counters.by_name["status#lead"].amount == 120
    assert _recount(crm) == {}


def test_a_repair_that_is_repeated_changes_nothing(crm, people):
    """A worker that dies before its step is written down does it again."""
    crm.counters.adjust({"status#lead": 5})
    job = start_recount(crm, repair=True)
    while not crm.jobs.get(job.id).is_over:
        now = crm.jobs.get(job.id)
        recount_step(crm, now)
        run_step(crm, job.id, now.step, {RECOUNT: recount_step})
    assert crm.counters.by_name["status#lead"].amount == 120


def test_more_counters_than_a_job_can_keep_are_refused(crm, people, monkeypatch):
    """The job fails and says why, instead of dying over a row that is too long."""
    monkeypatch.setattr("chalicelib.crm.services.recount._LONGEST", 100)
    job = start_recount(crm, repair=False)
    for step in range(5):
        run_step(crm, job.id, step, {RECOUNT: recount_step})
    assert (crm.jobs.get(job.id).state, crm.jobs.get(job.id).error) == ("failed", "too_many_counters")


def test_a_change_on_its_way_is_no_difference(crm, people):
    """It is looked at again; what is still behind was changed just now."""
    change_contact(crm, people[7].id, ContactChanges(status=ContactStatus.CUSTOMER))
    assert _recount(crm) == {people[7].id: (Outcome.UNCHANGED, "index_behind")}


def test_a_change_that_is_folded_during_the_pause_is_none_at_all(crm, people, clock):
    """A second or so is all that a fold needs."""
    change_contact(crm, people[7].id, ContactChanges(status=ContactStatus.CUSTOMER))
    clock.pause = lambda _: fold_contact(crm, people[7].id)
    assert _recount(crm) == {}


def test_people_who_change_while_they_are_counted_are_no_difference(crm, people):
    """Two swap their status, one before and one behind the walk: the sum is the same, and it is not wrong."""

    def swap(step):
        if step == 4:
            for contact, status in (
                (people[0], ContactStatus.CUSTOMER),
                (people[119], ContactStatus.INACTIVE),
            ):
                change_contact(crm, contact.id, ContactChanges(status=status))
                fold_contact(crm, contact.id)

    assert _recount(crm, between=swap) == {}


def test_a_counter_that_never_rests_is_not_judged(crm, people):
    """It is said that it moves, and nothing is repaired."""

    def busy(step):
        late = create_contact(crm, NewContact(name="Late", phone=E164(f"+1415556{1000 + step}")))
        fold_contact(crm, late.id)
        crm.indexes.by_id.pop(late.id)

    results = _recount(crm, repair=True, between=busy)
    assert results.pop("total#contacts") == (Outcome.UNCHANGED, "count_moving")
    assert crm.counters.by_name["total#contacts"].amount >= 130


def test_a_counter_that_is_off_by_the_same_in_each_round_is_not_judged_while_it_moves(crm, people):
    """In each round somebody changes whom the walk has passed."""

    def flip(step):
        if step in {4, 7, 10, 13}:
            change_contact(crm, people[step].id, ContactChanges(status=ContactStatus.CUSTOMER))
            fold_contact(crm, people[step].id)

    moving = (Outcome.UNCHANGED, "count_moving")
    assert _recount(crm, between=flip) == {"status#customer": moving, "status#lead": moving}


def test_an_index_that_is_listed_late_is_no_difference(crm, people, monkeypatch):
    """A counter must be off twice: an index of the table follows it after a moment."""
    page, listed = crm.indexes.page, []

    def late(page_size, start):
        listed.append(start)
        found = page(page_size, start)
        return found if len(listed) > 1 else replace(found, items=found.items[1:])

    monkeypatch.setattr(crm.indexes, "page", late)
    assert _recount(crm) == {}
