"""Frames on the socket and messages on the queues: read and written."""

from __future__ import annotations

import json

import pytest
from fakes.calls import FakeSocket, FakeWakeups

from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    CallerPressed,
    CallerSaid,
    Hangup,
    Listen,
    Say,
    Transfer,
    UseTool,
)
from chalicelib.calls.adapters import messages, relay_frames
from chalicelib.calls.adapters.queues import SqsWakeups
from chalicelib.calls.adapters.relay_frames import Notice, Setup
from chalicelib.calls.adapters.sockets import GatewaySocket, RelayVoice
from chalicelib.kernel.errors import Invalid, Unavailable


@pytest.mark.parametrize(
    ("frame", "event"),
    [
        (
            {"type": "setup", "callSid": "CA1", "customParameters": {"call_id": "call_1"}},
            Setup("call_1", "CA1"),
        ),
        ({"type": "setup"}, Setup("", "")),
        ({"type": "setup", "customParameters": [], "callSid": 3}, Setup("", "")),
        ({"type": "prompt", "voicePrompt": "Hi", "lang": "en-US", "last": True}, CallerSaid("Hi", "en-US")),
        ({"type": "prompt", "voicePrompt": "Hi"}, CallerSaid("Hi")),
        ({"type": "prompt", "voicePrompt": "Hi", "last": False}, None),
        ({"type": "dtmf", "digit": "9"}, CallerPressed("9")),
        (
            {"type": "interrupt", "utteranceUntilInterrupt": "He", "durationUntilInterruptMs": 300},
            CallerInterrupted("He", 300),
        ),
        (
            {"type": "interrupt", "utteranceUntilInterrupt": "He", "durationUntilInterruptMs": "300"},
            CallerInterrupted("He", 300),
        ),
        ({"type": "interrupt", "durationUntilInterruptMs": None}, CallerInterrupted("", 0)),
        ({"type": "interrupt", "durationUntilInterruptMs": 1e999}, CallerInterrupted("", 0)),
        ({"type": "error", "description": "bad"}, Notice("error", "bad")),
        ({"type": "info", "name": "x"}, Notice("info", "")),
        ({}, Notice("None", "")),
        ({"type": {"x": 1}}, Notice("{'x': 1}", "")),
    ],
)
def test_a_frame_is_read(frame, event):
    """Every kind that the carrier documents; unknown kinds and missing fields are no failure."""
    assert relay_frames.decode(json.dumps(frame)) == event


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '"text"', "\x00"])
def test_what_is_no_frame_is_invalid(text):
    """It is refused with a code, not with a traceback."""
    with pytest.raises(Invalid) as refusal:
        relay_frames.decode(text)
    assert refusal.value.code == "bad_frame"


def test_words_and_ends_become_frames():
    """The hand-off is JSON in a string, as the carrier wants it."""
    assert json.loads(relay_frames.encode(Say("Hi ", last=False))) == {
        "type": "text",
        "token": "Hi ",
        "last": False,
    }
    assert json.loads(relay_frames.encode(Say("Ja", language="de-DE")))["lang"] == "de-DE"
    for directive, following in ((Hangup("r"), "hang_up"), (Transfer("r"), "transfer")):
        frame = json.loads(relay_frames.encode(directive))
        assert frame["type"] == "end"
        assert json.loads(frame["handoffData"]) == {"next": following, "reason": "r"}


def test_some_directives_need_no_frame():
    """Listening is what the carrier does anyway; actions are not for its ears."""
    assert relay_frames.encode(Listen()) is None
    assert relay_frames.encode(UseTool("t", "x", "{}")) is None


def test_the_end_waits_for_the_words_before_it():
    """At fifteen characters a second, a goodbye of thirty takes two; then the socket is told to end."""
    socket, wakeups = FakeSocket(), FakeWakeups()
    voice = RelayVoice(socket, wakeups, "line", "call_1", 3, 15.0)
    voice.utter(Say("x" * 20))
    voice.utter(Say("x" * 10, last=True))
    voice.utter(Hangup("r"))
    assert len(socket.frames["line"]) == 2
    assert wakeups.session_ends == [("call_1", 3, "line", relay_frames.encode(Hangup("r")), 2)]


def test_a_caller_is_not_watched_over_a_socket_that_is_gone():
    """Nothing more is sent, and nobody is asked whether they are there."""
    socket, wakeups = FakeSocket(is_gone=True), FakeWakeups()
    voice = RelayVoice(socket, wakeups, "line", "call_1", 3, 15.0)
    voice.utter(Say("Hi.", last=True))
    socket.is_gone = False
    voice.utter(Say("Hi.", last=True))
    voice.utter(Listen())
    assert (socket.frames, wakeups.silence_checks) == ({}, [])


def test_a_look_for_silence_that_cannot_be_asked_for_ends_no_call():
    """The caller was answered; who says nothing now waits, and whoever speaks is served."""

    class Down(FakeWakeups):
        def check_silence(self, *_):
            raise Unavailable("no queue", retryable=True, code="queue_down")

    voice = RelayVoice(FakeSocket(), Down(), "line", "call_1", 3, 15.0)
    voice.utter(Say("Hi.", last=True))
    voice.utter(Listen())
    assert voice.is_done


class Queue:
    """Keeps what a queue's client was asked to send."""

    def __init__(self) -> None:
        self.sent = []

    def send_message(self, **message):
        """Keep a message."""
        self.sent.append(message)


def test_wake_ups_go_to_their_queues():
    """What a caller waits for has a queue of its own; delays as SQS allows."""
    queue = Queue()
    wakeups = SqsWakeups(queue, dial="dial", urgent="urgent", post_call="post")
    wakeups.attend("call_1")
    wakeups.finish("call_1")
    wakeups.end_session("call_1", 3, "line", "{}", 5)
    wakeups.end_session("call_1", 3, "line", "{}", 5000)
    wakeups.suppress("+14155550132", "call:call_1")
    wakeups.wake_next(2)
    urls = [sent["QueueUrl"] for sent in queue.sent]
    assert urls == ["dial", "post", "urgent", "urgent", "urgent", "dial"]
    assert [sent["DelaySeconds"] for sent in queue.sent] == [0, 0, 5, 900, 0, 0]
    assert messages.decode(queue.sent[5]["MessageBody"]) == messages.WakeNext(2)
    assert messages.decode(queue.sent[4]["MessageBody"]) == messages.Suppress("+14155550132", "call:call_1")
    assert [messages.decode(sent["MessageBody"]) for sent in queue.sent[:3]] == [
        messages.Attend("call_1"),
        messages.Finish("call_1"),
        messages.EndSession("call_1", 3, "line", "{}"),
    ]


def test_a_post_call_job_can_be_put_off():
    """By seconds, while news of its call are under way."""
    queue = Queue()
    SqsWakeups(queue, dial="dial", urgent="urgent", post_call="post").finish("call_1", 4)
    assert [(sent["QueueUrl"], sent["DelaySeconds"]) for sent in queue.sent] == [("post", 4)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"v": 1}',
        '{"v": 2, "kind": "attend", "call_id": "x"}',
        '{"v": 1, "kind": "other", "call_id": "x"}',
        '{"v": 1, "kind": "attend"}',
        '{"v": 1, "kind": "attend", "call_id": "x", "more": 1}',
        '{"v": [], "kind": "attend", "call_id": "x"}',
    ],
)
def test_a_message_that_we_do_not_write_is_invalid(body):
    """Foreign, broken, or of another version: refused with one code."""
    with pytest.raises(Invalid) as refusal:
        messages.decode(body)
    assert refusal.value.code == "bad_message"


class Gateway:
    """A client of open sockets, of which some are gone."""

    class exceptions:  # noqa: N801  as the vendor names it
        """The vendor's errors."""

        class GoneException(Exception):
            """The socket is closed."""

    def __init__(self) -> None:
        self.posted = []

    def post_to_connection(self, **message):
        """Send to an open socket."""
        if message["ConnectionId"] == "gone":
            raise self.exceptions.GoneException
        self.posted.append(message)


def test_a_frame_is_posted_to_its_socket():
    """True when it was sent, False when the socket is gone."""
    gateway = Gateway()
    socket = GatewaySocket(gateway)
    assert socket.post("line", "Zoë") is True
    assert socket.post("gone", "x") is False
    assert gateway.posted == [{"ConnectionId": "line", "Data": "Zoë".encode()}]
