"""Failed work is kept once with its cause, shown without what people said, and settled once."""

from __future__ import annotations

import json

import pytest

from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.errors import Conflict, NotFound, Unavailable
from chalicelib.system.domain.failures import FailedState, ReplayCount, WorkQueue, cause_text, describe
from chalicelib.system.services.failures import (
    MAX_REPLAYS,
    discard_failed,
    get_failed,
    keep_failed,
    list_failed,
    note_cause,
    replay_all,
    replay_failed,
)

FINISH = json.dumps({"v": 1, "kind": "finish", "call_id": "call_1"})
SENT = 1_772_539_200_000


def _fail(system, queue=WorkQueue.POST_CALL, message_id="m1", body=FINISH, sent=SENT):
    return keep_failed(system, queue, message_id, body, sent)


def test_a_dead_letter_is_kept_with_its_cause(system, clock):
    """What the message asks for, whose it is, why it failed the last time, and how often it was tried."""
    note_cause(system, "m1", Unavailable("The carrier is silent.", retryable=True, code="carrier_silent"), 4)
    note_cause(system, "m1", Conflict("It moved.", code="moved"), 5)
    work = get_failed(system, _fail(system).id)
    assert (work.queue, work.kind, work.subject) == (WorkQueue.POST_CALL, "finish", "call_1")
    assert (work.cause, work.attempts, work.state) == ("moved", 5, FailedState.OPEN)
    assert work.failed_at == clock.now()


def test_a_dead_letter_without_a_cause_is_kept(system):
    """A worker that was killed says nothing; the message is not lost for that."""
    assert (_fail(system).cause, _fail(system).attempts) == (None, None)


def test_the_same_letter_is_kept_once(system, clock):
    """Delivered twice, it is one piece of work, and does not come back after it was settled."""
    first = _fail(system)
    replay_failed(system, first.id)
    clock.advance(minutes=3)
    assert _fail(system).id == first.id
    assert get_failed(system, first.id).state is FailedState.REPLAYED
    assert list_failed(system, FailedState.OPEN, None, 10).items == []


def test_replaying_sends_the_message_as_it_was(system):
    """The queue gets the same body, and the row says who had it sent."""
    work = _fail(system)
    with acting_as("token:token_1"):
        replayed = replay_failed(system, work.id)
    assert system.work_queues.sent == [(WorkQueue.POST_CALL, FINISH)]
    assert (replayed.state, replayed.settled_by) == (FailedState.REPLAYED, "token:token_1")
    assert (replayed.version, get_failed(system, work.id)) == (2, replayed)


@pytest.mark.parametrize(
    "settle", [replay_failed, lambda system, work_id: discard_failed(system, work_id, "x")]
)
def test_settled_work_is_not_settled_again(system, settle):
    """Neither replayed nor discarded work can be replayed or discarded; nothing is sent."""
    replayed, discarded = _fail(system, message_id="m1"), _fail(system, message_id="m2")
    replay_failed(system, replayed.id)
    discard_failed(system, discarded.id, "done by hand")
    system.work_queues.sent.clear()
    for work in (replayed, discarded):
        with pytest.raises(Conflict) as refusal:
            settle(system, work.id)
        assert refusal.value.code == "failed_work_settled"
    assert system.work_queues.sent == []


def test_the_faster_one_wins(system):
    """Two people settle at once: the second is told, and the first one's word stands."""
    work = _fail(system)
    get, system.failures.get = system.failures.get, lambda _: work
    discard_failed(system, work.id, "first")
    with pytest.raises(Conflict):
        discard_failed(system, work.id, "second")
    assert get(work.id).reason == "first"


def test_all_open_work_of_a_queue_is_replayed(system):
    """Other queues' work, and settled work, is left alone."""
    for number in range(3):
        _fail(system, message_id=f"m{number}", sent=SENT + number)
    _fail(system, WorkQueue.DIAL, "d1")
    discard_failed(system, list_failed(system, FailedState.OPEN, WorkQueue.POST_CALL, 1).items[0].id, "no")
    assert replay_all(system, WorkQueue.POST_CALL) == ReplayCount(2, more=False)
    assert [queue for queue, _ in system.work_queues.sent] == [WorkQueue.POST_CALL] * 2


def test_replaying_all_is_bounded(system):
    """A request sends a limited number of messages, and says that there are more."""
    for number in range(MAX_REPLAYS + 1):
        _fail(system, message_id=f"m{number}", sent=SENT + number)
    counts = [replay_all(system, None) for _ in range(3)]
    assert counts == [
        ReplayCount(MAX_REPLAYS, more=True),
        ReplayCount(1, more=False),
        ReplayCount(0, more=False),
    ]


@pytest.mark.parametrize("queue", [None, WorkQueue.POST_CALL])
def test_what_cannot_be_replayed_is_in_nobodys_way(system, queue):
    """However many batches of streams failed last, the messages below them are sent."""
    for number in range(MAX_REPLAYS + 10):
        _fail(system, WorkQueue.CHANGES, f"c{number}", sent=SENT + 100 + number)
    for number in range(5):
        _fail(system, message_id=f"m{number}", sent=SENT + number)
    assert replay_all(system, WorkQueue.CHANGES) == ReplayCount(0, more=False)
    assert replay_all(system, queue) == ReplayCount(5, more=False)
    assert replay_all(system, queue) == ReplayCount(0, more=False)


def test_replaying_all_ends_when_it_sends_nothing(system):
    """When others are always faster, nobody is told to ask for ever."""
    for number in range(MAX_REPLAYS + 1):
        _fail(system, message_id=f"m{number}", sent=SENT + number)
    system.failures.mark = lambda _: False
    assert replay_all(system, None) == ReplayCount(0, more=False)


def test_a_batch_of_a_stream_is_shown_and_not_replayed(system):
    """Its records are in the stream; the letter only says where."""
    info = {"streamArn": "arn:aws:dynamodb:x", "shardId": "s1", "startSequenceNumber": "7"}
    work = _fail(system, WorkQueue.CHANGES, body=json.dumps({"DDBStreamBatchInfo": info}))
    with pytest.raises(Conflict) as refusal:
        replay_failed(system, work.id)
    assert refusal.value.code == "not_replayable"
    assert work.shown == {"DDBStreamBatchInfo": info}
    assert replay_all(system, None).replayed == 0


def test_what_is_not_there_is_not_found(system):
    """Ids of nothing, and texts that are no ids."""
    for work_id in ("failed_" + "0" * 32, "x", "call_" + "0" * 32):
        with pytest.raises(NotFound):
            get_failed(system, work_id)


SPOKEN = "Ada said her card is 4111"
MESSAGES = [
    {"v": 1, "kind": "suppress", "number": "+14155550123", "source": "caller"},
    {"v": 1, "kind": "end_session", "call_id": "call_1", "turn": 3, "handoff": json.dumps({"why": SPOKEN})},
    {"detail-type": "contact.created", "detail": {"id": "e1", "data": {"id": "c1", "name": SPOKEN}}},
    {"v": 1, "kind": "change", "record": {"eventID": "e", "dynamodb": {"NewImage": {"text": {"S": SPOKEN}}}}},
    {"v": 1, "kind": [SPOKEN], "call_id": {"x": SPOKEN}},
]


@pytest.mark.parametrize("message", MESSAGES)
def test_what_people_said_is_not_shown(system, message):
    """Whatever a message carries, only names and ids of ours are shown, and numbers are masked."""
    work = _fail(system, body=json.dumps(message))
    visible = json.dumps([work.kind, work.subject, work.shown])
    assert SPOKEN not in visible
    assert "+14155550123" not in visible
    assert work.body == json.dumps(message)


def test_an_events_data_is_not_shown(system):
    """Not even under a name that may be shown elsewhere: there it is the customer's."""
    event = {"detail-type": "note.created", "detail": {"id": "event_1", "data": {"subject": "Lovelace"}}}
    assert _fail(system, body=json.dumps(event)).shown["detail"] == {"id": "event_1", "data": "…"}


@pytest.mark.parametrize("body", ["", "{", "[]", "7", "\x00", "[" * 100_000])
def test_unreadable_letters_are_kept(system, body):
    """A message that is not JSON, or no object, is kept as it is and shows nothing."""
    work = _fail(system, body=body)
    assert (work.kind, work.subject, work.shown, work.body) == ("unreadable", "", {}, body)


def test_events_are_described_by_type_and_subject():
    """What the bus sent says what it is about."""
    body = json.dumps({"detail-type": "call.ended", "detail": {"subject": "call_1"}})
    assert describe(body) == ("call.ended", "call_1")


def test_a_cause_quotes_nobody():
    """Of a refusal its code is kept; its words, like those of a library, may quote what somebody typed."""
    assert cause_text(Conflict("'0171 1234567 Ada Lovelace' is in a call.", code="busy")) == "busy"
    try:
        int(SPOKEN)
    except ValueError as error:
        told = cause_text(error)
    assert told.startswith("ValueError in ")
    assert "test_failures" in told
    assert SPOKEN not in told


def _down(*_):
    raise Unavailable("down", retryable=True)
