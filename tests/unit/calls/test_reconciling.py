"""Finding out what became of a call: lost answers, lost news, and processes that die anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_template, furnished
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import FakeCrm
from fakes.workers import Workers

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.kernel.errors import Unavailable


@pytest.fixture
def queued(calls):
    """Give a call that was just requested."""
    return request_call(calls, CallWish("template_1", number=NUMBER))


@pytest.mark.parametrize("mood", ["lost", "unheard"])
def test_a_lost_answer_is_never_dialed_again(calls, queued, mood):
    """Nobody knows whether it was placed, so only the carrier is asked, never dialed."""
    calls.telephony.moods = [mood]
    attend(calls, queued.id)
    assert calls.call(queued.id).state is CallState.UNKNOWN
    workers = Workers(calls)
    workers.settle()
    assert workers.carrier.asked == 1
    call = calls.call(queued.id)
    expected = (
        (Outcome.ABANDONED, "hung_up") if mood == "lost" else (Outcome.FAILED, "carrier_never_accepted")
    )
    assert (call.outcome, call.reason) == expected


def test_a_call_is_given_up_only_when_it_cannot_exist_any_more(calls, queued):
    """Until ten minutes have passed, not being listed proves nothing."""
    calls.telephony.moods = ["unheard"]
    attend(calls, queued.id)
    for _ in range(9):
        calls.clock.advance(seconds=61)
        attend(calls, queued.id)
        assert calls.call(queued.id).state is CallState.UNKNOWN
    calls.clock.advance(seconds=61)
    attend(calls, queued.id)
    assert calls.call(queued.id).outcome is Outcome.FAILED


def test_a_lost_call_does_not_take_over_the_next_one(calls):
    """A short call whose fate is open keeps its number until it is given up, so none is mistaken for it."""
    calls.templates.add(a_template(max_duration_s=30))
    calls.telephony.moods = ["unheard", "accept"]
    lost = request_call(calls, CallWish("template_1", number=NUMBER))
    attend(calls, lost.id)
    twin = request_call(calls, CallWish("template_1", number=NUMBER))
    Workers(calls).settle(40)
    assert calls.call(lost.id).reason == "carrier_never_accepted"
    assert calls.call(twin.id).outcome is Outcome.ABANDONED
    assert calls.call(lost.id).sid != calls.call(twin.id).sid


def test_a_carrier_that_cannot_be_asked_leaves_the_call_open(calls, queued):
    """The question is repeated; nothing is concluded from silence."""
    calls.telephony.moods = ["unheard"]
    attend(calls, queued.id)
    calls.telephony.reachable = False
    calls.clock.advance(hours=1)
    with pytest.raises(Unavailable):
        attend(calls, queued.id)
    assert calls.call(queued.id).state is CallState.UNKNOWN


def test_a_call_without_news_is_asked_about(calls, queued):
    """When the callbacks are lost, the carrier's own row ends the call."""
    attend(calls, queued.id)
    calls.telephony.accepted[0].status = "busy"
    calls.clock.advance(seconds=121)
    attend(calls, queued.id)
    call = calls.call(queued.id)
    assert (call.state, call.carrier_status) == (CallState.ENDED, "busy")
    assert calls.wakeups.finishes == [queued.id]


def test_an_ended_call_is_looked_at_until_it_is_finished(calls, queued):
    """A lost message to the post-call job is sent again."""
    attend(calls, queued.id)
    record_report(calls, queued.id, Report("completed", "CA1", NOW))
    calls.wakeups.finishes.clear()
    calls.clock.advance(seconds=121)
    attend(calls, queued.id)
    assert calls.wakeups.finishes == [queued.id]
    assert calls.call(queued.id).look_at > calls.clock.now()


def test_a_number_is_freed_although_the_process_died_after_the_end(calls, queued):
    """Whoever looks at the ended call frees what the dead process could not."""
    attend(calls, queued.id)
    ended = replace(calls.call(queued.id), state=CallState.ENDED, carrier_status="completed", look_at=NOW)
    calls.shelf.calls[queued.id] = ended
    attend(calls, queued.id)
    assert calls.numbers.status(NUMBER).live_call_id == ""


MOODS = [["accept"], ["refuse"], ["busy", "accept"], ["lost"], ["unheard"], ["killed"]]


def _steps_until_settled(make, moods):
    """Count the steps at which the process of a whole life can die."""
    workers = make(Fuse())
    workers.carrier.moods = list(moods)
    _live(workers)
    return workers.fuse.burnt


def _live(workers):
    for _ in range(2):
        workers.drain()
        for call_id in list(workers.calls.shelf.calls):
            workers.attend(call_id)
    workers.settle(16)


@pytest.mark.parametrize("moods", MOODS, ids="-".join)
def test_a_process_may_die_at_every_step(clock, moods):
    """Killed before, between or after any two steps, then redelivered: one dial, one terminal state."""

    def make(fuse):
        clock.instant = NOW
        calls = FakeCalls(clock, FakeCrm(clock))
        furnished(calls)
        request_call(calls, CallWish("template_1", number=NUMBER, call_id="call_1"))
        return Workers(calls, fuse)

    for step in range(1, _steps_until_settled(make, moods) + 1):
        workers = make(Fuse(step))
        workers.carrier.moods = list(moods)
        _live(workers)
        _assert_settled(workers, step)


def _assert_settled(workers, step):
    call = workers.calls.shelf.calls["call_1"]
    assert len(workers.carrier.accepted) <= 1, step
    assert call.state is CallState.ENDED, step
    assert call.outcome is not None, step
    assert call.finished_at is not None, step
    assert call.look_at is None, step
    if workers.carrier.accepted:
        assert call.outcome is Outcome.ABANDONED, step


def test_a_fuse_kills_once():
    """A worker dies at the step that was chosen and never again, so that a redelivery can succeed."""
    port = Perilous(["a"], Fuse(2))
    with pytest.raises(Killed):
        port.count("a")
    assert port.count("a") == 1


def test_a_call_that_the_carrier_forgot_ends_some_day(calls, queued):
    """The carrier had it and does not know it any more: after three hours nobody looks for it again."""
    attend(calls, queued.id)
    calls.telephony.accepted.clear()
    calls.clock.advance(hours=2)
    attend(calls, queued.id)
    assert not calls.call(queued.id).is_over
    calls.clock.advance(hours=1, seconds=1)
    attend(calls, queued.id)
    call = calls.call(queued.id)
    assert (call.outcome, call.reason, call.look_at) == (Outcome.FAILED, "carrier_forgot", None)
    assert calls.numbers.status(NUMBER).live_call_id == ""


def test_a_carrier_that_fails_is_asked_again_later(calls, queued, monkeypatch):
    """The next look is set first, so that calls without news do not crowd out the others."""
    attend(calls, queued.id)
    calls.clock.advance(minutes=5)

    def fail(_call):
        raise Unavailable("down", retryable=True)

    monkeypatch.setattr(calls.telephony, "find", fail)
    with pytest.raises(Unavailable):
        attend(calls, queued.id)
    assert calls.call(queued.id).look_at > calls.clock.now()


def test_a_call_that_waited_long_is_not_forgotten_for_that(calls):
    """How long the carrier has not known of a call counts from when it was asked for it."""
    later = NOW + timedelta(hours=5)
    call = request_call(calls, CallWish("template_1", number=NUMBER, not_before=later))
    calls.clock.instant = later
    attend(calls, call.id)
    calls.telephony.accepted.clear()
    calls.clock.advance(minutes=3)
    attend(calls, call.id)
    assert calls.call(call.id).state is CallState.RINGING
    calls.clock.advance(hours=3)
    attend(calls, call.id)
    assert calls.call(call.id).reason == "carrier_forgot"
