"""The carrier's forms, documents and frames, and our own messages: read and written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import ADDRESSES, DESK, LINE, NOW, FakeSocket, FakeWakeups, a_brief, a_call

from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    Hangup,
    Listen,
    Say,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.wording import REPEAT
from chalicelib.calls.adapters import messages, relay_frames, twiml
from chalicelib.calls.adapters.queues import SqsWakeups
from chalicelib.calls.adapters.relay_frames import Notice, Setup
from chalicelib.calls.adapters.sockets import GatewaySocket, RelayVoice
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.kernel.errors import Invalid

BASE = "https://calls.example.com/hook"


def _file(**brief):
    return CallFile(a_call(), a_brief(**brief))


def _gather(*directives, **brief):
    return ET.fromstring(twiml.gather(_file(**brief), directives, ADDRESSES, next_turn=4))


def _shape(element):
    return [found.tag for found in element.iter()]


def test_a_call_over_the_socket_is_connected_with_its_greeting():
    """The document names socket, voice, action and our id of the call."""
    document = twiml.relay("call_1", a_brief(), [Say("Hello <Ada> & Co.", last=True), Listen()], ADDRESSES)
    connect = ET.fromstring(document)[0]
    session = connect[0]
    assert connect.get("action") == f"{BASE}/voice/call_1/session-ended"
    assert session.tag == "ConversationRelay"
    assert session.get("url") == "wss://calls.example.com/socket"
    assert session.get("welcomeGreeting") == "Hello <Ada> & Co."
    assert (session.get("ttsProvider"), session.get("voice")) == ("Google", "en-US-Chirp3-HD-Aoede")
    assert (session.get("language"), session.get("dtmfDetection")) == ("en-US", "true")
    assert session[0].attrib == {"name": "call_id", "value": "call_1"}


def test_what_is_said_before_listening_can_be_interrupted():
    """Words stand inside the Gather, which brings the answer as the next turn, also when nothing is said."""
    response = _gather(Say("Hello "), Say("Ada.", last=True), Listen())
    assert _shape(response) == ["Response", "Gather", "Say"]
    gather = response[0]
    assert gather.get("action") == f"{BASE}/voice/call_1/turn/4"
    assert (gather.get("input"), gather.get("actionOnEmptyResult")) == ("speech dtmf", "true")
    assert gather.get("speechTimeout") == "auto"
    assert (gather[0].text, gather[0].get("voice")) == ("Hello Ada.", "Google.en-US-Chirp3-HD-Aoede")


def test_listening_without_words_says_nothing():
    """An empty Say would be refused."""
    assert _shape(_gather(Say("", last=True), Listen())) == ["Response", "Gather"]


def test_a_goodbye_is_said_and_then_the_call_ends():
    """Nothing is listened for any more."""
    assert _shape(_gather(Say("Bye.", last=True), Hangup("x"))) == ["Response", "Say", "Hangup"]


def test_a_transfer_dials_the_templates_own_target():
    """With our line as the caller, and an address for when nobody is reached."""
    response = _gather(Say("One moment.", last=True), Transfer("x"), transfer_to=DESK)
    assert _shape(response) == ["Response", "Say", "Dial", "Number"]
    dial = response[1]
    assert (dial[0].text, dial.get("callerId")) == (DESK, LINE)
    assert dial.get("action") == f"{BASE}/voice/call_1/transfer-ended"


def test_a_transfer_without_a_target_goes_where_nobody_is_reached():
    """The caller is told so at that address."""
    response = _gather(Transfer("x"))
    assert _shape(response) == ["Response", "Redirect"]
    assert response[0].text == f"{BASE}/voice/call_1/transfer-ended"


def test_an_apology_needs_no_call():
    """One sentence and the end; or only the end."""
    assert _shape(ET.fromstring(twiml.apology("Sorry & bye"))) == ["Response", "Say", "Hangup"]
    assert _shape(ET.fromstring(twiml.hang_up())) == ["Response", "Hangup"]


@pytest.mark.parametrize(
    ("turn", "directives"),
    [
        ({"answer": "Yes.", "end": TurnEnd.LISTEN}, (Say("Yes.", last=True), Listen())),
        ({"answer": "Bye.", "end": TurnEnd.HANG_UP, "reason": "r"}, (Say("Bye.", last=True), Hangup("r"))),
        ({"answer": "", "end": TurnEnd.TRANSFER, "reason": "r"}, (Say("", last=True), Transfer("r"))),
        ({"answer": "We", "end": TurnEnd.CUT}, (Say("We", last=True), Listen())),
        ({}, (Say(REPEAT, last=True), Listen())),
    ],
)
def test_a_repeated_webhook_gets_the_turn_again(turn, directives):
    """Its words and its end; a turn that was never answered asks the caller to repeat."""
    assert twiml.replayed(Turn(1, TurnKind.SPEECH, NOW, **turn)) == directives


@pytest.mark.parametrize(
    ("form", "event"),
    [
        ({"SpeechResult": "Hi", "Language": "de-DE"}, CallerSaid("Hi", "de-DE")),
        ({"SpeechResult": "Hi"}, CallerSaid("Hi")),
        ({"Digits": "4"}, CallerPressed("4")),
        ({"Digits": "4", "SpeechResult": "Hi"}, CallerPressed("4")),
        ({"SpeechResult": ""}, CallerSilent()),
        ({}, CallerSilent()),
    ],
)
def test_what_a_gather_brought(form, event):
    """Keys, words, or nothing."""
    assert twiml.heard(form) == event


def test_a_report_has_the_carriers_own_time():
    """RFC 2822; with sequence, length, SIP code and error when they are given."""
    form = {
        "CallStatus": "failed",
        "CallSid": "CA1",
        "Timestamp": "Tue, 03 Mar 2026 13:00:00 +0100",
        "SequenceNumber": "2",
        "CallDuration": "9",
        "SipResponseCode": "486",
        "ErrorCode": "13224",
    }
    report = twiml.report(form, datetime(2027, 1, 1, tzinfo=UTC))
    assert (report.status, report.sid, report.at) == ("failed", "CA1", NOW)
    assert (report.sequence, report.duration_s, report.sip_code) == (2, 9, "486")
    assert report.error == "carrier_13224"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Timestamp": "yesterday"},
        {"Timestamp": "Tue, 03 Mar 2026 13:00:00 -0000"},
        {"Timestamp": "Tue, 99 Mar 2026 13:00:00 +0000"},
        {"SequenceNumber": "x", "CallDuration": "-1"},
        {"SequenceNumber": "9" * 5000, "CallDuration": "\u00b2"},
        {"CallDuration": ""},
    ],
)
def test_broken_fields_of_a_report_are_left_out(form):
    """The time is then that of the arrival, and numbers are unknown."""
    report = twiml.report(form, NOW)
    assert (report.at, report.sequence, report.duration_s) == (NOW, None, None)


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


class Queue:
    """Keeps what a queue's client was asked to send."""

    def __init__(self) -> None:
        self.sent = []

    def send_message(self, **message):
        """Keep a message."""
        self.sent.append(message)


def test_wake_ups_go_to_their_queues():
    """Calls to look at and sessions to end to one, post-call jobs to the other; delays as SQS allows."""
    queue = Queue()
    wakeups = SqsWakeups(queue, "dial", "post")
    wakeups.attend("call_1")
    wakeups.finish("call_1")
    wakeups.end_session("call_1", 3, "line", "{}", 5)
    wakeups.end_session("call_1", 3, "line", "{}", 5000)
    assert [sent["QueueUrl"] for sent in queue.sent] == ["dial", "post", "dial", "dial"]
    assert [sent["DelaySeconds"] for sent in queue.sent] == [0, 0, 5, 900]
    assert [messages.decode(sent["MessageBody"]) for sent in queue.sent[:3]] == [
        messages.Attend("call_1"),
        messages.Finish("call_1"),
        messages.EndSession("call_1", 3, "line", "{}"),
    ]


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


def test_addresses_retry_in_the_fragment():
    """What follows the # is for the carrier alone, and is not signed."""
    assert ADDRESSES.answer("c").startswith(f"{BASE}/voice/c/answer#")
    assert ADDRESSES.status("c").startswith(f"{BASE}/voice/c/status#")
    assert ADDRESSES.turn("c", 3) == f"{BASE}/voice/c/turn/3"
