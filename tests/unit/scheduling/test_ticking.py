"""A campaign is advanced: who is called, how often, and when it ends, whatever dies on the way."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from fakes.calls import FakeCalls, a_template, allow_countries, furnished, kill_switch
from fakes.carrier import Killed
from fakes.crm import FakeCrm
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.template_editing import replace_template
from chalicelib.crm.services.contacts import delete_contact
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.scheduling.domain.campaigns import CampaignState, Dialing, Variant
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import MemberState, call_id_of
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.ports.campaigns import ScheduleState, Turn
from chalicelib.scheduling.services.launching import (
    pause_campaign,
    resume_campaign,
    start_campaign,
    stop_campaign,
)
from chalicelib.scheduling.services.ticking import tick
from chalicelib.system.domain.settings import Hours, Stop

_RULES = RetryRules(3, {Outcome.BUSY: Retry(2, (60, 120))})


@pytest.fixture
def stage(calls):
    """Give a campaign of three that has been started, at noon in California."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, retries=_RULES)
    stage.start()
    return stage


def test_everybody_is_called_once_and_the_campaign_ends(stage):
    """Each call names its campaign, attempt and member; when all have talked, nobody is left."""
    assert stage.tick().admitted == 3
    assert {(call.campaign_id, call.attempt, call.state) for call in stage.of_campaign} == {
        (ID, 1, CallState.QUEUED)
    }
    assert {call.id for call in stage.of_campaign} == {call_id_of(ID, m.contact_id, 1) for m in stage.members}
    stage.end_calls()
    assert stage.tick().collected == 3
    assert stage.state is CampaignState.COMPLETED
    assert stage.scheduling.schedules.state(ID) is ScheduleState.MISSING
    assert {member.state for member in stage.members} == {MemberState.DONE}
    assert stage.scheduling.members.counts(ID)["goal"] == 3


def test_who_is_busy_is_called_again_after_the_gap(stage):
    """The gap begins when the call ended; the next is longer; after the last attempt it is over."""
    expected = [(0, 3), (59, 0), (1, 3), (119, 0), (1, 3), (3600, 0)]
    for wait, admitted in expected:
        stage.clock.advance(seconds=wait)
        assert stage.tick().admitted == admitted
        stage.end_calls(Outcome.BUSY)
        stage.tick()
    assert [len(member.history) for member in stage.members] == [3, 3, 3]
    assert stage.state is CampaignState.COMPLETED
    assert stage.scheduling.members.counts(ID) == stage.recount()


def test_only_what_can_soon_be_dialed_is_asked_for(calls):
    """With two calls at once, two wait in the queue at most, however many are due."""
    stage = Stage(calls, 9, dialing=Dialing(live_calls=2))
    stage.start()
    assert stage.tick().admitted == 2
    assert stage.tick().admitted == 0
    stage.end_calls()
    assert stage.tick().admitted == 2


def test_who_must_not_be_called_is_skipped_with_the_reason(stage):
    """A refusal of the rules ends the membership; no call is made."""
    allow_countries(stage.calls, "GB")
    stage.tick()
    assert stage.of_campaign == []
    assert {(m.state, m.reason, m.attempts) for m in stage.members} == {
        (MemberState.SKIPPED, "country_not_allowed", 0)
    }


def test_a_contact_that_is_gone_is_skipped(stage):
    """The others are called."""
    delete_contact(stage.calls.crm, stage.members[0].contact_id)
    assert stage.tick().admitted == 2
    assert stage.members[0].reason == "contact_gone"


def test_who_may_not_be_called_yet_waits_until_then(calls):
    """Outside the hours nobody is asked for; everybody is when they begin."""
    stage = Stage(calls, dialing=Dialing(hours=Hours()))
    stage.start()
    stage.clock.advance(hours=18)  # 6 h UTC: night in California
    assert stage.tick().admitted == 0
    waits = {member.next_at for member in stage.members}
    assert {member.state for member in stage.members} == {MemberState.WAITING}
    assert all(member.reason for member in stage.members)
    stage.clock.advance(seconds=(min(waits) - stage.clock.now()).total_seconds() - 1)
    assert stage.tick().admitted == 0
    stage.clock.advance(hours=1)
    assert stage.tick().admitted == 3


def test_nobody_is_touched_while_nothing_is_dialed(stage):
    """The kill switch keeps members as they are, so that all are due when it is released."""
    kill_switch(stage.calls)
    before = stage.members
    assert stage.tick().admitted == 0
    assert stage.members == before


def test_a_paused_campaign_admits_nobody_and_collects(stage):
    """Calls that go on are followed to their end; resumed, it goes on."""
    stage.tick()
    stage.end_calls(Outcome.BUSY)
    pause_campaign(stage.scheduling, ID, Stop("lunch", "Lunch."))
    assert stage.calls.plans.get(ID).stop.code == "campaign_paused"
    assert stage.scheduling.schedules.state(ID) is ScheduleState.DISABLED
    stage.clock.advance(hours=1)
    assert (stage.tick().collected, len(stage.of_campaign)) == (3, 3)
    resume_campaign(stage.scheduling, ID)
    assert stage.calls.plans.get(ID).stop is None
    assert stage.tick().admitted == 3


def test_a_stopped_campaign_calls_off_what_waits(stage):
    """Its queued calls end, its schedule goes, and its members say so."""
    stage.tick()
    stop_campaign(stage.scheduling, ID)
    assert stage.scheduling.schedules.state(ID) is ScheduleState.MISSING
    stage.tick()
    assert {(call.state, call.outcome) for call in stage.of_campaign} == {(CallState.ENDED, Outcome.CANCELED)}
    stage.tick()
    assert {member.last_outcome for member in stage.members} == {Outcome.CANCELED}
    assert stage.tick().again_s == 0


def test_a_stopped_campaign_frees_the_numbers_of_calls_that_were_taken_back(stage):
    """Whom the carrier declined to call can be called by others at once."""
    stage.tick()
    call = stage.of_campaign[0]
    stage.calls.telephony.moods = ["busy"]
    attend(stage.calls, call.id)
    assert stage.calls.numbers.status(call.number).live_call_id == call.id
    stop_campaign(stage.scheduling, ID)
    stage.tick()
    assert stage.calls.numbers.status(call.number).live_call_id == ""


def test_it_begins_and_ends_at_its_times(calls):
    """Nothing is dialed before the start time, nor after the stop time."""
    now = calls.clock.now()
    times = Dialing(start_at=now + timedelta(hours=6), stop_at=now + timedelta(hours=8))
    stage = Stage(calls, dialing=times, retries=RetryRules(9, {Outcome.BUSY: Retry(9, (1800,))}))
    stage.start()
    assert (stage.state, stage.scheduling.schedules.starts[ID]) == (CampaignState.SCHEDULED, times.start_at)
    assert stage.tick().admitted == 0
    stage.clock.advance(hours=6)
    assert (stage.tick().admitted, stage.state) == (3, CampaignState.RUNNING)
    stage.end_calls(Outcome.BUSY)
    stage.clock.advance(hours=2)
    stage.tick()
    assert stage.state is CampaignState.STOPPED
    assert stage.scheduling.campaigns.get(ID).reason.code == "stop_time"


def test_what_concerns_all_members_pauses_the_campaign(stage):
    """Without a number to call from nobody is lost: their calls are asked for when it goes on."""
    lines, stage.calls.lines = stage.calls.lines, ()
    assert stage.tick().admitted == 0
    assert stage.scheduling.campaigns.get(ID).reason.code == "no_caller_number"
    stage.calls.lines = lines
    resume_campaign(stage.scheduling, ID)
    stage.tick()
    assert len(stage.of_campaign) == 3


def test_variants_have_their_share_and_stay(calls):
    """Who is called by which template follows from contact and campaign."""
    calls.templates.add(replace(a_template(), id="template_2"))
    stage = Stage(calls, 40, variants=(Variant("template_1", 1), Variant("template_2", 1)))
    stage.start()
    stage.tick()
    used = [call.template_id for call in stage.of_campaign]
    assert 10 <= used.count("template_2") <= 30
    assert stage.scheduling.members.counts(ID)["total@template_2"] == used.count("template_2")


def test_two_versions_of_a_template_are_compared(calls):
    """Each member is called by its version, again too, whatever is current by then."""
    replace_template(calls, a_template(greeting="Second."), None)
    both = (Variant("template_1", version=1), Variant("template_1", version=2))
    stage = Stage(calls, 40, variants=both)
    stage.start()
    replace_template(calls, a_template(greeting="Third."), None)
    stage.tick()
    asked = Counter(call.template_version for call in stage.of_campaign)
    assert set(asked) == {1, 2}
    assert asked.total() == 40
    counts = stage.scheduling.members.counts(ID)
    assert {number: counts[f"total@template_1@{number}"] for number in asked} == asked
    named = MemberFilter(variant="template_1@2")
    assert len(stage.scheduling.members.page(ID, 100, None, named).items) == asked[2]


def test_another_workers_turn_is_respected(stage):
    """While somebody else advances the campaign nothing happens; a dead worker's turn ends by itself."""
    now = stage.clock.now()
    stage.scheduling.campaigns.take_turn(ID, Turn("other", now + timedelta(seconds=60)), now)
    assert stage.tick() is None
    stage.clock.advance(seconds=60)
    assert stage.tick().admitted == 3


def test_a_tick_is_chained_within_the_minute_only(stage):
    """The next is asked for until the chain's end; a schedule that is disabled stops all of them."""
    stage.scheduling.ticks.sent.clear()
    stage.tick()
    ((_, until, delay),) = stage.scheduling.ticks.sent
    assert delay == 5
    stage.clock.advance(seconds=56)
    tick(stage.scheduling, ID, until)
    assert len(stage.scheduling.ticks.sent) == 1


def test_a_storage_that_fails_ends_the_turn(stage, monkeypatch):
    """The failure is told, so that the message comes again, and the turn is free."""

    def fail(*_args):
        raise Unavailable("down", retryable=True)

    monkeypatch.setattr(stage.scheduling.members, "calling", fail)
    with pytest.raises(Unavailable):
        stage.tick()
    monkeypatch.undo()
    assert stage.tick().admitted == 3


def _people(clock):
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    return Stage(calls, 2, retries=replace(_RULES, max_attempts=2))


def test_wherever_a_worker_dies_everybody_is_called_as_often_as_the_rules_say():
    """At each step, once: afterwards no call is doubled, none is missing, and the numbers are exact."""
    for step in count(1):
        stage = _people(FixedClock(datetime(2026, 3, 3, 18, tzinfo=UTC)))
        stage.start()
        fuse = stage.perilous(step)
        stage.run(5, Outcome.BUSY, seconds=121)
        if fuse.burnt < step:
            break
        attempts = sorted((call.contact_id, call.attempt) for call in stage.of_campaign)
        people = sorted(member.contact_id for member in stage.members)
        assert attempts == [(person, n) for person in people for n in (1, 2)], step
        assert stage.state is CampaignState.COMPLETED, step
        assert stage.scheduling.members.counts(ID) == stage.recount(), step
    assert step > 50


@pytest.mark.parametrize("act", [start_campaign, pause_campaign, stop_campaign])
def test_wherever_an_act_dies_it_can_be_said_again(act):
    """Repeated, it comes to the same; and nothing is dialed once a stop was acknowledged."""
    for step in count(1):
        stage = _people(FixedClock(datetime(2026, 3, 3, 18, tzinfo=UTC)))
        if act is not start_campaign:
            stage.start()
        stage.perilous(step)
        with suppress(Killed):
            act(stage.scheduling, ID)
            break  # it came to its end before that step
        act(stage.scheduling, ID)
        plan, state = stage.calls.plans.get(ID), stage.state
        assert (plan.stop is None) == (state is CampaignState.RUNNING), step
        shown = {"running": "enabled", "paused": "disabled", "stopped": "missing"}[state]
        assert stage.scheduling.schedules.state(ID) == shown, step
    assert step > 8


def test_the_dialer_is_stopped_before_the_campaign_says_so(stage):
    """Whoever reads `paused` can rely on it: nothing can be dialed between the answer and the stop."""
    seen = []
    save = stage.scheduling.campaigns.save

    def watched(campaign):
        seen.append(stage.calls.plans.get(ID).stop)
        return save(campaign)

    stage.scheduling.campaigns.save = watched
    pause_campaign(stage.scheduling, ID)
    assert [stop.code for stop in seen] == ["campaign_paused"]


def test_a_resume_that_loses_against_a_stop_leaves_the_dialer_stopped(stage):
    """The stop came between its reading and its writing: the resume is refused, and nothing is dialed."""
    pause_campaign(stage.scheduling, ID)
    save = stage.scheduling.campaigns.save

    def overtaken(campaign):
        stage.scheduling.campaigns.save = save
        stop_campaign(stage.scheduling, ID)
        return save(campaign)

    stage.scheduling.campaigns.save = overtaken
    with pytest.raises(Conflict):
        resume_campaign(stage.scheduling, ID)
    assert stage.calls.plans.get(ID).stop.code == "campaign_stopped"


def test_a_tick_that_read_the_pause_does_not_stop_what_was_resumed_since(stage):
    """A worker that follows the calls of a paused campaign tells the dialer so only after it was resumed."""
    pause_campaign(stage.scheduling, ID)
    plans = stage.calls.plans
    told = plans.stop

    def late(*arguments):
        plans.stop = told
        resume_campaign(stage.scheduling, ID)
        return told(*arguments)

    plans.stop = late
    tick(stage.scheduling, ID, stage.clock.now())
    assert stage.state is CampaignState.RUNNING
    assert plans.get(ID).stop is None


def test_a_resume_whose_worker_died_before_it_told_the_dialer_is_mended_by_the_next_tick(stage):
    """The campaign runs, and the stop of its pause still stands: the tick lifts it."""
    paused = pause_campaign(stage.scheduling, ID)
    stop = stage.calls.plans.get(ID).stop
    resume_campaign(stage.scheduling, ID)
    stage.calls.plans.versions[ID] = paused.version
    stage.calls.plans.stop(ID, stop, paused.version)
    tick(stage.scheduling, ID, stage.clock.now())
    assert stage.calls.plans.get(ID).stop is None


def test_calls_that_were_put_off_by_a_pause_are_dialed_at_once_when_it_is_over(stage):
    """They do not wait for the minute after which they would have been looked at again."""
    stage.tick()
    pause_campaign(stage.scheduling, ID)
    for call in stage.of_campaign:
        attend(stage.calls, call.id)
    assert stage.calls.telephony.asked == 0
    resume_campaign(stage.scheduling, ID)
    del stage.calls.wakeups.attends[:]
    stage.tick()
    assert sorted(stage.calls.wakeups.attends) == sorted(call.id for call in stage.of_campaign)
    for call in stage.of_campaign:
        attend(stage.calls, call.id)
    assert stage.calls.telephony.asked == 3
