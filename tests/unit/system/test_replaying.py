"""Failed work is sent again: whoever dies at whatever step, nothing is lost and the row tells the truth."""

from __future__ import annotations

import contextlib
import json

import pytest
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.system.domain.failures import FailedState, WorkQueue
from chalicelib.system.services.failures import discard_failed, get_failed, keep_failed, replay_failed

FINISH = json.dumps({"v": 1, "kind": "finish", "call_id": "call_1"})
ASKED = "settlement_1"


@pytest.fixture
def work(system):
    """Keep open work."""
    return keep_failed(system, WorkQueue.POST_CALL, "m1", FINISH, 1_772_539_200_000)


def _dying(system, steps):
    """Let the process die at the step of this number, before it or after it was done."""
    fuse = Fuse(length=steps)
    for name in ("failures", "work_queues"):
        setattr(system, name, Perilous(getattr(system, name), fuse))
    return fuse


@pytest.mark.parametrize("steps", range(1, 20))
@pytest.mark.parametrize("settle", ["replay", "discard"])
def test_a_repeated_request_gets_what_it_has_made(system, work, steps, settle):
    """Wherever the first one died, the second answers as the first would have; sent twice does no harm."""
    real, sent = (system.failures, system.work_queues), system.work_queues.sent

    def ask():
        if settle == "replay":
            return replay_failed(system, work.id, ASKED)
        return discard_failed(system, work.id, "x", ASKED)

    _dying(system, steps)
    try:
        first = ask()
    except Killed:
        first = None
    system.failures, system.work_queues = real
    again = ask()
    assert first in (None, again)
    assert get_failed(system, work.id) == again
    assert again.state is (FailedState.REPLAYED if settle == "replay" else FailedState.DISCARDED)
    assert 1 <= len(sent) <= 2 if settle == "replay" else sent == []


@pytest.mark.parametrize("steps", range(1, 20))
def test_what_was_sent_is_never_called_discarded(system, work, steps):
    """After a replay that died at any step, a discard is refused unless nothing can have been sent."""
    real, sent = (system.failures, system.work_queues), system.work_queues.sent
    _dying(system, steps)
    with contextlib.suppress(Killed):
        replay_failed(system, work.id)
    system.failures, system.work_queues = real
    with contextlib.suppress(Conflict):
        discard_failed(system, work.id, "nobody needs it")
    known = get_failed(system, work.id)
    assert not (sent and known.state is FailedState.DISCARDED)
    if known.state is FailedState.OPEN:
        assert replay_failed(system, work.id).state is FailedState.REPLAYED


def test_a_discard_that_comes_between_is_refused(system, work):
    """While one person's replay sends the message, another cannot give it up, whatever they have read."""
    send, get = system.work_queues.send, system.failures.get

    def meanwhile(*message):
        with pytest.raises(Conflict) as refusal:
            discard_failed(system, work.id, "late")
        assert refusal.value.code == "replay_begun"
        system.failures.get = lambda _: work
        with pytest.raises(Conflict) as refusal:
            discard_failed(system, work.id, "later")
        assert refusal.value.code == "failed_work_settled"
        send(*message)

    system.work_queues.send = meanwhile
    assert replay_failed(system, work.id).state is FailedState.REPLAYED
    assert get(work.id).state is FailedState.REPLAYED


def test_a_discard_that_was_faster_stops_the_sending(system, work):
    """Nothing is sent of what somebody has given up since it was read."""
    mark = system.failures.mark

    def late(marked):
        discard_failed(system, work.id, "first")
        return mark(marked)

    system.failures.mark = late
    with pytest.raises(Conflict) as refusal:
        replay_failed(system, work.id)
    assert refusal.value.code == "failed_work_settled"
    assert system.work_queues.sent == []


def test_a_queue_that_is_down_leaves_the_work_open(system, work):
    """It is replayed when the queue is back; whether the message arrived is not known, so it stays."""
    send, system.work_queues.send = system.work_queues.send, _down
    with pytest.raises(Unavailable):
        replay_failed(system, work.id)
    assert get_failed(system, work.id).state is FailedState.OPEN
    system.work_queues.send = send
    assert replay_failed(system, work.id).state is FailedState.REPLAYED


def test_another_request_is_a_conflict(system, work):
    """Only the request that has settled the work may say so again."""
    replay_failed(system, work.id, ASKED)
    for settle in (replay_failed, lambda *args: discard_failed(args[0], args[1], "x", args[2])):
        with pytest.raises(Conflict) as refusal:
            settle(system, work.id, "settlement_2")
        assert refusal.value.code == "failed_work_settled"


def _down(*_):
    raise Unavailable("down", retryable=True)
