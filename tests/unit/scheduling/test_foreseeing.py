"""What a preview says is what the campaign then does, as far as its assumptions hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.budgets import Amount, Cap
from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import NumberStatus, Verdict
from chalicelib.calls.services.suppression import suppress_number
from chalicelib.crm.services.contacts import delete_contact
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.assuming import RING_S, Assumptions, measured
from chalicelib.scheduling.domain.campaigns import Dialing
from chalicelib.scheduling.domain.foreseeing import BUDGET_SPENT, foresee
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.domain.prospects import Allowance, Bounds, portions
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.schemas.campaign_previews import preview_view
from chalicelib.scheduling.services.foretelling import preview_campaign, terms_of
from chalicelib.scheduling.services.prospects import sample_of
from chalicelib.system.domain.settings import DayHours, Hours

_BUSY = Assumptions(shares={Outcome.BUSY: 1.0})
_TALKS = Assumptions(shares={Outcome.COMPLETED: 1.0}, answered_s=60, answered_cost=100)
_RULES = RetryRules(3, {Outcome.BUSY: Retry(2, (1800, 7200))})
_SHORT_DAYS = Hours(*(DayHours("10:00", "12:00"),) * 7)


def _stage(calls, members, **campaign):
    """Give a campaign that was not started, at noon in California."""
    calls.clock.advance(hours=8)
    return Stage(calls, members, **{"retries": _RULES, **campaign})


def _foreseen(stage, assumptions, **changes):
    numbers = stage.scheduling.members.counts(ID)
    sample = sample_of(stage.scheduling, stage.campaign, numbers, 500, 10)
    terms = replace(terms_of(stage.scheduling, stage.campaign, numbers, sample), assumptions=assumptions)
    return foresee(sample.prospects, replace(terms, **changes), stage.clock.now())


def _course(stage, days):
    """Really run it: everybody is busy, each call is over when it has rung for as long as is assumed."""
    stage.start()
    end = stage.clock.now() + timedelta(days=days)
    while stage.clock.now() < end and stage.state == "running":
        stage.tick()
        if any(not call.is_over for call in stage.of_campaign):
            stage.clock.advance(seconds=RING_S)
            stage.end_calls(Outcome.BUSY)
        elif waits := stage.scheduling.members.next_due(ID):
            stage.clock.advance(seconds=max(5, (waits - stage.clock.now()).total_seconds()))
    return sorted(call.created_at for call in stage.of_campaign)


@pytest.mark.parametrize("hours", [None, _SHORT_DAYS])
@pytest.mark.parametrize("live_calls", [None, 4])
def test_a_preview_is_what_really_happens(calls, hours, live_calls):
    """With outcomes as assumed: the same calls by attempt, from when until when, up to two minutes."""
    stage = _stage(calls, 12, dialing=Dialing(hours=hours, live_calls=live_calls))
    foreseen = _foreseen(stage, _BUSY)
    dials = _course(stage, days=5)
    assert foreseen.calls == len(stage.of_campaign) == 36
    assert foreseen.by_attempt == Counter(call.attempt for call in stage.of_campaign)
    tolerance = timedelta(minutes=2)
    assert abs(foreseen.first_dial_at - dials[0]) <= tolerance
    assert abs(foreseen.last_dial_at - dials[-1]) <= tolerance
    assert not foreseen.left


def test_who_is_skipped_is_said_with_the_reason(calls):
    """Suppressed numbers and deleted contacts are named; the numbers add up to the members."""
    stage = _stage(calls, 5)
    first, second = stage.members[:2]
    suppress_number(calls, first.number)
    delete_contact(calls.crm, second.contact_id)
    preview = preview_campaign(stage.scheduling, stage.campaign)
    assert {(each.verdict, each.reason, each.members) for each in preview.standings} == {
        (Verdict.ALLOW, "allowed", 3),
        (Verdict.REFUSE, "suppressed", 1),
        (Verdict.REFUSE, "contact_gone", 1),
    }
    [suppressed] = [each for each in preview.standings if each.reason == "suppressed"]
    assert suppressed.samples == (first.contact_id,)
    assert preview.foreseen.left == {"suppressed": 1, "contact_gone": 1}
    assert preview.foreseen.by_attempt[1] == 3


def test_a_preview_changes_nothing(calls):
    """No call, no plan, no schedule, no version."""
    stage = _stage(calls, 3)
    before = (stage.members, stage.scheduling.campaigns.get(ID), dict(stage.scheduling.members.counts(ID)))
    preview_campaign(stage.scheduling, stage.campaign)
    after = (stage.members, stage.scheduling.campaigns.get(ID), dict(stage.scheduling.members.counts(ID)))
    assert after == before
    assert (stage.of_campaign, calls.plans.get(ID)) == ([], None)


def test_it_begins_at_its_start_time(calls):
    """Nobody is foreseen before it, and nobody from its end on."""
    start_at = calls.clock.now() + timedelta(hours=9)
    stage = _stage(calls, 3, dialing=Dialing(start_at=start_at, stop_at=start_at + timedelta(minutes=20)))
    preview = preview_campaign(stage.scheduling, stage.campaign)
    assert (preview.begins_at, preview.foreseen.first_dial_at) == (start_at, start_at)
    foreseen = _foreseen(stage, _BUSY)
    assert foreseen.by_attempt == {1: 3}
    assert sum(foreseen.left.values()) == 3


def test_pace_and_places_take_their_time(calls):
    """Five a minute for ten; then two at once, a minute each."""
    stage = _stage(calls, 10)
    paced = _foreseen(stage, _TALKS, bounds=Bounds(timedelta(seconds=12)))
    assert paced.last_dial_at - paced.first_dial_at == timedelta(seconds=108)
    crowded = _foreseen(stage, _TALKS, bounds=Bounds(live_calls=2))
    assert crowded.finish_at - crowded.first_dial_at == timedelta(minutes=5)


@pytest.mark.parametrize("scale", [1.0, 7.0, 100.0])
def test_a_sample_takes_the_time_of_all(calls, scale):
    """Each of ten stands for many: by pace, or by places, it lasts as long as all of them do."""
    stage = _stage(calls, 10)
    paced = _foreseen(stage, _TALKS, bounds=Bounds(timedelta(seconds=1)), scale=scale)
    lasted = (paced.finish_at - paced.first_dial_at).total_seconds()
    assert lasted == pytest.approx(10 * scale - 1 + 60)
    crowded = _foreseen(stage, _TALKS, bounds=Bounds(live_calls=5), scale=scale)
    lasted = (crowded.finish_at - crowded.first_dial_at).total_seconds()
    assert lasted == pytest.approx(10 * scale / 5 * 60)


def test_a_daily_budget_spreads_it_over_days(calls):
    """Two a day: five need three days; what is used of today counts today only."""
    stage = _stage(calls, 5)
    daily = Allowance(Cap(calls=2), Amount(calls=1), is_daily=True)
    foreseen = _foreseen(stage, _TALKS, bounds=Bounds(allowances=(daily,)))
    assert foreseen.calls == 5
    assert (foreseen.last_dial_at.date() - foreseen.first_dial_at.date()).days == 2


def test_a_budget_in_all_ends_it(calls):
    """While there is enough for a call as dear as one can be, it is placed; the others are named."""
    stage = _stage(calls, 5)
    whole = Allowance(Cap(micros=600), Amount(micros=100), reserve=250)
    foreseen = _foreseen(stage, _TALKS, bounds=Bounds(allowances=(whole,)))
    assert (foreseen.calls, foreseen.cost, foreseen.left) == (3, 300, {BUDGET_SPENT: 2})


@pytest.mark.parametrize("cap", [Cap(calls=50), Cap(micros=5_000)])
def test_a_daily_budget_smaller_than_what_a_prospect_stands_for_is_not_nothing(calls, cap):
    """A thousand members at fifty a day take twenty days, though each of ten stands for a hundred."""
    stage = _stage(calls, 10)
    bounds = Bounds(allowances=(Allowance(cap, is_daily=True, reserve=100),))
    foreseen = _foreseen(stage, _TALKS, bounds=bounds, scale=100.0)
    assert (foreseen.calls, foreseen.left) == (10, {})
    assert 18 <= (foreseen.last_dial_at.date() - foreseen.first_dial_at.date()).days <= 20


@pytest.mark.parametrize("cap", [Cap(calls=130), Cap(micros=13_000)])
def test_a_budget_in_all_is_used_to_its_last_call(calls, cap):
    """Of a thousand members who are followed as ten, a hundred and thirty are called, not all nor none."""
    stage = _stage(calls, 10)
    bounds = Bounds(allowances=(Allowance(cap, reserve=100),))
    foreseen = _foreseen(stage, _TALKS, bounds=bounds, scale=100.0)
    assert foreseen.calls * 100 == pytest.approx(130)
    assert foreseen.goals * 100 == pytest.approx(130)
    assert foreseen.left[BUDGET_SPENT] * 100 == pytest.approx(870)


def test_shown_numbers_of_a_preview_add_up(calls):
    """Whatever a prospect stands for: attempts and outcomes are all the calls there are."""
    stage = _stage(calls, 12)
    preview = preview_campaign(stage.scheduling, stage.campaign)
    for scale in (1.5, 7.3, 33.4):
        shown = preview_view(replace(preview, terms=replace(preview.terms, scale=scale)))
        assert sum(shown.calls_by_attempt.values()) == sum(shown.outcomes.values()) == shown.calls


def test_the_campaigns_own_budget_counts(calls):
    """Its limit of calls in all is among the bounds."""
    stage = _stage(calls, 5, dialing=Dialing(limits=Limits(calls=2)))
    assert _foreseen(stage, _TALKS).calls == 2


def test_the_numbers_to_call_from_count(calls):
    """One call a day on each of two: nine members, of whom one line called somebody today, take five days."""
    lines = (E164("+14155550101"), E164("+14155550102"))
    stage = _stage(calls, 9, dialing=Dialing(lines=lines, line_calls_per_day=1))
    today = stage.clock.now().date()
    calls.line_uses.counts[lines[0], today] = 3
    foreseen = _foreseen(stage, _TALKS)
    assert foreseen.calls == 9
    assert (foreseen.last_dial_at.date() - today).days == 4


def test_lines_without_a_limit_bound_nothing(calls):
    """They are only where calls come from."""
    stage = _stage(calls, 5, dialing=Dialing(lines=(E164("+14155550101"),)))
    assert _foreseen(stage, _TALKS).last_dial_at.date() == stage.clock.now().date()


def test_a_preview_of_members_who_are_still_being_listed_says_so(calls):
    """Nobody could be followed: nothing is foreseen, and nothing fails."""
    stage = _stage(calls, 3)
    preview = preview_campaign(stage.scheduling, stage.campaign)
    nobody = replace(preview, sample=replace(preview.sample, prospects=()), standings=())
    shown = preview_view(nobody)
    assert (shown.members, shown.sampled) == (3, 0)
    assert [note for note in shown.assumptions.notes if "still being listed" in note]


def test_somebody_in_a_call_has_the_attempt_once(calls):
    """A call that was asked for is one of the calls foreseen, not one more."""
    stage = _stage(calls, 3, dialing=Dialing(calls_per_number_per_day=3))
    stage.start()
    stage.tick()
    now = stage.clock.now()
    for member in stage.members:
        on_the_line = NumberStatus(
            live_call_id=member.call_id, live_until=now + timedelta(hours=1), dials=(now,)
        )
        calls.shelf.numbers[member.number] = on_the_line
    stage.campaign = stage.scheduling.campaigns.get(ID)
    assert stage.scheduling.members.counts(ID)[MemberState.CALLING] == 3
    foreseen = _foreseen(stage, _BUSY)
    assert foreseen.by_attempt == {1: 3, 2: 3, 3: 3}
    assert foreseen.last_dial_at < now + timedelta(hours=4)


def test_many_members_are_sampled(calls):
    """Those who are followed stand for all."""
    stage = _stage(calls, 12)
    numbers = stage.scheduling.members.counts(ID)
    sample = sample_of(stage.scheduling, stage.campaign, numbers, 4, 10)
    assert (len(sample.prospects), sample.members, sample.scale) == (4, 12, 3)


def test_own_calls_correct_what_is_assumed():
    """From fifty on; before that the assumption stands."""
    numbers = Counter({"c_busy": 30, "c_completed": 19, "cost": 1900})
    assert measured(numbers, _BUSY) == _BUSY
    found = measured(numbers + Counter({"c_completed": 1}), _BUSY)
    assert (found.basis, found.calls, found.answered_cost) == ("campaign", 50, 95)
    assert found.shares == {Outcome.BUSY: 0.6, Outcome.COMPLETED: 0.4}


@given(st.lists(st.integers(0, 50), max_size=8), st.integers(0, 100_000))
def test_portions_add_up(counts, total):
    """Rounding loses nobody."""
    parts = portions(counts, total)
    assert sum(parts) == (total if sum(counts) else 0)
    assert all(part == 0 for part, count in zip(parts, counts, strict=True) if not count)
