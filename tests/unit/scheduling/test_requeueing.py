"""Members are called once more whom an operator names by reason or outcome; the rules decide again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.carrier import Fuse, Perilous
from fakes.jobs import work_off
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.crm.domain.jobs import REQUEUE_MEMBERS, JobState
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import get_job, list_results
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import new_id
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import MemberChange, MemberState, skip
from chalicelib.scheduling.domain.retries import RetryRules
from chalicelib.scheduling.services.adding import is_being_filled
from chalicelib.scheduling.services.requeueing import requeue_step, start_requeueing

LOST = MemberFilter(reason="no_time_allowed")


@pytest.fixture
def stage(calls):
    """Give a running campaign of three, at noon in California."""
    calls.clock.advance(hours=8)
    stage = Stage(calls)
    stage.start()
    return stage


def _skipped(stage, reason="no_time_allowed", count=None):
    changes = [MemberChange(member, skip(member, reason)) for member in stage.members[:count]]
    for start in range(0, len(changes), 50):
        stage.scheduling.members.save(changes[start : start + 50])


def _requeued(stage, where):
    job = start_requeueing(stage.scheduling, ID, where, new_id("job"))
    _work_off(stage)
    return get_job(stage.calls.crm, job.id)


def _work_off(stage):
    kinds = {**KINDS, REQUEUE_MEMBERS: lambda _, job: requeue_step(stage.scheduling, job)}
    return work_off(stage.calls.crm, kinds)


def _states(stage):
    return [member.state for member in stage.members]


def test_who_was_lost_to_a_mistake_is_called_after_all(stage):
    """Those of the reason and nobody else; a campaign that has completed meanwhile is started again."""
    _skipped(stage, "skipped_by_operator", 1)
    _skipped(stage)
    stage.tick()
    assert stage.state is CampaignState.COMPLETED
    job = _requeued(stage, LOST)
    assert (job.state, job.succeeded, job.unchanged) == (JobState.DONE, 2, 0)
    assert sorted(_states(stage)) == ["skipped", "waiting", "waiting"]
    assert stage.scheduling.members.counts(ID) == stage.recount()
    stage.start()
    assert stage.tick().admitted == 2


def test_who_is_done_is_called_once_more_by_the_outcome(calls):
    """Its attempts and their history stay, and count."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, retries=RetryRules(1, {}))
    stage.start()
    stage.tick()
    stage.end_calls(Outcome.NO_ANSWER)
    stage.tick()
    assert set(_states(stage)) == {MemberState.DONE}
    _requeued(stage, MemberFilter(state=MemberState.DONE, last_outcome=Outcome.NO_ANSWER))
    stage.start()
    stage.tick()
    assert {(member.state, member.attempts, len(member.history)) for member in stage.members} == {
        (MemberState.CALLING, 2, 1)
    }


def test_who_opted_out_is_skipped_again(stage):
    """The rules are asked again; nothing that they forbid is asked for."""
    for member in stage.members:
        stage.calls.numbers.suppress(member.number, "stop", stage.clock.now())
    stage.tick()
    assert _requeued(stage, MemberFilter(reason="suppressed")).succeeded == 3
    stage.start()
    assert stage.tick().admitted == 0
    assert {(each.state, each.reason) for each in stage.members} == {(MemberState.SKIPPED, "suppressed")}
    assert stage.of_campaign == []


def test_who_waits_or_has_a_call_stays_as_it_is(stage):
    """Also when it waits for this very reason; and so does one of whom nothing is known any more."""
    calling, waiting, erased = stage.members
    members = stage.scheduling.members
    later = stage.clock.now() + timedelta(hours=1)
    members.save(
        [
            MemberChange(calling, replace(calling, state=MemberState.CALLING, reason="no_time_allowed")),
            MemberChange(waiting, replace(waiting, next_at=later, reason="no_time_allowed")),
            MemberChange(erased, skip(replace(erased, number=NO_NUMBER), "no_time_allowed")),
        ]
    )
    before = stage.members
    job = _requeued(stage, LOST)
    assert (job.succeeded, job.unchanged, stage.members) == (0, 1, before)
    (left,) = list_results(stage.calls.crm, job.id, 10).items
    assert (left.object_id, left.code) == (erased.contact_id, "contact_erased")


def test_any_number_are_requeued_step_by_step(calls):
    """While the job goes on the campaign does not complete."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 1100)
    stage.start()
    _skipped(stage)
    job = start_requeueing(stage.scheduling, ID, LOST, new_id("job"))
    stage.tick()
    assert (stage.state, is_being_filled(stage.scheduling, ID)) == (CampaignState.RUNNING, True)
    assert _work_off(stage) == 3
    assert get_job(calls.crm, job.id).succeeded == 1100
    assert not is_being_filled(stage.scheduling, ID)
    assert stage.scheduling.members.counts(ID)["waiting"] == 1100


def test_whoever_dies_over_it_everybody_is_requeued(stage):
    """At every step of the storage; and the campaign can complete afterwards."""
    scheduling, crm = stage.scheduling, stage.calls.crm
    members, campaigns, jobs = scheduling.members, scheduling.campaigns, crm.jobs
    for length in range(1, 100):
        _skipped(stage)
        job, fuse = start_requeueing(scheduling, ID, LOST, new_id("job")), Fuse(length)
        scheduling.members, scheduling.campaigns = Perilous(members, fuse), Perilous(campaigns, fuse)
        crm.jobs = Perilous(jobs, fuse)
        _work_off(stage)
        scheduling.members, scheduling.campaigns, crm.jobs = members, campaigns, jobs
        assert jobs.get(job.id).state is JobState.DONE
        assert set(_states(stage)) == {MemberState.WAITING}
        assert campaigns.adding(ID) == []
        if fuse.burnt < length:
            return
    pytest.fail("the work has no end")


def test_the_same_request_is_the_same_job(stage):
    """Also after the campaign was stopped; another is refused then, and one of no campaign."""
    job_id = new_id("job")
    first = start_requeueing(stage.scheduling, ID, LOST, job_id)
    campaign = stage.scheduling.campaigns.get(ID)
    stage.scheduling.campaigns.by_id[ID] = replace(campaign, state=CampaignState.STOPPED)
    assert start_requeueing(stage.scheduling, ID, LOST, job_id) == first
    _work_off(stage)
    assert get_job(stage.calls.crm, job_id).error == "campaign_over"
    with pytest.raises(Conflict):
        start_requeueing(stage.scheduling, ID, LOST, new_id("job"))
    with pytest.raises(NotFound):
        start_requeueing(stage.scheduling, "campaign_none", LOST, new_id("job"))
