"""The circuit breaker: a campaign of which too many calls fail pauses itself, and forgets it when resumed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.scheduling.domain.breaking import Recent, dials_per_minute, tripped
from chalicelib.scheduling.domain.campaigns import Breaker, CampaignState
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.services.launching import pause_campaign, resume_campaign

_RULES = RetryRules(9, {Outcome.FAILED: Retry(9, (60,)), Outcome.BUSY: Retry(9, (60,))})


@pytest.fixture
def stage(calls):
    """Give a campaign of ten that was started, and breaks when half of ten calls fail."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 10, retries=_RULES, breaker=Breaker(50, 10))
    stage.start()
    return stage


def end_calls(stage, *outcomes, dialed=True):
    """End every call that goes on, with these outcomes in turn."""
    now = stage.clock.now()
    open_calls = [call for call in stage.of_campaign if not call.is_over]
    for place, call in enumerate(open_calls):
        stage.calls.shelf.calls[call.id] = replace(
            call,
            state=CallState.ENDED,
            outcome=outcomes[place % len(outcomes)],
            dialed_at=now if dialed else None,
            ended_at=now,
            finished_at=now,
        )


def test_too_many_failures_pause_it_with_the_reason(stage):
    """Five of ten: the campaign's view says so, nothing more is dialed, nobody is asked for."""
    stage.tick()
    end_calls(stage, Outcome.FAILED, Outcome.BUSY)
    stage.tick()
    campaign = stage.scheduling.campaigns.get(ID)
    assert campaign.state is CampaignState.PAUSED
    assert campaign.reason.code == "breaker"
    assert campaign.reason.explanation == "5 of the last 10 calls failed (from 50 % it pauses)."
    assert stage.calls.plans.get(ID).stop.code == "campaign_paused"
    stage.clock.advance(minutes=5)
    stage.tick()
    assert len(stage.of_campaign) == 10


def test_fewer_failures_or_too_few_calls_do_not(stage):
    """Four of ten are borne; so are nine failures of nine."""
    breaker = Breaker(50, 10)
    assert tripped(breaker, Recent((True,) * 4 + (False,) * 6)) is None
    assert tripped(breaker, Recent((True,) * 9)) is None
    assert tripped(None, Recent((True,) * 100)) is None
    assert tripped(breaker, Recent((False,) * 90 + (True,) * 5 + (False,) * 5)) is not None


@pytest.mark.parametrize("who", ["breaker", "operator"])
def test_resuming_forgets_what_failed(stage, who):
    """Also what ended while it was paused: it breaks again by new failures only."""
    stage.tick()
    outcomes = [Outcome.FAILED] if who == "breaker" else [Outcome.BUSY, Outcome.BUSY, Outcome.FAILED]
    end_calls(stage, *outcomes)
    if who == "operator":
        pause_campaign(stage.scheduling, ID)
    stage.tick()
    assert stage.state is CampaignState.PAUSED
    stage.clock.advance(seconds=61)
    resume_campaign(stage.scheduling, ID)
    stage.tick()
    assert stage.state is CampaignState.RUNNING
    assert stage.scheduling.campaigns.recent(ID).failed == ()
    end_calls(stage, Outcome.FAILED)
    stage.tick()
    assert stage.state is CampaignState.PAUSED


def test_a_call_dialed_before_the_pause_does_not_break_it_afterwards(stage):
    """It ends after the resume, and tells of what was before."""
    stage.tick()
    dialed_at = stage.clock.now()
    stage.clock.advance(seconds=10)
    pause_campaign(stage.scheduling, ID)
    resume_campaign(stage.scheduling, ID)
    end_calls(stage, Outcome.FAILED)
    for call in stage.of_campaign:
        stage.calls.shelf.calls[call.id] = replace(call, dialed_at=dialed_at)
    stage.tick()
    assert stage.state is CampaignState.RUNNING


def test_what_was_never_dialed_is_no_failure(stage):
    """A call that did not come so far tells nothing of the carrier."""
    stage.tick()
    end_calls(stage, Outcome.FAILED, dialed=False)
    stage.tick()
    assert stage.state is CampaignState.RUNNING


def test_dials_per_minute_are_those_of_the_last_ten(stage):
    """Those that go on count too; of a campaign that has just begun, those since its start."""
    now = stage.clock.now()
    recent = Recent((), {now - timedelta(minutes=2): 30, now - timedelta(minutes=30): 99})
    assert dials_per_minute(recent, [], now - timedelta(hours=1), now) == 3
    assert dials_per_minute(recent, [], now - timedelta(minutes=5), now) == 6
    stage.tick()
    live = [replace(call, dialed_at=now) for call in stage.of_campaign]
    assert dials_per_minute(Recent(), live, now, now) == 10
