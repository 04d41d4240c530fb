"""Numbers that are held back: their calls wait and say why, and are woken when the number is released."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import DESK, NOW, NUMBER, FakeCalls, a_call, furnished
from fakes.crm import FakeCrm
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.calls.domain.checks import HELD
from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.holding import hold_number, list_holds, release_hold
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.errors import Invalid, NotFound

HOUR = timedelta(hours=1)


@pytest.fixture
def calls(clock):
    """Give the ports of calls, furnished."""
    made = FakeCalls(clock, FakeCrm(clock))
    furnished(made)
    return made


def _asked(calls, **wish):
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    return request_call(calls, CallWish("template_1", contact_id=contact.id, **wish))


def test_calls_with_a_number_that_is_held_wait(calls):
    """They are accepted, say why they wait, and are dialed once it is released."""
    hold_number(calls, NumberHold(NUMBER, NOW))
    call = _asked(calls)
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.state, waiting.decision.verdict) == (CallState.QUEUED, Verdict.NOT_YET)
    assert (waiting.decision.reason, waiting.decision.rule) == (HELD, HELD)
    assert waiting.look_at == NOW + timedelta(minutes=15)
    assert calls.telephony.accepted == []
    calls.wakeups.attends.clear()
    assert release_hold(calls, NUMBER) == 1
    assert calls.wakeups.attends == [call.id]
    attend(calls, call.id)
    assert calls.call(call.id).state is not CallState.QUEUED


def test_only_calls_that_waited_for_the_number_are_woken(calls, clock):
    """Not those of a later time, with another number, or that are over."""
    hold_number(calls, NumberHold(NUMBER, NOW))
    held, later = _asked(calls), _asked(calls, not_before=NOW + HOUR)
    attend(calls, held.id)
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    decision = calls.call(held.id).decision
    for number, changes in enumerate(({"number": DESK}, {"state": CallState.ENDED})):
        calls.book.create(a_call(id=f"call_{number}", contact_id=contact.id, decision=decision, **changes))
    calls.wakeups.attends.clear()
    clock.advance(seconds=60)
    assert release_hold(calls, NUMBER) == 1
    assert calls.wakeups.attends == [held.id]
    assert calls.call(later.id).look_at == NOW + HOUR


def test_a_call_that_is_held_beyond_its_end_is_ended(calls, clock):
    """It is looked at when it is over, not only when the number is released, and never dialed."""
    hold_number(calls, NumberHold(NUMBER, NOW))
    call = _asked(calls, not_after=NOW + timedelta(minutes=5))
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.state, waiting.look_at) == (CallState.QUEUED, NOW + timedelta(minutes=5))
    clock.advance(minutes=5)
    assert calls.book.due(clock.now(), 9) == [call.id]
    attend(calls, call.id)
    over = calls.call(call.id)
    assert (over.state, over.outcome, over.reason) == (CallState.ENDED, Outcome.NOT_PERMITTED, "too_late")
    assert release_hold(calls, NUMBER) == 0
    assert calls.telephony.accepted == []


def test_a_hold_with_an_end_is_over_by_itself(calls, clock):
    """The call looks again at that time, if that is sooner than a quarter of an hour."""
    hold_number(calls, NumberHold(NUMBER, NOW, NOW + timedelta(minutes=5)))
    call = _asked(calls)
    attend(calls, call.id)
    assert calls.call(call.id).look_at == NOW + timedelta(minutes=5)
    clock.advance(seconds=300)
    assert list_holds(calls, 10).items == []
    attend(calls, call.id)
    assert len(calls.telephony.accepted) == 1


def test_a_hold_that_came_after_the_decision_prevents_the_dial(calls):
    """The commitment checks the number's row."""
    call, commit_dial = _asked(calls), calls.book.commit_dial

    def held_first(*args):
        hold_number(calls, NumberHold(NUMBER, NOW))
        result = commit_dial(*args)
        assert result is Commit.NUMBER_CHANGED
        return result

    calls.book.commit_dial = held_first
    attend(calls, call.id)
    assert calls.telephony.accepted == []
    assert calls.call(call.id).decision.reason == HELD


def test_what_cannot_be_held_or_released_is_refused(calls):
    """A hold that is over already, and a number that nobody holds back."""
    with pytest.raises(Invalid, match="over already") as refusal:
        hold_number(calls, NumberHold(NUMBER, NOW, NOW))
    assert refusal.value.code == "hold_in_the_past"
    with pytest.raises(NotFound) as absent:
        release_hold(calls, NUMBER)
    assert absent.value.code == "hold_not_found"


@given(minutes=st.integers(1, 100), at=st.integers(0, 200))
def test_a_hold_holds_until_its_end(minutes, at):
    """At no instant more or less; without an end, always."""
    hold = NumberHold(NUMBER, NOW, NOW + timedelta(minutes=minutes))
    instant = NOW + timedelta(minutes=at)
    assert hold.holds(instant) == (at < minutes)
    assert replace(hold, until=None).holds(instant)
