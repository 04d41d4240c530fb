"""How far a campaign is, what is expected of it, and why nobody is dialed; every number equals a recount."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import kill_switch
from unit.scheduling.stage import ID, Stage
from unit.scheduling.test_breaking import end_calls

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.holding import hold_number, release_hold
from chalicelib.kernel.errors import Unavailable
from chalicelib.scheduling.domain.analytics import analytics_of
from chalicelib.scheduling.domain.campaigns import Dialing, Variant
from chalicelib.scheduling.domain.forecasts import Forecast, is_stale
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.ports.campaigns import ScheduleState
from chalicelib.scheduling.services.launching import pause_campaign, stop_campaign
from chalicelib.scheduling.services.progress import analyse, progress_of
from chalicelib.system.domain.settings import Hours, Pace, Stop
from chalicelib.system.services.settings import change_settings

_RULES = RetryRules(3, {Outcome.BUSY: Retry(2, (1800, 3600))})


@pytest.fixture
def stage(calls):
    """Give a campaign of six that was started, at noon in California."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 6, retries=_RULES)
    stage.start()
    return stage


def _progress(stage):
    return progress_of(stage.scheduling, stage.scheduling.campaigns.get(ID))


def _why(stage):
    why = _progress(stage).why
    return why and why.code


def test_members_add_up_at_every_moment(stage):
    """Waiting, calling, done and skipped are all there are; the numbers equal a recount."""
    for outcome in (Outcome.BUSY, Outcome.COMPLETED, Outcome.BUSY):
        stage.tick()
        end_calls(stage, outcome, Outcome.NO_ANSWER)
        stage.clock.advance(hours=1)
        numbers = _progress(stage).numbers
        assert numbers["total"] == sum(numbers[state] for state in MemberState) == 6
        assert numbers == stage.recount()


def test_why_says_what_the_state_does(calls):
    """Not started, begins later, paused for a reason, stopped."""
    calls.clock.advance(hours=8)
    start_at = calls.clock.now() + timedelta(hours=1)
    stage = Stage(calls, 2, dialing=Dialing(start_at=start_at))
    assert _why(stage) == "draft"
    stage.start()
    assert _progress(stage).why == Stop("scheduled", f"It begins {start_at:%Y-%m-%d %H:%M} UTC.")
    pause_campaign(stage.scheduling, ID, Stop("breaker", "5 of the last 10 calls failed."))
    assert _progress(stage).why == Stop("paused", "It is paused: 5 of the last 10 calls failed.")
    stop_campaign(stage.scheduling, ID)
    assert _why(stage) == "stopped"


def test_why_says_that_the_schedule_is_off(stage):
    """As somebody set it in the AWS console."""
    stage.scheduling.schedules.disable(ID)
    assert (_progress(stage).schedule, _why(stage)) == (ScheduleState.DISABLED, "schedule_disabled")
    stage.scheduling.schedules.remove(ID)
    assert _why(stage) == "schedule_missing"


def test_why_says_that_the_schedule_is_off_before_the_campaign_begins(calls):
    """Else it would wait for a start time at which nothing begins, and that is past."""
    stage = Stage(calls, 2, dialing=Dialing(start_at=calls.clock.now() + timedelta(hours=1)))
    stage.start()
    stage.scheduling.schedules.flip(ID)
    assert _why(stage) == "schedule_disabled"
    pause_campaign(stage.scheduling, ID)
    assert _why(stage) == "paused"


def test_why_says_that_all_dialing_is_stopped(stage):
    """By the kill switch, with its reason."""
    kill_switch(stage.calls, reason="Storm")
    assert _why(stage) == "kill_switch"
    assert "Storm" in _progress(stage).why.explanation


def test_nothing_is_said_while_somebody_is_dialed(stage):
    """Calls in the queue say why they wait; one that the carrier has says all."""
    assert _why(stage) == "next_tick"
    stage.tick()
    assert _why(stage) == "queued"
    now = stage.clock.now()
    for call in stage.of_campaign:
        decision = Decision(Verdict.NOT_YET, "live_calls_full", "As many calls go on as may.", now, now)
        stage.calls.shelf.calls[call.id] = replace(call, decision=decision)
    assert _why(stage) == "live_calls_full"
    assert _progress(stage).why.explanation.startswith("6 calls wait in the queue. As many calls go on")
    first = stage.of_campaign[0]
    stage.calls.shelf.calls[first.id] = replace(call, id=first.id, state=CallState.RINGING, dialed_at=now)
    assert _progress(stage).why is None
    assert _progress(stage).dials_per_minute == 1


def test_one_call_that_waits_is_one(calls):
    """The sentence is for people."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 1)
    stage.start()
    stage.tick()
    assert _progress(stage).why.explanation == "1 call waits in the queue to be dialed."


def test_why_says_when_the_next_is_due(stage):
    """After a retry's gap, or when the rules allow it again; then that nobody is left."""
    stage.tick()
    end_calls(stage, Outcome.BUSY)
    stage.tick()
    assert _why(stage) == "retry_later"
    assert "20:30 UTC" in _progress(stage).why.explanation
    for _ in range(2):
        stage.clock.advance(hours=2)
        stage.tick()
        end_calls(stage, Outcome.BUSY)
    assert _why(stage) == "queued" or _why(stage) == "nobody_left"
    stage.tick()
    assert _why(stage) == "completed"


def test_why_says_until_when_the_rules_forbid_it(calls):
    """Outside the hours, with the hour at which they begin."""
    calls.clock.advance(hours=18)  # night in California
    stage = Stage(calls, 2, dialing=Dialing(hours=Hours()))
    stage.start()
    stage.tick()
    why = _progress(stage).why
    assert why.code == "outside_hours"
    assert "before 2026-03-04 16:00 UTC" in why.explanation


@pytest.mark.parametrize("hours", [2, None])
def test_why_says_until_when_a_number_is_held_back(calls, hours):
    """And that somebody looks again before that; without an end, that it waits for its release."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 1)
    stage.start()
    now = stage.clock.now()
    until = hours and now + timedelta(hours=hours)
    hold_number(calls, NumberHold(stage.members[0].number, now, until))
    stage.tick()
    why = _progress(stage).why
    assert why.code == "number_held"
    end = f"{until:%Y-%m-%d %H:%M} UTC" if until else "somebody releases it"
    assert f"held back until {end}. Nobody who waits is looked at again before" in why.explanation
    release_hold(calls, stage.members[0].number)
    assert _progress(stage).why.explanation.startswith("Nobody who waits is looked at again before")


def test_the_forecast_is_renewed_while_it_runs(stage):
    """Each minute at first; its calls go down as they are made; there is none once it dials no more."""
    stage.tick()
    first = _progress(stage).forecast
    assert (first.at, first.members, first.basis) == (stage.clock.now(), 6, "default")
    stage.tick()
    assert _progress(stage).forecast == first
    end_calls(stage, Outcome.BUSY, Outcome.COMPLETED)
    stage.clock.advance(minutes=30)
    stage.tick()
    second = _progress(stage).forecast
    assert (second.members, second.calls < first.calls, second.at > first.at) == (3, True, True)
    pause_campaign(stage.scheduling, ID)
    assert _progress(stage).forecast is None


def test_a_forecast_of_long_is_good_for_longer(stage):
    """A sixtieth of what is left, and a minute at least."""
    now = stage.clock.now()
    forecast = Forecast(now, 9, 9, 9, 9, 9, 0, now + timedelta(hours=10), "default")
    assert is_stale(None, now, 9)
    assert not is_stale(forecast, now + timedelta(minutes=9), 9)
    assert is_stale(forecast, now + timedelta(minutes=10), 9)
    assert is_stale(replace(forecast, finish_at=None), now + timedelta(minutes=1), 9)


def test_a_forecast_of_others_is_not_good_any_longer(stage):
    """As soon as a tenth of those are called, or as many were added; not at each of the first ticks."""
    now = stage.clock.now()
    forecast = Forecast(now, 100, 9, 9, 9, 9, 0, now + timedelta(hours=10), "default")
    later = now + timedelta(seconds=15)
    assert [is_stale(forecast, later, left) for left in (100, 91, 90, 109, 110)] == [0, 0, 1, 0, 1]
    assert not is_stale(forecast, now + timedelta(seconds=14), 50)


def test_the_forecast_follows_who_is_left(calls):
    """It is told anew when most are called, however long the others still take."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 6, retries=RetryRules(2, {Outcome.BUSY: Retry(1, (86_400,))}))
    stage.start()
    stage.tick()
    assert _progress(stage).forecast.members == 6
    end_calls(stage, *[Outcome.COMPLETED] * 4, *[Outcome.BUSY] * 2)
    stage.clock.advance(seconds=20)
    stage.tick()
    assert _progress(stage).forecast.members == 2


def test_a_forecast_that_fails_stops_nobody(stage, monkeypatch):
    """The tick goes on to admit; the failure is logged."""

    def fail(*_args):
        raise Unavailable("down", retryable=True)

    monkeypatch.setattr(stage.scheduling.members, "sample", fail)
    assert stage.tick().admitted == 6
    assert stage.scheduling.ticks.sent
    assert _progress(stage).forecast is None


def test_analytics_equal_a_recount_of_the_calls(calls):
    """Outcomes, attempts, hours, cost and variants, whatever happened to whom."""
    calls.clock.advance(hours=8)
    stage = Stage(
        calls, 12, retries=_RULES, variants=(Variant("template_1"), Variant("template_1", version=1))
    )
    stage.start()
    for outcomes in ([Outcome.BUSY, Outcome.COMPLETED, Outcome.FAILED], [Outcome.BUSY, Outcome.COMPLETED]):
        stage.tick()
        end_calls(stage, *outcomes)
        for call in stage.of_campaign:
            if call.outcome is Outcome.COMPLETED and call.cost is None:
                answered = replace(call, answered_at=call.dialed_at, cost=1000)
                stage.calls.shelf.calls[call.id] = answered
        stage.tick()
        stage.clock.advance(hours=1)
    found, _ = analyse(stage.scheduling, ID)
    made = stage.of_campaign
    assert found.calls == len(made)
    assert +Counter(found.outcomes) == Counter(call.outcome for call in made)
    assert [(each.attempt, each.calls) for each in found.attempts] == sorted(
        Counter(call.attempt for call in made).items()
    )
    assert found.cost == sum(call.cost or 0 for call in made)
    goals = sum(call.outcome is Outcome.COMPLETED for call in made)
    assert (found.funnel.members, found.funnel.tried, found.funnel.reached) == (12, 12, goals)
    assert (found.funnel.goals, found.cost_per_goal) == (goals, 1000)
    assert (found.by_hour[12].of, found.by_hour[13].of) == (12, len(made) - 12)
    assert sum(each.funnel.members for each in found.variants) == 12
    assert sum(each.funnel.goals for each in found.variants) == goals
    assert [each.variant.version for each in found.variants] == [None, 1]
    for each in found.variants:
        mine = [call for call in made if call.choice == each.variant]
        assert each.cost == sum(call.cost or 0 for call in mine)
        assert each.conversion.of == len({call.contact_id for call in mine})


def test_the_pace_counts_calls_beyond_those_that_are_looked_at(calls):
    """Of a hundred and fifty calls that go on a hundred are read, and stand for all of them."""
    calls.clock.advance(hours=8)
    stage = Stage(calls, 150, dialing=Dialing(calls_per_minute=1500))
    change_settings(calls.system, {"pace": Pace(calls_per_second=30)}, None)
    stage.start()
    while stage.tick().admitted:
        for call in stage.of_campaign:
            going = {"state": CallState.IN_PROGRESS, "dialed_at": stage.clock.now()}
            stage.calls.shelf.calls[call.id] = replace(call, **going)
    stage.clock.advance(seconds=30)
    assert stage.scheduling.members.counts(ID)[MemberState.CALLING] == 150
    assert _progress(stage).dials_per_minute == 150


def test_calls_that_were_never_dialed_lower_no_rate(stage):
    """Two of six are refused by the rules at the last moment: four were dialed, and the rates are of four."""
    stage.tick()
    end_calls(stage, *[Outcome.COMPLETED] * 4, *[Outcome.NOT_PERMITTED] * 2)
    for call in stage.of_campaign[4:]:
        stage.calls.shelf.calls[call.id] = replace(call, dialed_at=None, answered_at=None)
    stage.tick()
    found, _ = analyse(stage.scheduling, ID)
    assert (found.funnel.members, found.funnel.tried, found.conversion.of) == (6, 4, 4)
    assert [(each.attempt, each.calls) for each in found.attempts] == [(1, 4)]
    assert (found.calls, found.outcomes[Outcome.NOT_PERMITTED]) == (6, 2)


def test_an_empty_campaign_has_no_rates():
    """Nothing is divided by nothing."""
    found = analytics_of(Counter())
    assert (found.conversion.rate, found.cost_per_goal, found.variants) == (None, None, ())


def test_a_best_hour_outside_the_hours_is_not_dialed(calls):
    """The gate is asked at that hour as at any other, and has the call wait until it is open."""
    calls.clock.advance(hours=8)
    dialing = Dialing(hours=Hours())
    stage = Stage(calls, 1, dialing=dialing, retries=replace(_RULES, best_hour=True))
    stage.scheduling.members.numbers[ID] += Counter({"h_03": 100, "ah_03": 90, "h_12": 100, "ah_12": 5})
    stage.start()
    stage.tick()
    end_calls(stage, Outcome.BUSY)
    stage.tick()
    (member,) = stage.members
    assert f"{member.next_at:%H:%M}" == "11:00"  # 3 in California
    stage.clock.advance(seconds=(member.next_at - stage.clock.now()).total_seconds())
    assert stage.tick().admitted == 0
    (member,) = stage.members
    assert (f"{member.next_at:%H:%M}", member.reason) == ("16:00", "outside_hours")
