"""Jobs are done step by step, each object once, whoever dies and however often a message comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.jobs import work_off

from chalicelib.crm.domain.jobs import Outcome, Step
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import (
    cancel_job,
    each_of,
    get_job,
    list_jobs,
    list_results,
    run_step,
    start_job,
    step_over_given,
)
from chalicelib.kernel.actors import acting_as, actor
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from chalicelib.kernel.ids import new_id

IDS = [f"thing_{number:03}" for number in range(120)]


@pytest.fixture
def seen():
    """Keep what the steps of the tests' kinds have seen."""
    return []


@pytest.fixture
def kinds(seen):
    """Give kinds of jobs: over given objects, by a walk, one that is refused, one that finds nobody in."""

    def mark(object_id):
        seen.append(object_id)
        if object_id.endswith("7"):
            raise Invalid("Sevens are not liked.", code="seven")
        return Outcome.UNCHANGED if object_id.endswith("0") else Outcome.DONE

    def walk(crm, job):
        place = int(job.cursor or 0)
        results = each_of(crm, IDS[place : place + 50], mark)
        place += len(results)
        return Step(results, str(place) if place < len(IDS) else None)

    def refuse(crm, job):
        raise Conflict("It was changed.", code="version_changed")

    def nobody(crm, job):
        raise Unavailable("away", retryable=True)

    return {
        "given": lambda crm, job: step_over_given(crm, job, mark),
        "walk": walk,
        "refuse": refuse,
        "nobody": nobody,
    }


def _results(crm, job):
    found, start = [], None
    while True:
        page = list_results(crm, job.id, 33, start)
        found += page.items
        if page.next_start is None:
            return found
        start = page.next_start


@pytest.mark.parametrize("kind", ["given", "walk"])
def test_a_job_does_every_object_once_and_says_what_came_of_it(crm, kinds, seen, kind):
    """Counts and results agree with what was done, in the order of the work."""
    job = start_job(crm, kind, {}, IDS if kind == "given" else ())
    assert (job.state, job.total) == ("queued", 120 if kind == "given" else None)
    assert work_off(crm, kinds) == 3
    done = get_job(crm, job.id)
    assert (done.state, done.done, done.succeeded, done.unchanged, done.failed) == ("done", 120, 96, 12, 12)
    assert seen == IDS
    results = _results(crm, job)
    assert [result.object_id for result in results] == IDS
    assert (results[7].outcome, results[7].code, results[7].message) == (
        "failed",
        "seven",
        "Sevens are not liked.",
    )


@pytest.mark.parametrize("kind", ["given", "walk"])
@pytest.mark.parametrize("length", range(1, 40))
def test_a_worker_may_die_anywhere(crm, kinds, kind, length):
    """Killed before or after any use of a port: counts and results are those of a run without deaths."""
    job = start_job(crm, kind, {}, IDS if kind == "given" else ())
    fuse = Fuse(length)
    real = crm.jobs, crm.work
    crm.jobs, crm.work = Perilous(crm.jobs, fuse), _Sender(crm.work, fuse)
    work_off(crm, kinds)
    crm.jobs, crm.work = real
    done = get_job(crm, job.id)
    assert (done.state, done.done, done.succeeded, done.unchanged, done.failed) == ("done", 120, 96, 12, 12)
    assert [result.object_id for result in _results(crm, job)] == IDS


class _Sender(Perilous):
    """The queue whose sends burn the fuse; what was sent is read without harm."""

    @property
    def sent(self):
        return self._port.sent


def test_the_fuse_reaches_the_end_of_the_work(crm, kinds):
    """The lengths of the test above cover every use of a port in a whole job."""
    start_job(crm, "walk", {})
    fuse = Fuse()
    crm.jobs, crm.work = Perilous(crm.jobs, fuse), _Sender(crm.work, fuse)
    work_off(crm, kinds)
    assert 10 < fuse.burnt < 40


def test_a_message_that_comes_twice_does_nothing_twice(crm, kinds, seen):
    """Old messages wake the current step at most; those of an ended job do nothing."""
    job = start_job(crm, "walk", {})
    run_step(crm, job.id, 0, kinds)
    run_step(crm, job.id, 0, kinds)
    assert len(seen) == 50
    assert crm.work.sent.count(("job_step", job.id, 1)) == 2
    run_step(crm, job.id, 1, kinds)
    crm.work.sent.clear()
    run_step(crm, job.id, 0, kinds)
    assert crm.work.sent == []
    run_step(crm, job.id, 2, kinds)
    run_step(crm, job.id, 2, kinds)
    assert (seen, crm.work.sent) == (IDS, [])


def test_two_workers_of_one_step_count_it_once(crm, kinds):
    """The slower one keeps nothing and wakes nobody."""
    job = start_job(crm, "walk", {})
    crm.work.sent.clear()

    def slow(crm, stored):
        run_step(crm, stored.id, 0, kinds)
        return kinds["walk"](crm, stored)

    run_step(crm, job.id, 0, {"walk": slow})
    assert (get_job(crm, job.id).done, crm.work.sent) == (50, [("job_step", job.id, 1)])


def test_a_job_is_started_once_for_each_id(crm, kinds):
    """A request that is repeated gets the same job, and its first step is sent again."""
    job_id = new_id("job")
    first = start_job(crm, "given", {}, IDS, job_id=job_id)
    assert start_job(crm, "given", {}, ["other"], job_id=job_id) == first
    work_off(crm, kinds)
    assert get_job(crm, job_id).done == 120


def test_what_refuses_the_whole_job_ends_it(crm, kinds):
    """The job failed, and says why."""
    job = start_job(crm, "refuse", {})
    work_off(crm, kinds)
    failed = get_job(crm, job.id)
    assert (failed.state, failed.error, failed.message) == ("failed", "version_changed", "It was changed.")
    assert failed.finished_at is not None


def test_an_outage_has_the_step_come_again(crm, kinds):
    """Nothing is written down, and the message fails."""
    job = start_job(crm, "nobody", {})
    with pytest.raises(Unavailable):
        run_step(crm, job.id, 0, kinds)
    assert get_job(crm, job.id) == job


def test_a_cancelled_job_begins_nothing_more(crm, kinds, seen):
    """What was done is counted; cancelling twice is the same."""
    job = start_job(crm, "walk", {})
    run_step(crm, job.id, 0, kinds)
    cancelled = cancel_job(crm, job.id)
    assert cancel_job(crm, job.id) == cancelled
    work_off(crm, kinds)
    assert (get_job(crm, job.id).state, len(seen)) == ("cancelled", 50)


def test_a_step_that_is_cancelled_under_way_is_counted(crm, kinds):
    """Its results are kept, and the job stays cancelled."""
    job = start_job(crm, "walk", {})

    def interrupted(crm, stored):
        step = kinds["walk"](crm, stored)
        cancel_job(crm, stored.id)
        return step

    run_step(crm, job.id, 0, {"walk": interrupted})
    assert (get_job(crm, job.id).state, get_job(crm, job.id).done) == ("cancelled", 50)
    assert len(_results(crm, job)) == 50


def test_a_failure_does_not_undo_a_cancellation(crm, kinds):
    """Who cancelled a job reads that it is cancelled."""
    job = start_job(crm, "refuse", {})

    def interrupted(crm, stored):
        cancel_job(crm, stored.id)
        return kinds["refuse"](crm, stored)

    run_step(crm, job.id, 0, {"refuse": interrupted})
    assert get_job(crm, job.id).state == "cancelled"


def test_a_job_that_is_over_cannot_be_cancelled(crm, kinds):
    """There is nothing left to stop."""
    job = start_job(crm, "walk", {})
    work_off(crm, kinds)
    with pytest.raises(Conflict) as refusal:
        cancel_job(crm, job.id)
    assert refusal.value.code == "job_over"


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"bulk", "recount"}))
def test_what_must_not_stay_half_done_cannot_be_cancelled(crm, kind):
    """Erasures, merges and deletions have begun with the request."""
    job = start_job(crm, kind, {})
    with pytest.raises(Conflict) as refusal:
        cancel_job(crm, job.id)
    assert (refusal.value.code, get_job(crm, job.id)) == ("not_cancellable", job)


def test_a_step_ends_in_time(crm, clock):
    """When its time is over the rest is left to the next step; one object at least is done."""

    def slow(_object_id):
        clock.advance(seconds=15)
        return Outcome.DONE

    assert len(each_of(crm, IDS, slow)) == 3
    job = start_job(crm, "slow", {}, IDS[:4])
    assert work_off(crm, {"slow": lambda crm, job: step_over_given(crm, job, slow)}) == 2
    assert [result.object_id for result in _results(crm, job)] == IDS[:4]


def test_steps_act_as_who_started_the_job(crm):
    """The audit log names the person, not the worker."""
    acted = []

    def note(crm, job):
        acted.append(actor())
        return Step()

    with acting_as("token:token_1"):
        job = start_job(crm, "note", {})
    work_off(crm, {"note": note})
    assert (job.created_by, acted) == ("token:token_1", ["token:token_1"])


def test_unknown_jobs_are_not_found(crm, kinds):
    """Reading says so; a message for one is dropped."""
    for job_id in (new_id("job"), "job_x", "../x"):
        with pytest.raises(NotFound):
            get_job(crm, job_id)
    run_step(crm, new_id("job"), 0, kinds)
    assert crm.work.sent == []


def test_jobs_are_listed_newest_first(crm):
    """Pages give each job once."""
    ids = [start_job(crm, "walk", {}).id for _ in range(5)]
    first = list_jobs(crm, 3)
    second = list_jobs(crm, 3, first.next_start)
    assert [job.id for job in [*first.items, *second.items]] == ids[::-1]
    assert second.next_start is None


def test_a_message_that_kills_every_time_is_put_aside(crm, kinds):
    """The fake of the queue gives up, as the real one does."""
    start_job(crm, "dies", {})

    def dies(crm, job):
        raise Killed

    with pytest.raises(Killed):
        work_off(crm, {"dies": dies})


def test_versions_grow_by_one(crm, kinds):
    """A write from an older version is refused, and keeps no results."""
    job = start_job(crm, "walk", {})
    assert not crm.jobs.save(replace(job, version=3))
    assert crm.jobs.save(replace(job, version=2))
    assert not crm.jobs.save(replace(job, version=2))
