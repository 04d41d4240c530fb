"""Work that somebody waits for, but not for ever: in a thread, and on a clock that is set by hand."""

from __future__ import annotations

from contextvars import ContextVar
from threading import Event

import pytest

from chalicelib.kernel.clock import FixedClock, SystemClock, from_millis

CLOCK = SystemClock()
WHO = ContextVar("WHO", default="nobody")


def test_what_is_done_in_time_is_given():
    """Whoever waits gets the result as soon as it is there."""
    pending = CLOCK.begin(lambda: "done")
    assert pending.wait(5)
    assert pending.result() == "done"


def test_what_takes_longer_goes_on():
    """Waiting ends when the time is over, the work does not: its result can still be had."""
    go = Event()
    pending = CLOCK.begin(lambda: go.wait(5) and "late")
    assert not pending.wait(0.01)
    assert not pending.wait(-1)
    go.set()
    assert pending.result() == "late"


@pytest.mark.parametrize("clock", [CLOCK, FixedClock(from_millis(0))])
def test_what_fails_is_raised_where_the_result_is_asked_for(clock):
    """Waiting does not raise; asking for the result does."""

    def fail():
        raise OSError("x")

    pending = clock.begin(fail)
    assert pending.wait(5)
    with pytest.raises(OSError, match="x"):
        pending.result()


def test_something_can_be_done_afterwards():
    """Who gave up waiting can still clean up, when the work is over."""
    go, cleaned = Event(), Event()
    pending = CLOCK.begin(lambda: go.wait(5))
    pending.afterwards(cleaned.set)
    assert not cleaned.is_set()
    go.set()
    assert cleaned.wait(5)


def test_the_context_goes_with_the_work():
    """What the log says of who acts holds in the thread too."""
    token = WHO.set("call_1")
    try:
        assert CLOCK.begin(WHO.get).result() == "call_1"
    finally:
        WHO.reset(token)


def test_on_a_fixed_clock_work_takes_what_the_clock_is_moved_by():
    """Tests decide how long something took; nothing is really waited for."""
    clock = FixedClock(from_millis(0))
    pending = clock.begin(lambda: clock.advance(seconds=2))
    assert not pending.wait(1.9)
    assert pending.wait(2)
    done = []
    pending.afterwards(lambda: done.append(1))
    assert done == [1]


def test_something_can_be_done_later():
    """Beside what follows, not before its time; on a fixed clock, when that is moved so far."""
    done = Event()
    CLOCK.later(0.01, done.set)
    assert done.wait(5)
    clock, acts = FixedClock(from_millis(0)), []
    clock.later(2, lambda: acts.append(clock.now()))
    clock.advance(seconds=1)
    assert acts == []
    clock.advance(seconds=1)
    clock.advance(seconds=5)
    assert acts == [from_millis(2000)]
