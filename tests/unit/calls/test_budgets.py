"""What calls claim of budgets, and how much one may cost: pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.calls import DESK, NOW, a_call, a_template
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.allowances import Purse, ceiling_of, longest_s, most_of
from chalicelib.calls.domain.budgets import (
    ALL,
    TOTAL,
    Amount,
    Budget,
    Cap,
    Hold,
    Pot,
    caps_of,
    claim_of,
    claims_moved,
    day_after,
    has_room,
    rooms_left,
)
from chalicelib.calls.domain.costs import cost_lines
from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.calls.domain.lifecycle import (
    carrier_declined,
    carrier_unsure,
    commit,
    finish,
    forgotten,
    never_placed,
)
from chalicelib.calls.domain.permission import Decision, Verdict
from chalicelib.calls.domain.templates import OnMachine, Transport
from chalicelib.kernel.money import micros
from chalicelib.system.domain.settings import Budgets

TODAY = NOW.date()
DAY_POT, TOTAL_POT = Pot(ALL, "2026-03-03"), Pot("c1", TOTAL)
CAMPAIGN_DAY_POT = Pot("c1", "2026-03-03")
NOTHING, CAP = Amount(), Cap(300, 5)
CAPS = {each: Cap(1000, 5) for each in Budget}


def _committed(micros_held=100, caps=CAPS, at=NOW, **changes):
    decision = Decision(Verdict.ALLOW, "allowed", "", at, hold=Hold(micros_held, caps))
    return commit(a_call(campaign_id="c1", **changes), decision, at)


def test_only_what_has_a_limit_is_counted():
    """No limit, no budget; a campaign adds its own."""
    assert caps_of(Budgets(per_call_micros=5), None) == {}
    assert caps_of(Budgets(), DialPlan("c1", "x")) == {}
    limits = Limits(micros=1, calls_per_day=2)
    assert caps_of(Budgets(calls_per_day=0), DialPlan("c1", "x", limits=limits)) == {
        Budget.DAY: Cap(None, 0),
        Budget.CAMPAIGN: Cap(1, None),
        Budget.CAMPAIGN_DAY: Cap(None, 2),
    }


def test_a_call_that_waits_claims_nothing():
    """Nobody has committed to dial it."""
    assert claim_of(a_call(campaign_id="c1")) == {}


def test_a_committed_call_claims_the_most_it_can_cost():
    """Of each budget that had a limit, on the day of its dial (UTC)."""
    assert claim_of(_committed()) == dict.fromkeys(
        (DAY_POT, TOTAL_POT, CAMPAIGN_DAY_POT), Amount(100, 1, 100)
    )
    late = datetime(2026, 3, 4, 0, 30, tzinfo=UTC) - timedelta(hours=1)
    assert DAY_POT in claim_of(_committed(at=late))


def test_a_finished_call_claims_what_it_cost():
    """And no more of the money is held."""
    finished = finish(_committed(), NOW, 30)
    assert claim_of(finished)[DAY_POT] == Amount(30, 1)
    assert claims_moved(_committed(), finished)[TOTAL_POT] == Amount(-70, 0, -100)


@pytest.mark.parametrize("undo", [carrier_declined, never_placed])
def test_what_the_carrier_never_took_claims_nothing(undo):
    """The whole commitment is given back."""
    committed = _committed()
    undone = undo(committed, NOW) if undo is carrier_declined else undo(committed, "refused", NOW)
    assert claim_of(undone) == {}
    assert claims_moved(committed, undone)[DAY_POT] == Amount(-100, -1, -100)
    assert (undone.reserved, undone.budgets) == (None, ())


def test_a_call_that_nobody_knows_the_end_of_claims_the_most():
    """While it is not known whether the carrier has it, and when the carrier forgot it."""
    unsure = carrier_unsure(_committed())
    assert claim_of(unsure)[DAY_POT] == Amount(100, 1, 100)
    lost = forgotten(replace(unsure, sid="CA1"), "carrier_forgot", NOW)
    assert claim_of(lost)[DAY_POT] == Amount(100, 1)


def test_what_does_not_move_a_claim_moves_no_budget():
    """Most changes of a call are none."""
    committed = _committed()
    assert claims_moved(committed, replace(committed, sid="CA1", version=9)) == {}
    assert claims_moved(finish(committed, NOW, 100), finish(committed, NOW, 100)) == {}


@pytest.mark.parametrize(
    ("cap", "used", "room", "rooms"),
    [
        (Cap(None, None), Amount(10**9, 10**6), True, None),
        (Cap(100, None), Amount(), True, 1),
        (Cap(99, None), Amount(), False, 0),
        (Cap(300, None), Amount(100, 1), True, 2),
        (Cap(300, None), Amount(201, 1), False, 0),
        (Cap(None, 2), Amount(0, 1), True, 1),
        (Cap(None, 2), Amount(0, 2), False, 0),
        (Cap(1000, 3), Amount(0, 1), True, 2),
        (Cap(50, None), Amount(200, 4), False, 0),
    ],
)
def test_room_in_money_and_in_calls(cap, used, room, rooms):
    """Both limits hold; a limit that was lowered below what is used leaves nothing."""
    assert (has_room(cap, used, 100), rooms_left(cap, used, 100)) == (room, rooms)


def _purse(budget=Budget.DAY, cap=CAP, used=NOTHING, micros_each=100, day=TODAY):
    return Purse(micros_each, {budget: cap}, {budget: used}, day)


@pytest.mark.parametrize("used", [Amount(201, 3), Amount(0, 5)])
@pytest.mark.parametrize(
    ("budget", "again_at"),
    [(Budget.DAY, True), (Budget.CAMPAIGN_DAY, True), (Budget.CAMPAIGN, False)],
)
def test_a_budget_that_is_used_up(used, budget, again_at):
    """That of a day is there again on the next; that of a campaign never."""
    short = _purse(budget, used=used).short(NOW)
    assert short.reason == f"{budget}_budget_spent"
    assert short.again_at == (day_after(NOW) if again_at else None)
    assert day_after(NOW) == datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize("budget", list(Budget))
def test_money_that_is_held_comes_back(budget):
    """Calls that go on cost less than they may: it is asked again soon."""
    short = _purse(budget, used=Amount(300, 3, 250)).short(NOW)
    assert (short.reason, short.again_at) == (f"{budget}_budget_held", NOW + timedelta(seconds=30))


def test_a_new_day_has_a_budget_of_its_own():
    """What was used until then does not count; of a campaign in all, it does."""
    tomorrow = NOW + timedelta(days=1)
    assert _purse(used=Amount(300, 5)).short(tomorrow) is None
    assert _purse(Budget.CAMPAIGN, used=Amount(300, 5)).short(tomorrow)


def test_the_day_that_pays_is_the_day_on_which_the_carrier_begins():
    """In its last half minute calls wait where days have budgets."""
    last = datetime(2026, 3, 3, 23, 59, 30, tzinfo=UTC)
    short = _purse().short(last)
    assert (short.reason, short.again_at) == ("budget_day_ends", day_after(last))
    assert _purse().short(last - timedelta(milliseconds=1)) is None
    assert _purse(Budget.CAMPAIGN).short(last) is None


def test_a_call_that_may_not_cost_its_first_minute():
    """It waits for whoever set the limit."""
    purse = _purse(micros_each=None)
    assert (purse.hold, purse.short(NOW).reason, purse.calls_left) == (None, "call_budget_too_small", 0)
    assert purse.short(NOW).again_at == NOW + timedelta(minutes=15)


def test_how_many_calls_to_ask_for():
    """As many as the narrowest budget pays for; any number of those that will be refused."""
    assert _purse(cap=Cap(350, 9)).room_for_more(NOW) == 3
    assert _purse(cap=Cap(None, None)).room_for_more(NOW) is None
    assert _purse(used=Amount(300, 3)).room_for_more(NOW) == 0
    assert _purse(Budget.CAMPAIGN, used=Amount(300, 3)).room_for_more(NOW) == 0
    both = Purse(100, {Budget.DAY: Cap(900), Budget.CAMPAIGN: Cap(None, 2)}, {}, TODAY)
    assert both.room_for_more(NOW) == 2


def test_the_most_that_a_call_can_cost():
    """Its longest duration by list prices, models included, or what its template or every call may cost."""
    template = a_template(max_duration_s=60, on_machine=OnMachine.OFF)
    everything = micros("0.02") + 2 * micros("0.134")
    assert most_of(template, None) == everything
    assert most_of(replace(template, max_spend=micros("0.15")), None) == micros("0.17")
    assert most_of(template, micros("0.2")) == micros("0.2")
    assert most_of(template, micros("9")) == everything
    assert most_of(template, micros("0.104")) == micros("0.104")
    assert most_of(template, micros("0.104") - 1) is None
    assert most_of(replace(template, max_spend=1), None) == micros("0.104")


def test_a_call_is_as_short_as_what_it_may_cost():
    """The carrier ends it before the first minute that is not paid for begins."""
    template = a_template(max_duration_s=600, on_machine=OnMachine.OFF)
    assert longest_s(template, None) == longest_s(template, most_of(template, None)) == 600
    assert longest_s(template, micros("0.104")) == 55
    assert longest_s(template, micros("0.188")) == 115
    assert (ceiling_of(template, None), ceiling_of(template, micros("0.104"))) == (None, micros("0.084"))
    assert ceiling_of(replace(template, max_spend=7), micros("0.104")) == 7


@given(
    per_call=st.none() | st.integers(0, 3_000_000),
    max_spend=st.none() | st.integers(0, 3_000_000),
    max_duration_s=st.integers(30, 3600),
    late_s=st.integers(0, 5),
    transport=st.sampled_from(Transport),
    on_machine=st.sampled_from(OnMachine),
    transfer_to=st.sampled_from([None, DESK]),
)
def test_what_a_call_lasts_is_reserved(per_call, late_s, **template):
    """Whatever limits there are, the carrier's bill of the longest call is within what was reserved."""
    kind = a_template(**template)
    reserved = most_of(kind, per_call)
    if reserved is None:
        return
    assert per_call is None or reserved <= per_call
    duration_s = longest_s(kind, reserved) + late_s
    call = a_call(duration_s=duration_s)
    assert sum(line.amount for line in cost_lines(call, kind.transport, ())) <= reserved


def test_a_day_is_a_day_of_utc():
    """Wherever the clock of the caller stands."""
    assert date.fromisoformat(next(iter(claim_of(_committed(caps={Budget.DAY: Cap(9)})))).span) == TODAY
