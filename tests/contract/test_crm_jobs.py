"""One suite for where jobs are kept: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.crm import FakeWork, stored_crm
from fakes.jobs import work_off

from chalicelib.crm.domain.jobs import Job, JobState, Outcome, Result
from chalicelib.crm.services.jobs import cancel_job, get_job, list_results, start_job, step_over_given
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import new_id

IDS = [f"contact_{number:032x}" for number in range(1000)]


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, crm, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return crm
    stored = stored_crm(request.getfixturevalue("make_table")("crm", "CrmTable"), clock)
    stored.work = FakeWork()
    return stored


@pytest.fixture
def job(clock):
    """Give a job with every field."""
    return Job(
        id=new_id("job"),
        kind="tag",
        arguments={"value": "tag_1", "filter": {"status": "lead", "since": None}},
        state=JobState.RUNNING,
        total=1000,
        step=3,
        cursor="150",
        done=3,
        succeeded=1,
        unchanged=1,
        failed=1,
        error="code",
        message="Why.",
        created_by="token:token_1",
        created_at=clock.now(),
        finished_at=clock.now(),
    )


def test_a_job_is_read_as_it_was_written(ports, job):
    """Every field comes back, and the objects in chunks of fifty."""
    assert ports.jobs.add(job, IDS) == job
    assert ports.jobs.get(job.id) == job
    chunks = [ports.jobs.objects(job.id, number) for number in range(21)]
    assert [each for chunk in chunks for each in chunk] == IDS
    assert {len(chunk) for chunk in chunks} == {50, 0}


def test_a_bare_job_is_read_as_it_was_written(ports, clock):
    """What is not known stays unknown."""
    bare = Job(id=new_id("job"), kind="walk", created_by="system", created_at=clock.now())
    ports.jobs.add(bare)
    assert ports.jobs.get(bare.id) == bare


def test_an_id_is_kept_once(ports, job):
    """A second job with the same id changes nothing, and gives the first."""
    ports.jobs.add(job, ["first"])
    assert ports.jobs.add(replace(job, kind="other"), ["second"]) == job
    assert ports.jobs.objects(job.id, 0) == ["first"]


def test_only_the_next_version_is_kept(ports, job):
    """With its results, or not at all."""
    ports.jobs.add(job)
    results = [Result("a", Outcome.DONE), Result("b", Outcome.FAILED, "code", "Why.")]
    assert not ports.jobs.save(replace(job, version=3), results)
    assert ports.jobs.results(job.id, 10, None).items == []
    assert ports.jobs.save(replace(job, version=2), results)
    assert not ports.jobs.save(replace(job, version=2, kind="other"), results)
    assert ports.jobs.results(job.id, 10, None).items == results
    assert ports.jobs.get(job.id) == replace(job, version=2)


def test_results_page_over_steps(ports, job):
    """Pages of any size give each once, in the order of the work; a step without results leaves no gap."""
    ports.jobs.add(job)
    every = [Result(str(number), Outcome.DONE) for number in range(25)]
    parts = {4: every[:10], 5: [], 6: every[10:11], 7: every[11:]}
    for version, (step, results) in enumerate(parts.items(), start=2):
        assert ports.jobs.save(replace(job, step=step, version=version), results)
    for size in (1, 10, 11, 25, 100):
        found, start = [], None
        while True:
            page = ports.jobs.results(job.id, size, start)
            found += page.items
            start = page.next_start
            if start is None:
                break
        assert found == every


def test_a_job_runs_to_its_end(ports):
    """Start, steps and results through the use cases."""
    started = start_job(ports, "mark", {"a": 1}, IDS[:120])
    work_off(ports, {"mark": lambda crm, job: step_over_given(crm, job, lambda _: Outcome.DONE)})
    assert (get_job(ports, started.id).state, get_job(ports, started.id).succeeded) == ("done", 120)
    assert [one.object_id for one in list_results(ports, started.id, 100).items] == IDS[:100]
    other = start_job(ports, "mark", {})
    assert cancel_job(ports, other.id).state == "cancelled"
    assert [each.id for each in ports.jobs.page(10, None).items] == [other.id, started.id]
    assert [each.id for each in ports.jobs.page(1, other.id).items] == [started.id]


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable(clock, job):
    """Whatever the table's service refuses becomes one retryable error."""
    absent = stored_crm("absent", clock).jobs
    for use in (
        lambda: absent.add(job),
        lambda: absent.get(job.id),
        lambda: absent.objects(job.id, 0),
        lambda: absent.save(job),
        lambda: absent.page(1, None),
        lambda: absent.results(job.id, 1, None),
    ):
        with pytest.raises(Unavailable):
            use()
