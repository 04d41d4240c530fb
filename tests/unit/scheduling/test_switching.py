"""A campaign's schedule is as its state wants it, whoever acts at once or dies; a console's switch holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.carrier import Killed
from unit.scheduling.stage import ID, Stage

from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.scheduling.domain.campaigns import CampaignState, Dialing
from chalicelib.scheduling.ports.campaigns import ScheduleState
from chalicelib.scheduling.services.campaigns import change_campaign, delete_campaign
from chalicelib.scheduling.services.launching import (
    pause_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from chalicelib.scheduling.services.ticking import tick

ON, OFF, NONE = ScheduleState.ENABLED, ScheduleState.DISABLED, ScheduleState.MISSING


@pytest.fixture(params=["running", "scheduled"])
def stage(calls, request):
    """Give a campaign that was started, and one that begins in an hour."""
    calls.clock.advance(hours=8)
    later = calls.clock.now() + timedelta(hours=1)
    stage = Stage(calls, dialing=Dialing(start_at=later if request.param == "scheduled" else None))
    stage.start()
    return stage


def _schedule(stage):
    return stage.scheduling.schedules.state(ID)


def _meanwhile(stage, name, act):
    """Have somebody else act to the end in the moment before the schedule is touched in this way."""
    schedules = stage.scheduling.schedules
    touch = getattr(schedules, name)

    def late(*args):
        setattr(schedules, name, touch)
        act(stage.scheduling, ID)
        return touch(*args)

    setattr(schedules, name, late)


def test_a_resume_in_the_middle_of_a_pause_leaves_the_schedule_on(stage):
    """The pause comes to the schedule last, and looks at the state once more."""
    was = stage.state
    _meanwhile(stage, "disable", resume_campaign)
    pause_campaign(stage.scheduling, ID)
    assert (stage.state, _schedule(stage)) == (was, ON)
    starts_at = stage.campaign.dialing.start_at
    assert stage.scheduling.schedules.starts[ID] == starts_at


@pytest.mark.parametrize(("act", "left"), [(pause_campaign, OFF), (stop_campaign, NONE)])
def test_a_halt_in_the_middle_of_a_resume_leaves_the_schedule_off(stage, act, left):
    """Whichever of the two comes to the schedule last."""
    pause_campaign(stage.scheduling, ID)
    enable = stage.scheduling.schedules.enable

    def at_the_end(*args):
        stage.scheduling.schedules.enable = enable
        _meanwhile(stage, "enable", act)
        return enable(*args)

    stage.scheduling.schedules.enable = at_the_end
    resume_campaign(stage.scheduling, ID)
    assert _schedule(stage) is left


def test_a_pause_that_dies_over_the_schedule_after_a_resume_is_mended_by_the_last_tick_of_that(stage):
    """Nothing else may ever tick it: the chain of the resume ends with a look at the schedule."""
    disable = stage.scheduling.schedules.disable

    def dies(campaign_id):
        resume_campaign(stage.scheduling, campaign_id)
        _deliver(stage)
        stage.clock.advance(seconds=20)
        disable(campaign_id)
        raise Killed

    stage.scheduling.schedules.disable = dies
    with pytest.raises(Killed):
        pause_campaign(stage.scheduling, ID)
    stage.scheduling.schedules.disable = disable
    assert _schedule(stage) is OFF
    _end_of_chain(stage)
    assert _schedule(stage) is ON


def _end_of_chain(stage):
    while stage.scheduling.ticks.sent:
        _deliver(stage)


def _deliver(stage):
    """Deliver the latest message in its time, and no other."""
    _, until, delay_s = stage.scheduling.ticks.sent[-1]
    stage.scheduling.ticks.sent.clear()
    stage.clock.advance(seconds=delay_s)
    tick(stage.scheduling, ID, until)


def test_what_somebody_disabled_in_the_console_stays_so(stage):
    """To the end of the chain and beyond it, also after a change; a resume has it go on."""
    stage.scheduling.schedules.flip(ID)
    stage.scheduling.ticks.tick(ID, stage.clock.now() + timedelta(seconds=55))
    _end_of_chain(stage)
    change_campaign(stage.scheduling, ID, {"priority": 3}, None)
    assert _schedule(stage) is OFF
    resume_campaign(stage.scheduling, ID)
    assert _schedule(stage) is ON


@pytest.mark.parametrize(("act", "left"), [(pause_campaign, OFF), (stop_campaign, NONE)])
def test_the_tick_sets_the_schedule_that_a_dead_halt_left_on(stage, act, left):
    """The halt holds, and its worker died before it came to the schedule."""

    def dies(_campaign_id):
        raise Killed

    disable, remove = stage.scheduling.schedules.disable, stage.scheduling.schedules.remove
    stage.scheduling.schedules.disable = stage.scheduling.schedules.remove = dies
    with pytest.raises(Killed):
        act(stage.scheduling, ID)
    stage.scheduling.schedules.disable, stage.scheduling.schedules.remove = disable, remove
    assert _schedule(stage) is ON
    stage.tick()
    assert _schedule(stage) is left


def test_a_schedule_of_a_draft_is_removed_by_its_tick(calls):
    """Whoever started it died before the campaign said so."""
    stage = Stage(calls)
    stage.scheduling.schedules.enable(ID, None)
    stage.tick()
    assert _schedule(stage) is NONE


def test_a_start_in_the_moment_of_the_end_keeps_the_schedule(calls):
    """The worker that completed the campaign comes to the schedule after whoever started it again."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 1)
    stage.start()
    stage.tick()
    stage.end_calls()

    def more(scheduling, campaign_id):
        stage.add(1)
        start_campaign(scheduling, campaign_id)

    _meanwhile(stage, "remove", more)
    stage.tick()
    assert (stage.state, _schedule(stage)) == (CampaignState.RUNNING, ON)


def test_a_start_in_the_moment_of_a_deletion_keeps_the_schedule(calls):
    """The deletion is refused, and what it has removed is there again."""
    stage = Stage(calls)
    _meanwhile(stage, "remove", start_campaign)
    with pytest.raises(Conflict):
        delete_campaign(stage.scheduling, ID, None)
    assert _schedule(stage) is ON


def test_a_cloud_that_cannot_say_how_the_schedule_stands_stops_no_tick(calls):
    """The failure is logged, and the tick is done."""
    calls.clock.advance(hours=8)
    stage = Stage(calls)
    stage.start()

    def fails(_campaign_id):
        raise Unavailable("down", retryable=True)

    stage.scheduling.schedules.is_paused = fails
    assert tick(stage.scheduling, ID, stage.clock.now()).admitted == 3
