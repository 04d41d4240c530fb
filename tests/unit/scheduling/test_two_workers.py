"""What two workers do to one campaign at once, and what is left by one who died: nobody is lost over it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from fakes.calls import FakeCalls, furnished
from fakes.carrier import Killed
from fakes.crm import FakeCrm
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.kernel.errors import Invalid
from chalicelib.scheduling.domain.campaigns import CampaignState, Dialing
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.ports.campaigns import Adding, ScheduleState, Turn
from chalicelib.scheduling.services.campaigns import change_campaign
from chalicelib.scheduling.services.launching import (
    pause_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from chalicelib.scheduling.services.ticking import tick


@pytest.fixture
def stage(calls):
    """Give a campaign of three that has been started, at noon in California."""
    calls.clock.advance(hours=8)
    stage = Stage(calls)
    stage.start()
    stage.tick()
    return stage


def _deliver(stage, seconds):
    """Deliver every message in its time, for so long."""
    ticks, end = stage.scheduling.ticks, stage.clock.now() + timedelta(seconds=seconds)
    due = [(stage.clock.now() + timedelta(seconds=delay), until) for _, until, delay in ticks.sent]
    while due and min(due)[0] <= end:
        at, until = due.pop(due.index(min(due)))
        stage.clock.advance(seconds=max(0.0, (at - stage.clock.now()).total_seconds()))
        ticks.sent.clear()
        tick(stage.scheduling, ID, until)
        due += [(stage.clock.now() + timedelta(seconds=delay), later) for _, later, delay in ticks.sent]
    stage.clock.advance(seconds=max(0.0, (end - stage.clock.now()).total_seconds()))


def test_a_stop_while_another_worker_has_the_turn_still_calls_off_what_waits(stage):
    """The tick of the stop comes again until that worker is done, however it ends."""
    now = stage.clock.now()
    stage.scheduling.campaigns.take_turn(ID, Turn("other", now + timedelta(seconds=20)), now)
    stage.scheduling.ticks.sent.clear()
    stop_campaign(stage.scheduling, ID)
    _deliver(stage, 60)
    assert {(call.state, call.outcome) for call in stage.of_campaign} == {(CallState.ENDED, Outcome.CANCELED)}


def test_the_longest_call_is_followed_to_its_end_after_a_stop(stage):
    """An hour, as long as a template lets one last: its member is done, and what it cost is known."""
    for call in stage.of_campaign:
        stage.calls.shelf.calls[call.id] = replace(call, state=CallState.IN_PROGRESS)
    stage.scheduling.ticks.sent.clear()
    stop_campaign(stage.scheduling, ID)
    _deliver(stage, 3600)
    stage.end_calls()
    _deliver(stage, 60)
    assert {member.state for member in stage.members} == {MemberState.DONE}


def test_the_end_of_a_pause_does_not_tick_a_campaign_whose_schedule_is_disabled(stage):
    """What follows the calls of a pause ends when it is resumed: the schedule is in charge again."""
    stage.scheduling.ticks.sent.clear()
    pause_campaign(stage.scheduling, ID)
    ((_, until, _),) = stage.scheduling.ticks.sent
    resume_campaign(stage.scheduling, ID)
    stage.scheduling.ticks.sent.clear()
    assert tick(stage.scheduling, ID, until).goes_on
    assert stage.scheduling.ticks.sent == []


@pytest.mark.parametrize("act", [pause_campaign, stop_campaign])
def test_a_halt_whose_worker_died_is_finished_by_the_next_tick(clock, act):
    """Also when nobody asks again: a campaign never says that it runs while the dialer is stopped."""
    clock.advance(hours=8)
    for step in count(1):
        calls = FakeCalls(clock, FakeCrm(clock))
        furnished(calls)
        stage = Stage(calls)
        stage.start()
        fuse = stage.perilous(step)
        with suppress(Killed):
            act(stage.scheduling, ID)
        if fuse.burnt < step:
            break
        stage.tick()
        assert (stage.state is CampaignState.RUNNING) == (calls.plans.get(ID).stop is None), step
    assert step > 5


@pytest.mark.parametrize("slow", ["a change", "a start"])
def test_rules_that_are_told_late_do_not_take_the_place_of_newer_ones(stage, slow):
    """Whoever read an older campaign tells its rules after a later change was answered."""
    plans = stage.calls.plans
    told = plans.put

    def late(plan):
        plans.put = told
        change_campaign(stage.scheduling, ID, {"calls_per_minute": 6}, None)
        return told(plan)

    if slow == "a start":
        pause_campaign(stage.scheduling, ID)
    plans.put = late
    if slow == "a start":
        resume_campaign(stage.scheduling, ID)
    else:
        change_campaign(stage.scheduling, ID, {"calls_per_minute": 5}, None)
    assert plans.get(ID).calls_per_minute == 6


def test_who_was_added_in_the_moment_of_the_end_is_called(stage):
    """The worker that had ended the campaign died before it saw them, and their job is over since."""
    stage.end_calls()
    stage.tick()
    assert stage.state is CampaignState.COMPLETED
    stage.add(1)
    assert stage.tick() is not None
    assert stage.state is CampaignState.RUNNING
    assert stage.tick().admitted == 1


def test_a_campaign_to_which_nobody_came_ends(calls):
    """Its job added nobody: it does not run for ever."""
    stage = Stage(calls, 0)
    now = stage.clock.now()
    stage.scheduling.campaigns.begin_adding(ID, Adding("job_1", now))
    stage.start()
    stage.tick()
    assert stage.state is CampaignState.RUNNING
    stage.scheduling.campaigns.end_adding(ID, "job_1")
    stage.tick()
    assert stage.state is CampaignState.COMPLETED
    assert stage.scheduling.schedules.state(ID) is ScheduleState.MISSING


def test_the_schedule_of_a_deleted_campaign_is_removed_by_its_tick(stage):
    """Somebody who started it in that moment had made it again."""
    stage.scheduling.campaigns.by_id.clear()
    assert stage.scheduling.schedules.state(ID) is ScheduleState.ENABLED
    stage.tick()
    assert stage.scheduling.schedules.state(ID) is ScheduleState.MISSING


@pytest.mark.parametrize("go_on", [start_campaign, resume_campaign])
def test_a_campaign_whose_stop_time_has_come_is_not_stopped_for_good_by_starting_it(calls, go_on):
    """It is refused at the field, and can be started when that is changed."""
    stop_at = calls.clock.now() - timedelta(minutes=1)
    state = CampaignState.PAUSED if go_on is resume_campaign else CampaignState.DRAFT
    stage = Stage(calls, state=state, dialing=Dialing(stop_at=stop_at))
    with pytest.raises(Invalid) as refusal:
        go_on(stage.scheduling, ID)
    assert (refusal.value.code, refusal.value.errors[0].pointer) == ("stop_before_start", "/stop_at")
    assert (stage.state, stage.scheduling.schedules.state(ID)) == (state, ScheduleState.MISSING)
