"""Calls that nobody answered: one write closes their books, and nothing is left to do."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_call
from fakes.carrier import Fuse, Killed, Perilous
from fakes.crm import FakeCrm

from chalicelib.calls.domain.calls import CallEvent, Report, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report

RINGING = {"state": CallState.RINGING, "sid": "CA1", "dialed_at": NOW, "look_at": NOW + timedelta(seconds=90)}


def _ringing(calls, **changes):
    calls.book.create(a_call(**(RINGING | changes)))
    calls.shelf.numbers[NUMBER] = NumberStatus(live_call_id="call_1", live_until=NOW + timedelta(hours=1))


def _report(calls, status, **fields):
    return record_report(calls, "call_1", Report(status, "CA1", NOW + timedelta(seconds=9), **fields))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", Outcome.BUSY),
        ("no-answer", Outcome.NO_ANSWER),
        ("canceled", Outcome.CANCELED),
        ("failed", Outcome.FAILED),
    ],
)
def test_the_end_closes_the_books(calls, status, outcome):
    """The call is finished, free of cost and counted; its number is free, and nobody looks at it again."""
    _ringing(calls)
    writes = calls.shelf.uses["change"]
    for _ in range(2):
        call = _report(calls, status, duration_s=0)
    assert (call.outcome, call.finished_at, call.cost, call.look_at) == (outcome, NOW, 0, None)
    assert calls.wakeups.finishes == calls.wakeups.later_finishes == []
    assert calls.numbers.status(NUMBER).live_call_id == ""
    assert [numbers["calls_outbound"] for numbers in calls.shelf.counted.values()] == [1]
    finish_call(calls, "call_1")
    assert calls.shelf.uses["change"] == writes + 2
    assert calls.shelf.aftermaths == {}


@pytest.mark.parametrize(
    ("changes", "report"),
    [
        ({"answered_at": NOW}, {"status": "failed"}),
        ({}, {"status": "no-answer", "duration_s": 3}),
        ({}, {"status": "completed"}),
        ({"events": (CallEvent("2026", "x", Happening.HUNG_UP),)}, {"status": "canceled"}),
        ({"events": (CallEvent("2026", "x", Happening.UNKNOWN_STATUS, "paused"),)}, {"status": "busy"}),
    ],
)
def test_any_other_call_is_left_to_the_job_after_it(calls, changes, report):
    """Somebody answered, it lasted, or more happened than the carrier's usual statuses."""
    _ringing(calls, **changes)
    call = _report(calls, **report)
    assert (call.is_over, call.finished_at) == (True, None)
    assert call.look_at is not None
    assert calls.wakeups.finishes == ["call_1"]
    assert calls.numbers.status(NUMBER).live_call_id == ""


def test_a_process_may_die_at_every_step(clock):
    """The number is free, or somebody still looks at the call; told again, it comes to the same."""
    burnt = Fuse()
    for step in range(1, 30):
        calls, fuse = FakeCalls(clock, FakeCrm(clock)), Fuse(step)
        _ringing(calls)
        book, numbers = calls.book, calls.numbers
        calls.book, calls.numbers = Perilous(book, fuse), Perilous(numbers, fuse)
        try:
            _report(calls, "busy")
        except Killed:
            burnt = fuse
        calls.book, calls.numbers = book, numbers
        call = calls.call()
        assert call.look_at is not None or numbers.status(NUMBER).live_call_id == "", step
        _report(calls, "busy")
        assert calls.call().outcome is Outcome.BUSY
        assert numbers.status(NUMBER).live_call_id == ""
    assert burnt.burnt >= 6


def test_news_that_come_later_change_nothing_that_was_said(calls):
    """An answer that is told after its opposite: the call comes to the same in all orders."""
    told = [("busy", {}), ("in-progress", {}), ("ringing", {})]
    found = set()
    for order in permutations(told):
        calls.shelf.calls.clear()
        _ringing(calls)
        for status, fields in order:
            _report(calls, status, **fields)
        finish_call(calls, "call_1")
        call = calls.call()
        found.add((call.state, call.outcome, call.reason, call.cost, call.answered_at, call.carrier_status))
    assert len(found) == 1


def test_an_event_after_the_end_is_kept(calls):
    """It changes neither the outcome nor the cost."""
    _ringing(calls)
    _report(calls, "no-answer")
    event = CallEvent("2026", "x", Happening.MACHINE, "machine_start")
    calls.book.change("call_1", lambda call: add_event(call, event))
    assert (calls.call().outcome, calls.call().cost) == (Outcome.NO_ANSWER, 0)
