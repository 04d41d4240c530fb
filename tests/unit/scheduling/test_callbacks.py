"""Promised callbacks: a promise is a stored call that waits for its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes.calls import NOW, NUMBER, connected

from chalicelib.ai.domain.conversation import UseTool
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.tooling import run_tool
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound
from chalicelib.scheduling.domain.callbacks import callback_time
from chalicelib.scheduling.services.callbacks import CallbackWish, promise_callback

ZONE = "America/Los_Angeles"


def _wish(calls, **changes):
    call = connected(calls)
    fields = {
        "promised_in": call.id,
        "contact_id": call.contact_id,
        "number": NUMBER,
        "local": datetime(2026, 3, 4, 10),  # noqa: DTZ001  a person's local time has no zone
        "time_zone": ZONE,
    }
    return CallbackWish(**{**fields, **changes})


def test_a_promise_is_kept_by_a_call(calls):
    """At that local time, by the template of the call in which it was promised, to the same person."""
    callback = promise_callback(calls.scheduling, _wish(calls))
    call = calls.call(callback.kept_by)
    assert callback.due_at == datetime(2026, 3, 4, 18, tzinfo=UTC)
    assert (call.state, call.due_at, call.number) == (CallState.QUEUED, callback.due_at, NUMBER)
    assert (call.template_id, call.requested_by) == ("template_1", "callback:call_1")
    assert list(calls.scheduling.callbacks.by_key.values()) == [callback]
    assert calls.wakeups.attends == []


def test_the_same_promise_twice_is_one_call(calls):
    """Said again in the same call, or repeated after a crash, it changes nothing."""
    wish = _wish(calls)
    first = promise_callback(calls.scheduling, wish)
    calls.clock.advance(minutes=1)
    assert promise_callback(calls.scheduling, wish).kept_by == first.kept_by
    assert len(calls.shelf.calls) == 2
    assert len(calls.scheduling.callbacks.by_key) == 1


def test_another_time_moves_the_promise(calls):
    """However often a caller asks, one call promises one callback, at the time that was said last."""
    first = promise_callback(calls.scheduling, _wish(calls))
    second = promise_callback(calls.scheduling, _wish(calls, local=datetime(2026, 3, 5, 10)))  # noqa: DTZ001
    assert first.kept_by == second.kept_by
    kept = calls.shelf.calls[second.kept_by]
    assert kept.due_at == kept.look_at == second.due_at != first.due_at
    assert list(calls.scheduling.callbacks.by_key.values()) == [second]


@pytest.mark.parametrize("hours", [0, 24])
def test_a_promise_after_one_that_was_kept_is_a_call_of_its_own(calls, hours):
    """What was dialed, or cancelled, is over: what is said again is done, once however often."""
    wish = _wish(calls)
    first = promise_callback(calls.scheduling, wish)
    over = replace(calls.call(first.kept_by), state=CallState.ENDED, ended_at=NOW, look_at=None)
    calls.shelf.calls[first.kept_by] = over
    again = replace(wish, local=wish.local + timedelta(hours=hours))
    second = promise_callback(calls.scheduling, again)
    assert promise_callback(calls.scheduling, again).kept_by == second.kept_by != first.kept_by
    kept = calls.call(second.kept_by)
    assert (kept.state, kept.due_at) == (CallState.QUEUED, second.due_at)
    assert second.due_at == first.due_at + timedelta(hours=hours)
    assert calls.call(first.kept_by) == over
    assert list(calls.scheduling.callbacks.by_key.values()) == [second]


def test_nobody_is_promised_a_call_that_is_forbidden(calls):
    """A number that opted out in the same call is not called back."""
    stop_calling(calls, NUMBER, "call:call_1")
    with pytest.raises(Forbidden):
        promise_callback(calls.scheduling, _wish(calls))
    assert calls.scheduling.callbacks.by_key == {}


def test_a_promise_of_an_unknown_call_is_not_found(calls):
    """There is no template to keep it by."""
    with pytest.raises(NotFound):
        promise_callback(calls.scheduling, _wish(calls, promised_in="call_x"))


@pytest.mark.parametrize(
    ("local", "code"),
    [
        (NOW, "callback_in_past"),
        (NOW - timedelta(seconds=1), "callback_in_past"),
        (datetime(2026, 3, 3, 4), "callback_in_past"),  # noqa: DTZ001
        (datetime.min, "callback_in_past"),  # noqa: DTZ901
        (NOW + timedelta(days=90, seconds=1), "callback_too_far"),
        (datetime.max, "callback_too_far"),  # noqa: DTZ901
    ],
)
@pytest.mark.parametrize("zone", [ZONE, "Asia/Tokyo"])
def test_an_impossible_time_is_refused(local, code, zone):
    """Over, or more than ninety days away: as far as the calendar goes, in any zone."""
    with pytest.raises(Invalid) as refusal:
        callback_time(local, zone, NOW)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (datetime(2026, 3, 3, 4, 1), datetime(2026, 3, 3, 12, 1, tzinfo=UTC)),  # noqa: DTZ001
        (datetime(2026, 3, 10, 9), datetime(2026, 3, 10, 16, tzinfo=UTC)),  # noqa: DTZ001  summer time
        (NOW + timedelta(days=90), NOW + timedelta(days=90)),
    ],
)
def test_a_local_time_becomes_an_instant(local, instant):
    """By the zone's own rule on that day; a time that brings its zone is taken as it is."""
    assert callback_time(local, ZONE, NOW) == instant


def _use(calls, arguments):
    return run_tool(calls, calls.book.load("call_1"), UseTool("t", "schedule_callback", arguments))


def test_the_model_hears_the_local_time(calls):
    """It can read the promise back to the person."""
    connected(calls)
    run = _use(calls, '{"when": "2026-03-04T10:00"}')
    assert run.result == "A call is scheduled for Wednesday, 04 March at 10:00 (America/Los_Angeles)."


@pytest.mark.parametrize(
    "when", ["9999-12-31T23:59:59", "0001-01-01T00:00:00", "2020-01-01T10:00", "tomorrow", "1e400"]
)
def test_a_model_cannot_break_the_calendar(calls, when):
    """Whatever time it names, it gets a sentence."""
    connected(calls)
    run = _use(calls, f'{{"when": "{when}"}}')
    assert not run.done
    assert len(calls.shelf.calls) == 1
