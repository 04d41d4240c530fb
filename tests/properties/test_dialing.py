"""Whatever happens in whatever order, a call is dialed at most once and ends exactly once."""

from __future__ import annotations

from contextlib import suppress

from fakes.calls import NOW, NUMBER, FakeCalls, furnished, kill_switch
from fakes.carrier import Fuse, Killed
from fakes.crm import FakeCrm
from fakes.workers import Workers
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.clock import FixedClock

moods = st.lists(
    st.sampled_from(["accept", "refuse", "busy", "lost", "unheard", "killed"]), min_size=1, max_size=3
)
steps = st.lists(
    st.sampled_from(
        [
            "first",
            "second",
            "finish",
            "drain",
            "dispatch",
            "report",
            "suppress",
            "unreachable",
            "stop",
            "resume",
        ]
    )
    | st.integers(1, 200),
    max_size=14,
)
fuses = st.none() | st.integers(1, 60)


def _stage(mood, length):
    clock = FixedClock(NOW)
    calls = FakeCalls(clock, FakeCrm(clock))
    furnished(calls)
    for name in ("first", "second"):
        request_call(calls, CallWish("template_1", number=NUMBER, call_id=name))
    calls.telephony.moods = list(mood)
    return Workers(calls, Fuse(length))


def _do(workers, step):
    if isinstance(step, int):
        workers.calls.clock.advance(seconds=step)
    elif step in {"first", "second"}:
        workers.attend(step)
    elif step == "finish":
        workers.finish("first")
    elif step in {"drain", "dispatch"}:
        getattr(workers, step)()
    elif step == "unreachable":
        workers.carrier.reachable = not workers.carrier.reachable
    else:
        with suppress(Killed):
            _hook(workers, step)


def _hook(workers, step):
    """Let somebody throw the switch, suppress the number, or report the end of the carrier's newest call."""
    if step in {"stop", "resume"}:
        kill_switch(workers.calls, on=step == "stop")
    elif step == "suppress":
        stop_calling(workers.calls, NUMBER, "sms")
    elif workers.carrier.accepted:
        newest = workers.carrier.accepted[-1]
        newest.status = "completed"
        report = Report("completed", newest.sid, workers.calls.clock.now())
        record_report(workers.calls, newest.order.call_id, report)


def _dialed(workers):
    return [call.order.call_id for call in workers.carrier.accepted]


@settings(max_examples=200)
@given(moods, fuses, steps)
def test_dialed_at_most_once_and_ended_exactly_once(mood, length, happening):
    """Through deaths, doubled messages, lost answers and any passing of time."""
    workers = _stage(mood, length)
    for step in happening:
        dialed, forbidden = len(_dialed(workers)), _is_suppressed(workers) or workers.is_stopped
        _do(workers, step)
        assert not (forbidden and len(_dialed(workers)) > dialed)
    workers.carrier.reachable = True
    workers.carrier.moods = ["accept"]
    workers.release()
    workers.settle(45)
    assert len(set(_dialed(workers))) == len(_dialed(workers))
    for name in ("first", "second"):
        call = workers.calls.shelf.calls[name]
        assert (call.state, call.look_at) == (CallState.ENDED, None)
        assert call.finished_at is not None
        if name in _dialed(workers):
            assert call.outcome is Outcome.ABANDONED
            assert call.sid == next(c.sid for c in workers.carrier.accepted if c.order.call_id == name)


def _is_suppressed(workers):
    status = workers.calls.shelf.numbers.get(NUMBER)
    return bool(status and status.suppressed_at)
