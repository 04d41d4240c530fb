"""Calling many contacts: one call with each, whoever dies over it, and what the rules say of them before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, furnished
from fakes.carrier import Fuse, Perilous
from fakes.crm import FakeCrm
from fakes.jobs import work_off

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.bulk_calls import BulkCallWish, bulk_call_step, foresee, start_bulk_call
from chalicelib.calls.services.holding import hold_number
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.domain.contacts import ContactChanges, NewContact
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.domain.jobs import BULK_CALL, JobState
from chalicelib.crm.domain.listing import ContactFilter
from chalicelib.crm.services.contacts import change_contact, create_contact, find_contact
from chalicelib.crm.services.jobs import get_job, list_results
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Pace
from chalicelib.system.services.settings import change_settings

TEMPLATE = "template_1"


@pytest.fixture
def calls(clock):
    """Give the ports of calls, furnished."""
    made = FakeCalls(clock, FakeCrm(clock))
    furnished(made)
    return made


def _people(calls, count, first=0, **details):
    numbers = [E164(f"+1415555{2700 + first + each}") for each in range(count)]
    return [create_contact(calls.crm, NewContact(f"P{one}", one, **details)) for one in numbers]


def _work(calls):
    kinds = {BULK_CALL: lambda _crm, job: bulk_call_step(calls, job)}
    work_off(calls.crm, kinds)


def _placed(calls):
    return sorted(call.contact_id for call in calls.shelf.calls.values())


def test_everybody_is_asked_for_once(calls):
    """By the wish's template, priority and time; a contact that is named twice is called once."""
    people = _people(calls, 60)
    ids = tuple(one.id for one in people)
    later = NOW + timedelta(hours=2)
    wish = BulkCallWish(TEMPLATE, (*ids, ids[0]), priority=7, not_before=later, requested_by="Ops")
    job = start_bulk_call(calls, wish, "job_1")
    assert start_bulk_call(calls, wish, "job_1") == job
    _work(calls)
    done = _job(calls, job)
    assert (done.state, done.total, done.done, done.succeeded) == (JobState.DONE, 60, 60, 60)
    assert _placed(calls) == sorted(ids)
    assert {
        (call.template_id, call.priority, call.due_at, call.requested_by)
        for call in calls.shelf.calls.values()
    } == {(TEMPLATE, 7, later, "Ops")}


def _job(calls, job):
    """Give the newest state of a job."""
    return calls.crm.jobs.get(job.id)


def test_who_must_not_be_called_is_told_with_the_reason(calls):
    """The others are asked for; who may not be called yet waits."""
    refusing, suppressed, held, fine = _people(calls, 4)
    change_contact(calls.crm, refusing.id, ContactChanges(status=ContactStatus.DO_NOT_CONTACT))
    stop_calling(calls, suppressed.phone, "operator")
    hold_number(calls, NumberHold(held.phone, NOW))
    absent = "contact_" + 32 * "0"
    wish = BulkCallWish(TEMPLATE, (refusing.id, suppressed.id, held.id, fine.id, absent))
    foreseen = foresee(calls, wish)
    assert dict(foreseen.counts) == {
        ("refuse", "do_not_contact"): 1,
        ("refuse", "suppressed"): 1,
        ("not_yet", "number_held"): 1,
        ("allow", "allowed"): 1,
    }
    assert (foreseen.looked_at, foreseen.missing, foreseen.is_more) == (5, 1, False)
    assert foreseen.samples["refuse", "suppressed"] == [suppressed.id]
    assert calls.shelf.calls == {}
    job = start_bulk_call(calls, wish)
    _work(calls)
    results = {each.object_id: each.code for each in list_results(calls.crm, job.id, 10).items}
    assert results == {
        refusing.id: "do_not_contact",
        suppressed.id: "suppressed",
        held.id: None,
        fine.id: None,
        absent: "contact_not_found",
    }
    assert _placed(calls) == sorted([held.id, fine.id])


def test_a_filter_is_walked_as_it_was_when_the_job_began(calls, clock):
    """Who came later is not called, nor who does not match any more when it is their turn."""
    prospects = _people(calls, 3, status=ContactStatus.PROSPECT)
    _people(calls, 2, first=10, status=ContactStatus.CUSTOMER)
    wish = BulkCallWish(TEMPLATE, where=ContactFilter(status=ContactStatus.PROSPECT))
    assert sum(foresee(calls, wish).counts.values()) == 3
    clock.advance(seconds=1)
    start_bulk_call(calls, wish)
    clock.advance(seconds=1)
    _people(calls, 1, first=20, status=ContactStatus.PROSPECT)
    change_contact(calls.crm, prospects[0].id, ContactChanges(status=ContactStatus.CUSTOMER))
    _work(calls)
    assert _placed(calls) == sorted(one.id for one in prospects[1:])


def test_numbers_are_called_and_stand_in_no_job(calls):
    """That of a contact at that number, also when it is not its first; unknown ones become contacts."""
    (one,) = _people(calls, 1, other_phones=(E164("+14155552801"),))
    new = E164("+14155552802")
    wish = BulkCallWish(TEMPLATE, numbers=(E164("+14155552801"), new))
    assert foresee(calls, wish).looked_at == 2
    assert find_contact(calls.crm, new) is None
    job = start_bulk_call(calls, wish)
    _work(calls)
    called = {call.contact_id: call.number for call in calls.shelf.calls.values()}
    assert called == {one.id: "+14155552801", find_contact(calls.crm, new).id: new}
    results = list_results(calls.crm, job.id, 10).items
    assert "+1415" not in repr((_job(calls, job), results))


def test_whoever_dies_over_it_everybody_is_called_once(clock):
    """At each point between two writes: the message comes again, and the job goes on."""
    step, left = 0, True
    while left:
        step += 1
        crm = FakeCrm(clock)
        calls = FakeCalls(clock, crm)
        furnished(calls)
        ids = tuple(one.id for one in _people(calls, 3))
        job, fuse = start_bulk_call(calls, BulkCallWish(TEMPLATE, ids)), Fuse(step)
        shelf, kept = calls.shelf, crm.jobs
        calls.book, crm.jobs = Perilous(calls.book, fuse), Perilous(kept, fuse)
        calls.wakeups = Perilous(calls.wakeups, fuse)
        _work(calls)
        assert sorted(call.contact_id for call in shelf.calls.values()) == sorted(ids), step
        done = kept.get(job.id)
        assert (done.state, done.succeeded, done.failed) == (JobState.DONE, 3, 0), step
        left = fuse.burnt >= step
    assert step > 10


def test_a_call_that_was_asked_for_stays_a_success(calls):
    """Although its number is suppressed before the step, whose worker died, is done again."""
    (one,) = _people(calls, 1)
    job = start_bulk_call(calls, BulkCallWish(TEMPLATE, (one.id,)))
    bulk_call_step(calls, job)
    stop_calling(calls, one.phone, "operator")
    _work(calls)
    assert _job(calls, job).succeeded == 1
    assert len(_placed(calls)) == 1


def test_wake_ups_are_spread_by_the_pace(calls):
    """As many are woken in a second as may start; the rest by the sweep of the next minute."""
    change_settings(calls.system, {"pace": Pace(calls_per_second=1)}, None)
    start_bulk_call(calls, BulkCallWish(TEMPLATE, tuple(one.id for one in _people(calls, 50))))
    _work(calls)
    assert calls.wakeups.attend_delays[:4] == [0, 1, 2, 3]
    assert max(calls.wakeups.attend_delays) == 60


def test_what_cannot_be_asked_for_is_refused(calls):
    """At once when the template is missing or the time is too far; a template that goes ends the job."""
    with pytest.raises(NotFound):
        start_bulk_call(calls, BulkCallWish("template_9", (NUMBER,)))
    with pytest.raises(Invalid):
        foresee(calls, BulkCallWish(TEMPLATE, (), not_before=NOW + timedelta(days=400)))
    job = start_bulk_call(calls, BulkCallWish(TEMPLATE, tuple(one.id for one in _people(calls, 1))))
    calls.templates.remove(get_template(calls, TEMPLATE), NOW)
    _work(calls)
    failed = get_job(calls.crm, job.id)
    assert (failed.state, failed.error) == (JobState.FAILED, "template_not_found")
    assert all(call.state is CallState.QUEUED for call in calls.shelf.calls.values())


def test_a_count_ends_in_time(calls, clock, monkeypatch):
    """No more are looked at than there is time for; there are more, it says."""
    ids = tuple(one.id for one in _people(calls, 5))
    status = calls.numbers.status

    def slow(number):
        clock.advance(seconds=6)
        return status(number)

    monkeypatch.setattr(calls.numbers, "status", slow)
    foreseen = foresee(calls, BulkCallWish(TEMPLATE, ids))
    assert (foreseen.looked_at, foreseen.is_more) == (3, True)
