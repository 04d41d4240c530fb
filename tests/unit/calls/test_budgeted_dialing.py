"""Dialing within budgets: what is used up, what dies, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.budgets import recounted
from fakes.calls import LINE, NOW, NUMBER, FakeCalls, a_template, furnished
from fakes.carrier import Fuse
from fakes.crm import FakeCrm
from fakes.workers import Workers

from chalicelib.calls.domain.budgets import ALL, TOTAL, Amount, Budget, Pot
from chalicelib.calls.domain.calls import Direction, Report
from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.routes import LineRoute
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.budgets import report_budgets
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.explaining import Question, explain
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.queue import cancel_waiting
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import Forbidden, NotFound, Unavailable
from chalicelib.kernel.money import micros
from chalicelib.kernel.phones import E164
from chalicelib.system.domain.settings import Budgets
from chalicelib.system.services.settings import change_settings

TODAY = Pot(ALL, "2026-03-03")
MIDNIGHT = "2026-03-04T00:00:00+00:00"
# What one of these calls can cost: two started minutes by the relay, with models, and what comes after.
MOST = micros("0.288")
MINUTE = micros("0.014")


def _number(index):
    return E164(f"+1415555{2700 + index}")


def _limit(calls, **budgets):
    change_settings(calls.system, {"budgets": Budgets(**budgets)}, None)


def _furnish(calls):
    furnished(calls, max_duration_s=60, transfer_to=None)


@pytest.fixture
def calls(clock, crm):
    """Give the ports of calls, with a template whose calls last a minute."""
    ports = FakeCalls(clock, crm)
    _furnish(ports)
    return ports


def _requested(calls, count, **wish):
    return [
        request_call(calls, CallWish("template_1", number=_number(index), call_id=f"call_{index}", **wish))
        for index in range(count)
    ]


def _dialed(calls, count, **wish):
    requested = _requested(calls, count, **wish)
    for call in requested:
        attend(calls, call.id)
    return [calls.call(call.id) for call in requested]


def _end(calls, call_id, status="completed", duration_s=30):
    sid = calls.call(call_id).sid
    record_report(calls, call_id, Report(status, sid, calls.clock.now(), duration_s=duration_s))
    finish_call(calls, call_id)


def _is_exact(shelf):
    held = {pot: amount for pot, amount in shelf.budgets.items() if any(amount)}
    assert held == {pot: amount for pot, amount in recounted(shelf.calls.values()).items() if any(amount)}
    return True


def test_no_limit_costs_nothing(calls):
    """Neither a read nor a write of budgets, and nothing is reserved."""
    [call] = _dialed(calls, 1)
    _end(calls, call.id)
    assert calls.shelf.uses["used"] == 0
    assert calls.shelf.budgets == {}
    assert (calls.call(call.id).reserved, calls.call(call.id).budgets) == (None, ())


def test_the_most_is_reserved_and_the_cost_settled(calls):
    """Before the carrier is asked, and when the books are closed."""
    _limit(calls, per_day_micros=micros("5"))
    [call] = _dialed(calls, 1)
    assert (call.reserved, call.budgets) == (MOST, (Budget.DAY,))
    assert calls.shelf.budgets == {TODAY: Amount(MOST, 1, MOST)}
    _end(calls, call.id)
    assert calls.call(call.id).cost == MINUTE
    assert calls.shelf.budgets == {TODAY: Amount(MINUTE, 1, 0)}


def test_an_unanswered_call_gives_its_money_back(calls):
    """It was placed, and cost nothing."""
    _limit(calls, per_day_micros=micros("5"))
    [call] = _dialed(calls, 1)
    _end(calls, call.id, "busy", None)
    assert calls.shelf.budgets == {TODAY: Amount(0, 1, 0)}


def test_when_a_day_is_used_up_calls_wait_for_the_next(calls):
    """They are dialed then, and count for that day."""
    _limit(calls, calls_per_day=2)
    *_, waiting = _dialed(calls, 3)
    assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, "day_budget_spent")
    assert (waiting.decision.rule, waiting.look_at.isoformat()) == ("budgets", MIDNIGHT)
    calls.clock.instant = waiting.look_at
    attend(calls, waiting.id)
    assert calls.telephony.asked == 3
    assert calls.shelf.budgets[Pot(ALL, "2026-03-04")].calls == 1


def test_money_that_is_held_is_waited_for(calls):
    """A call is dialed as soon as another turned out to be cheaper."""
    _limit(calls, per_day_micros=MOST + MINUTE)
    first, second = _dialed(calls, 2)
    assert (second.decision.reason, second.look_at) == ("day_budget_held", NOW + timedelta(seconds=30))
    _end(calls, first.id)
    calls.clock.instant = second.look_at
    attend(calls, second.id)
    assert calls.telephony.asked == 2


def test_a_campaign_whose_money_is_spent_is_refused(calls):
    """Its calls end, its next are not accepted; single calls go on."""
    calls.plans.put(DialPlan("c1", "Spring", limits=Limits(calls=1)))
    first, second = _dialed(calls, 2, campaign_id="c1", attempt=1)
    assert first.state is CallState.RINGING
    assert (second.outcome, second.reason) == (Outcome.NOT_PERMITTED, "campaign_budget_spent")
    assert second.decision.rule == "budgets"
    with pytest.raises(Forbidden) as refused:
        request_call(calls, CallWish("template_1", number=_number(8), campaign_id="c1", attempt=1))
    assert refused.value.code == "campaign_budget_spent"
    assert request_call(calls, CallWish("template_1", number=_number(8)))
    assert calls.shelf.budgets == {Pot("c1", TOTAL): Amount(MOST, 1, MOST)}


def test_a_campaign_has_a_budget_of_the_day(calls):
    """Beside that in all; both are claimed by each call."""
    calls.plans.put(DialPlan("c1", "Spring", limits=Limits(calls=9, calls_per_day=1)))
    _, waiting = _dialed(calls, 2, campaign_id="c1", attempt=1)
    assert (waiting.decision.reason, waiting.look_at.isoformat()) == ("campaign_day_budget_spent", MIDNIGHT)
    once = Amount(MOST, 1, MOST)
    assert calls.shelf.budgets == {Pot("c1", TOTAL): once, Pot("c1", TODAY.span): once}


def test_a_limit_that_changes_during_the_day_holds_at_once(calls):
    """Lowered below what is used nothing more is dialed; raised, the next call is."""
    _limit(calls, calls_per_day=5)
    requested = _requested(calls, 4)
    attend(calls, "call_0")
    attend(calls, "call_1")
    _limit(calls, calls_per_day=1)
    attend(calls, "call_2")
    assert (calls.telephony.asked, calls.call("call_2").decision.reason) == (2, "day_budget_spent")
    _limit(calls, calls_per_day=3)
    attend(calls, requested[3].id)
    assert calls.telephony.asked == 3
    _limit(calls)
    assert _dialed(calls, 6)[-1].reserved is None


def test_a_budget_that_was_used_up_since_the_decision_is_not_overdrawn(calls):
    """The commitment itself asks; what lost the race waits with the reason."""
    _limit(calls, calls_per_day=1)
    [call] = _requested(calls, 1)
    commit_dial = calls.book.commit_dial

    def overtaken(committed, live_until):
        calls.shelf.budgets[TODAY] = Amount(10, 1)
        result = commit_dial(committed, live_until)
        assert result is Commit.BUDGET_SHORT
        return result

    calls.book.commit_dial = overtaken
    attend(calls, call.id)
    assert (calls.telephony.asked, calls.call(call.id).decision.reason) == (0, "day_budget_spent")
    assert calls.shelf.budgets[TODAY] == Amount(10, 1)


def test_nothing_is_dialed_while_nobody_can_tell(calls):
    """Budgets that cannot be read are taken to be used up."""
    _limit(calls, calls_per_day=9)
    [call] = _requested(calls, 1)

    def silent(_pots):
        raise Unavailable("silent", retryable=True, code="storage_unavailable")

    calls.budgets.used = silent
    with pytest.raises(Unavailable):
        attend(calls, call.id)
    assert (calls.telephony.asked, calls.call(call.id).state) == (0, CallState.QUEUED)


def test_what_a_call_may_cost_shortens_it(calls):
    """The carrier ends it in time, and it says goodbye before."""
    _limit(calls, per_call_micros=micros("0.2"))
    calls.templates.add(a_template(max_duration_s=600))
    [call] = _dialed(calls, 1)
    [accepted] = calls.telephony.accepted
    assert (call.reserved, call.budgets, accepted.order.max_duration_s) == (micros("0.2"), (), 115)
    assert calls.shelf.budgets == {}
    opening = answer_call(calls, call.id, Report("in-progress", call.sid, NOW))
    assert (opening.brief.max_spend, opening.brief.max_duration_s) == (micros("0.18"), 115)


def test_an_inbound_call_has_the_limit_of_every_call(calls):
    """It is taken, and says goodbye when it has cost so much; without a limit it is not touched."""
    calls.routes.save(LineRoute(LINE, "template_1"))
    call = replace(_requested(calls, 1)[0], id="call_in", direction=Direction.INBOUND)
    for name, per_call, ceiling in (("a", None, None), ("b", micros("0.2"), micros("0.18"))):
        _limit(calls, per_call_micros=per_call)
        calls.book.create(replace(call, id=name, state=CallState.RINGING))
        opening = answer_call(calls, name, Report("in-progress", "CA1", NOW))
        assert (opening.brief.max_spend, opening.brief.max_duration_s) == (ceiling, 60)


def test_a_limit_below_the_first_minute_lets_nothing_begin(calls):
    """The reason says which setting is too narrow."""
    _limit(calls, per_call_micros=1)
    [waiting] = _dialed(calls, 1)
    assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, "call_budget_too_small")


def test_permission_explains_budgets(calls):
    """As one rule of all, with the day's end; asked about the next day, it allows."""
    _limit(calls, calls_per_day=0)
    question = Question(number=NUMBER, template_id="template_1")
    told = explain(calls, question)
    [check] = [each for each in told.checks if each.rule == "budgets"]
    assert (check.reason, told.decision.reason) == ("day_budget_spent", "day_budget_spent")
    assert told.decision.not_before.isoformat() == MIDNIGHT
    _limit(calls, calls_per_day=1)
    calls.shelf.budgets[TODAY] = Amount(0, 1)
    assert explain(calls, question).decision.reason == "day_budget_spent"
    tomorrow = explain(calls, replace(question, at=NOW + timedelta(days=1)))
    assert tomorrow.decision.reason == "allowed"


def test_a_spent_campaign_is_refused_before_it_is_put_off(calls):
    """Who waits for the hours would wait in vain."""
    calls.plans.put(DialPlan("c1", "Spring", limits=Limits(calls=0), not_before=NOW + timedelta(hours=1)))
    question = Question(number=NUMBER, template_id="template_1", campaign_id="c1")
    told = explain(calls, question)
    assert told.decision.reason == "campaign_budget_spent"
    assert [each.rule for each in told.checks].count("budgets") == 1


def test_the_report_lists_what_has_a_limit(calls):
    """Of all calls, and of a campaign; one that nobody knows is not found."""
    assert report_budgets(calls).budgets == ()
    _limit(calls, per_call_micros=9, calls_per_day=3)
    calls.plans.put(DialPlan("c1", "Spring", limits=Limits(micros=7)))
    calls.shelf.budgets[TODAY] = Amount(5, 2, 1)
    report = report_budgets(calls, "c1")
    assert report.per_call == 9
    day, total = report.budgets
    assert (day.budget, day.campaign_id, day.day, day.used) == (Budget.DAY, "", NOW.date(), Amount(5, 2, 1))
    assert (total.budget, total.campaign_id, total.day, total.used) == (
        Budget.CAMPAIGN,
        "c1",
        None,
        Amount(),
    )
    with pytest.raises(NotFound):
        report_budgets(calls, "c2")


@pytest.mark.parametrize("mood", ["accept", "refuse", "busy", "lost", "unheard", "killed"])
def test_a_worker_may_die_at_every_step(mood):
    """Of commitment, dial, end, refusal and lost answer: the sums are a recount, and no more is spent."""
    longest = 0
    for step in range(1, 120):
        clock = FixedClock(NOW)
        calls, fuse = FakeCalls(clock, FakeCrm(clock)), Fuse()
        _furnish(calls)
        _limit(calls, calls_per_day=2, per_day_micros=micros("1"))
        calls.plans.put(DialPlan("c1", "Spring", limits=Limits(micros=MOST)))
        _requested(calls, 2, campaign_id="c1", attempt=1)
        workers = Workers(calls, fuse)
        calls.telephony.moods = [mood, "accept"]
        fuse.length = step
        workers.drain()
        assert _is_exact(calls.shelf)
        assert calls.shelf.budgets.get(Pot("c1", TOTAL), Amount()).micros <= MOST
        workers.settle(13)
        assert _is_exact(calls.shelf)
        assert all(each.held == 0 for each in calls.shelf.budgets.values())
        longest = max(longest, fuse.burnt if fuse.burnt >= step else 0)
        if fuse.burnt < step:
            break
    assert longest > 40


def test_a_call_that_was_withdrawn_claims_nothing(calls):
    """Nor is its cancellation written with a budget."""
    _limit(calls, calls_per_day=1)
    [call] = _requested(calls, 1)
    cancel_waiting(calls, call.id)
    assert calls.shelf.budgets == {}
