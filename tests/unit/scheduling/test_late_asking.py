"""A worker that is late asks for a call after its campaign was stopped: nobody is dialed, nothing is left."""

from __future__ import annotations

from contextlib import suppress

import pytest
from fakes.calls import FakeCalls, a_call, furnished, kill_switch
from fakes.crm import FakeCrm
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend
from chalicelib.kernel.errors import Conflict
from chalicelib.scheduling.domain.campaigns import Dialing
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.services.launching import pause_campaign, resume_campaign, stop_campaign


@pytest.fixture
def calls(clock):
    """Give the ports of calls, furnished, at noon in California."""
    made = FakeCalls(clock, FakeCrm(clock))
    furnished(made)
    clock.advance(hours=8)
    return made


def _overtaken(stage, act):
    """Let somebody act, and another worker tick, between a member's state and the wish for its call."""
    save = stage.scheduling.members.save

    def late(changes):
        if not changes:
            return save(changes)
        stage.scheduling.members.save = save
        stored = save(changes)
        act(stage.scheduling, ID)
        stage.clock.advance(seconds=61)  # longer than a turn: the worker is taken for dead
        stage.tick()
        return stored

    stage.scheduling.members.save = late
    with suppress(Conflict):  # it may find that its campaign cannot be completed any more
        stage.tick()


def test_a_call_that_is_asked_for_after_the_stop_is_none(calls):
    """The wish is refused; the member is skipped, and nobody was dialed."""
    stage = Stage(calls, members=1)
    stage.start()
    _overtaken(stage, stop_campaign)
    assert stage.of_campaign == []
    (member,) = stage.members
    assert (member.state, member.reason) == (MemberState.SKIPPED, "campaign_stopped")
    assert calls.telephony.accepted == []
    assert stage.recount() == +stage.scheduling.members.counts(ID)


@pytest.mark.parametrize("is_off", [False, True])
def test_a_call_of_a_stopped_campaign_ends_without_its_members(calls, is_off):
    """Whoever looks at it ends it: no member knows of it, and it does not matter that dialing is stopped."""
    stage = Stage(calls, members=1)
    stage.start()
    stop_campaign(stage.scheduling, ID)
    contact_id = stage.members[0].contact_id
    calls.book.create(a_call(campaign_id=ID, contact_id=contact_id, attempt=1))
    kill_switch(calls, on=is_off)
    attend(calls, "call_1")
    call = calls.call()
    assert (call.state, call.outcome, call.reason) == (
        CallState.ENDED,
        Outcome.NOT_PERMITTED,
        "campaign_stopped",
    )
    assert call.look_at is None
    assert calls.telephony.accepted == []


def test_a_call_that_is_asked_for_after_a_pause_waits(calls):
    """It is dialed when the campaign goes on, once."""
    stage = Stage(calls, members=1)
    stage.start()
    _overtaken(stage, pause_campaign)
    (call,) = stage.of_campaign
    attend(calls, call.id)
    assert (calls.call(call.id).state, calls.telephony.accepted) == (CallState.QUEUED, [])
    resume_campaign(stage.scheduling, ID)
    stage.clock.advance(seconds=61)
    stage.tick()
    attend(calls, call.id)
    assert len(calls.telephony.accepted) == 1
    assert len(stage.of_campaign) == 1


def test_wake_ups_of_a_tick_are_spread_by_the_campaigns_pace(calls):
    """Each call is woken when its turn will come."""
    stage = Stage(calls, members=4, dialing=Dialing(calls_per_minute=60))
    stage.start()
    calls.wakeups.attend_delays.clear()
    assert stage.tick().admitted == 4
    assert calls.wakeups.attend_delays == [0, 1, 2, 3]
