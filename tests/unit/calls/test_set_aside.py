"""A call that is not dialed after all leaves nothing behind: not its number, not its places, no dial."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER

from chalicelib.calls.domain.holds import NumberHold
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.holding import hold_number
from chalicelib.calls.services.operating import hang_up
from chalicelib.calls.services.queue import change_waiting
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.withdrawing import end_waiting
from chalicelib.crm.services.contacts import delete_contact
from chalicelib.system.domain.settings import Caps, KillSwitch, Pace
from chalicelib.system.services.settings import change_settings


@pytest.fixture
def call(calls):
    """Give a call that was just requested, where live calls are limited and starts are paced."""
    change_settings(calls.system, {"caps": Caps(5), "pace": Pace(1)}, None)
    return request_call(calls, CallWish("template_1", number=NUMBER))


def _declined(calls, call):
    """Have the carrier decline it: the call waits, and keeps its number."""
    calls.telephony.moods = ["busy", "accept"]
    attend(calls, call.id)
    assert calls.numbers.status(NUMBER).live_call_id == call.id
    calls.clock.advance(seconds=60)


def test_a_call_that_is_refused_after_the_carrier_declined_it_frees_its_number(calls, call):
    """Nobody has to wait for a call that will never be."""
    _declined(calls, call)
    delete_contact(calls.crm, call.contact_id)
    attend(calls, call.id)
    assert (calls.call(call.id).reason, calls.telephony.asked) == ("contact_gone", 1)
    assert calls.numbers.status(NUMBER).live_call_id == ""


def test_a_call_that_is_withdrawn_after_the_carrier_declined_it_frees_its_number(calls, call):
    """So does one that ends because its contact asked not to be called."""
    _declined(calls, call)
    stop_calling(calls, NUMBER, "operator")
    end_waiting(calls, call.contact_id)
    assert calls.call(call.id).outcome is Outcome.NOT_PERMITTED
    assert calls.numbers.status(NUMBER).live_call_id == ""


def test_a_call_that_is_hung_up_after_the_carrier_declined_it_frees_its_number(calls, call):
    """So does one that an operator ends while it waits."""
    _declined(calls, call)
    assert hang_up(calls, call.id).outcome is Outcome.CANCELED
    assert calls.numbers.status(NUMBER).live_call_id == ""


@pytest.mark.parametrize("settings", [{"caps": Caps(0)}, {"kill_switch": KillSwitch(on=True)}])
def test_a_call_that_waits_in_the_queue_beyond_its_end_is_ended_and_not_dialed(calls, settings):
    """When its turn comes, after calls were let go on; nothing is left of it."""
    change_settings(calls.system, settings, None)
    call = request_call(calls, CallWish("template_1", number=NUMBER, not_after=NOW + timedelta(minutes=5)))
    attend(calls, call.id)
    assert calls.call(call.id).state is CallState.QUEUED
    calls.clock.advance(minutes=5)
    change_settings(calls.system, {"caps": Caps(5), "kill_switch": KillSwitch()}, None)
    attend(calls, call.id)
    over = calls.call(call.id)
    assert (over.outcome, over.reason, calls.telephony.asked) == (Outcome.NOT_PERMITTED, "too_late", 0)
    assert calls.slots.held("ALL") == []


def _suppress(calls):
    stop_calling(calls, NUMBER, "operator")


def _hold(calls):
    hold_number(calls, NumberHold(NUMBER, NOW))


@pytest.mark.parametrize(("act", "reason"), [(_suppress, "suppressed"), (_hold, "number_held")])
@pytest.mark.parametrize("late_s", [0, 0.3])
def test_a_number_that_is_stopped_after_the_commitment_is_not_dialed(calls, call, act, reason, late_s):
    """Also where the call has waited for another start since: it is taken back, and judged again."""
    commit_dial = calls.book.commit_dial

    def stopped_behind(committed, live_until):
        result = commit_dial(committed, live_until)
        calls.clock.advance(seconds=late_s)
        act(calls)
        return result

    calls.book.commit_dial = stopped_behind
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.state, waiting.decision.reason) == (CallState.QUEUED, reason)
    assert (calls.telephony.asked, calls.slots.held("ALL")) == (0, [])


def test_a_number_that_is_stopped_while_a_late_call_waits_for_its_start_is_not_dialed(calls, call):
    """Seconds may pass between the commitment and the start that a late call takes."""
    commit_dial, pause = calls.book.commit_dial, calls.clock.pause

    def late(committed, live_until):
        result = commit_dial(committed, live_until)
        calls.clock.advance(seconds=0.3)
        calls.clock.pause = stopped_meanwhile
        return result

    def stopped_meanwhile(seconds):
        pause(seconds)
        _suppress(calls)

    calls.book.commit_dial = late
    attend(calls, call.id)
    assert (calls.call(call.id).state, calls.telephony.asked) == (CallState.QUEUED, 0)


def test_a_call_that_was_put_off_while_it_was_made_ready_leaves_its_place(calls, call):
    """Whoever moves a call to tomorrow does not take a place from those of today."""
    commit_dial, tomorrow = calls.book.commit_dial, NOW + timedelta(days=1)

    def put_off_before(committed, live_until):
        change_waiting(calls, call.id, None, None, tomorrow)
        return commit_dial(committed, live_until)

    calls.book.commit_dial = put_off_before
    attend(calls, call.id)
    waiting = calls.call(call.id)
    assert (waiting.state, waiting.look_at, calls.telephony.asked) == (CallState.QUEUED, tomorrow, 0)
    assert calls.slots.held("ALL") == []
