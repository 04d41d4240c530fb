"""ConversationRelay's socket through the real handlers: admitted when signed, and never raising."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, connected, furnished
from fakes.carrier import Fuse, Perilous
from fakes.events import SECOND_TOKEN, SOCKET, TOKEN, connect_event, frame_event, sign
from fakes.model import model_failure
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.entrypoints import relay_socket
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, Unavailable

SETUP = {"type": "setup", "callSid": "CA1", "customParameters": {"call_id": "call_1"}}
PROMPT = {"type": "prompt", "voicePrompt": "What do you sell?", "lang": "en-US", "last": True}


@pytest.fixture
def calls(container, monkeypatch):
    """Put a connected call and the account's tokens into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.settings = SimpleNamespace(speech_chars_per_second=15.0, silence_patience_s=10.0)
    container.connections = SimpleNamespace(socket_url=SOCKET, twilio_auth_tokens=(TOKEN, SECOND_TOKEN))
    furnished(container.calls)
    connected(container.calls)
    relay_socket._call_of.clear()
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return container.calls


def _send(frame, seconds=1, **options):
    return relay_socket.message(frame_event(frame, to_millis(NOW) + 1000 * seconds, **options), None)


def _frames(calls, connection_id="line="):
    return [json.loads(frame) for frame in calls.socket.frames.get(connection_id, [])]


def _tokens(calls):
    return [frame["token"] for frame in _frames(calls) if frame["type"] == "text"]


@pytest.mark.parametrize("url", [SOCKET, f"{SOCKET}/"])
@pytest.mark.parametrize("token", [TOKEN, SECOND_TOKEN])
@pytest.mark.parametrize("name", ["X-Twilio-Signature", "x-twilio-signature"])
@pytest.mark.usefixtures("calls")
def test_the_carrier_is_admitted(url, token, name):
    """Signed over the address with or without its closing slash, by any token, in any letters."""
    assert relay_socket.connect(connect_event({name: sign(url, {}, token)}), None) == {"statusCode": 200}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": sign(SOCKET, {}, "other-token")},
        {"X-Twilio-Signature": sign(f"{SOCKET}/other", {})},
        {"X-Twilio-Signature": sign(SOCKET, {"a": "b"})},
    ],
)
@pytest.mark.usefixtures("calls")
def test_nobody_else_is_admitted(headers):
    """An exception makes the gateway refuse the handshake with 403."""
    with pytest.raises(PermissionError):
        relay_socket.connect(connect_event(headers), None)


@pytest.mark.usefixtures("calls")
def test_a_handshake_without_headers_is_refused():
    """The gateway may leave them out."""
    with pytest.raises(PermissionError):
        relay_socket.connect({**connect_event({}), "headers": None}, None)


def test_a_socket_is_bound_to_its_call(calls):
    """The setup names the call by our id, and the carrier's must fit."""
    _send(SETUP)
    assert calls.shelf.connections == {"line=": "call_1"}
    assert _frames(calls) == []


@pytest.mark.parametrize(
    "setup",
    [
        {**SETUP, "callSid": "CA2"},
        {**SETUP, "customParameters": {"call_id": "call_x"}},
        {**SETUP, "customParameters": {}},
        {"type": "setup"},
    ],
)
def test_a_foreign_socket_is_bound_to_nothing(calls, setup):
    """Its session is ended, rather than leaving whoever is there in silence."""
    _send(setup)
    assert calls.shelf.connections == {}
    assert [frame["type"] for frame in _frames(calls)] == ["end"]
    _send(PROMPT)
    assert calls.shelf.turns == {}


def test_words_that_overtake_the_setup_are_answered(calls, monkeypatch):
    """Each frame is served by a process of its own: the first words wait for the socket to be bound."""
    monkeypatch.setattr(calls.clock, "pause", lambda _: calls.turns.bind("line=", "call_1"))
    _send(PROMPT)
    assert calls.shelf.turns["call_1", 1].said == PROMPT["voicePrompt"]


def test_words_are_answered_frame_by_frame(calls):
    """Tokens as they come; the last one closes the talk."""
    calls.ai.model.scripts = [["We sell pumps. ", "And pipes."]]
    _send(SETUP)
    _send(PROMPT)
    assert [(frame["token"], frame["last"]) for frame in _frames(calls)] == [
        ("We sell pumps. ", False),
        ("And pipes.", True),
    ]


def test_another_process_finds_the_call(calls):
    """Who never saw the setup asks the table, once."""
    _send(SETUP)
    relay_socket._call_of.clear()
    _send(PROMPT)
    assert relay_socket._call_of == {"line=": "call_1"}
    assert "".join(_tokens(calls)) == "Hello there."


def test_a_process_does_not_remember_without_bounds(calls):
    """A warm process that serves many calls forgets and asks again."""
    for number in range(2100):
        relay_socket._remember(f"line-{number}", "call_1")
    assert len(relay_socket._call_of) <= 1000


def test_half_an_utterance_is_waited_for(calls):
    """Nothing is answered before the caller has finished."""
    _send(SETUP)
    _send({**PROMPT, "last": False})
    assert calls.shelf.turns == {}


def test_keys_are_turns(calls):
    """The opt-out key suppresses the number; the end follows when the words were heard."""
    _send(SETUP)
    _send({"type": "dtmf", "digit": "9"})
    assert calls.numbers.status(NUMBER).suppressed_at is not None
    assert "not call you again" in _tokens(calls)[0]
    assert [frame["type"] for frame in _frames(calls)] == ["text"]
    (end,) = calls.wakeups.session_ends
    assert end[:3] == ("call_1", 1, "line=")
    assert end[4] == 5


def test_an_interruption_marks_what_was_heard(calls):
    """By its time of arrival, although it is served after the words that caused it."""
    _send(SETUP)
    _send(PROMPT, seconds=1)
    _send({**PROMPT, "voicePrompt": "Wait"}, seconds=5)
    _send({"type": "interrupt", "utteranceUntilInterrupt": "Hel"}, seconds=4)
    turns = calls.shelf.turns
    assert (turns["call_1", 1].heard, turns["call_1", 2].heard) == ("Hel", None)


def test_a_hand_over_is_told_in_the_hand_off(calls):
    """What the action address needs is in the frame that ends the session."""
    calls.ai.model.scripts = [[ToolCall("t", "transfer_to_person", "{}")]]
    _send(SETUP)
    _send(PROMPT)
    handoff = json.loads(calls.wakeups.session_ends[0][3])["handoffData"]
    assert json.loads(handoff) == {"next": "transfer", "reason": "asked_for_person"}


def test_a_model_that_fails_is_apologised_for(calls):
    """The caller hears why the call ends."""
    calls.ai.model.scripts = [[model_failure()]]
    _send(SETUP)
    _send(PROMPT)
    assert "something went wrong" in _tokens(calls)[0]


@pytest.mark.parametrize("breaking", [ZeroDivisionError("x"), RuntimeError("x")])
def test_a_defect_ends_the_session(calls, breaking):
    """The action address finds the unanswered turn and apologises; the handler does not raise."""
    calls.ai.model.scripts = [[breaking]]
    _send(SETUP)
    _send(PROMPT)
    assert [frame["type"] for frame in _frames(calls)] == ["end"]
    assert calls.shelf.turns["call_1", 1].end is None


def test_a_socket_that_cannot_be_reached_is_no_crash(calls):
    """When even the end cannot be sent, nothing is raised."""
    _send(SETUP)

    def fail(*_):
        raise ConnectionError("x")

    calls.socket.post = fail
    _send(PROMPT)


def test_a_use_case_that_fails_ends_the_session(calls):
    """Whatever breaks, the caller is not left in silence: the session's action address apologises."""

    def refuse(_call_id):
        raise Conflict("x")

    _send(SETUP)
    calls.book.load = refuse
    _send(PROMPT)
    assert [frame["type"] for frame in _frames(calls)] == ["end"]


def test_an_old_frame_that_fails_does_not_end_a_newer_turn(calls):
    """The caller has spoken on meanwhile, and is being answered by another process."""
    _send(SETUP)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, from_millis(to_millis(NOW) + 5000), said="Hi"))
    calls.ai.model.scripts = [[ZeroDivisionError("x")]]
    _send(PROMPT, seconds=2)
    assert _frames(calls) == []
    _send(PROMPT, seconds=9)
    assert [frame["type"] for frame in _frames(calls)] == ["end"]


def test_a_frame_that_fails_where_nothing_can_be_compared_ends_the_session(calls):
    """Rather than leaving somebody in silence."""
    _send(SETUP)
    calls.ai.model.scripts = [[ZeroDivisionError("x")]]
    calls.turns.since = lambda *_: 1 / 0
    _send(PROMPT)
    assert [frame["type"] for frame in _frames(calls)] == ["end"]


def test_a_turn_that_was_heard_to_its_end_ends_nothing(calls):
    """Only the books lack it; the caller would hear an apology after a good answer."""
    _send(SETUP)
    calls.turns.close = lambda *_: 1 / 0
    _send(PROMPT)
    assert "".join(_tokens(calls)) == "Hello there."
    assert {frame["type"] for frame in _frames(calls)} == {"text"}


def test_a_session_begins_though_nobody_can_be_watched(calls):
    """The queue is down as the socket opens: the greeting is heard, and words are answered."""

    def fail(*_):
        raise Unavailable("no queue", retryable=True, code="queue_down")

    calls.wakeups.check_silence = fail
    _send(SETUP)
    _send(PROMPT)
    assert {frame["type"] for frame in _frames(calls)} == {"text"}


def test_an_interruption_that_cannot_be_stored_ends_nothing(calls):
    """The conversation goes on; only the transcript has more than was heard."""

    def refuse(_call_id):
        raise Conflict("x")

    _send(SETUP)
    calls.book.load = refuse
    _send({"type": "interrupt", "utteranceUntilInterrupt": "We"})
    assert _frames(calls) == []


def test_a_socket_that_is_gone_is_no_crash(calls):
    """Who hung up in the middle hears nothing more; the turn is stored all the same."""
    _send(SETUP)
    calls.socket.is_gone = True
    _send(PROMPT)
    assert calls.shelf.turns["call_1", 1].end is not None


@pytest.mark.usefixtures("calls")
def test_a_closed_socket_is_noted():
    """Nothing else is done: the carrier's action address decides."""
    event = frame_event("")
    event["requestContext"]["eventType"] = "DISCONNECT"
    relay_socket.disconnect(event, None)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
fields = st.dictionaries(
    st.sampled_from(
        [
            "voicePrompt",
            "lang",
            "last",
            "digit",
            "utteranceUntilInterrupt",
            "durationUntilInterruptMs",
            "customParameters",
            "callSid",
            "description",
        ]
    ),
    json_values,
    max_size=4,
)
kinds = st.sampled_from(["setup", "prompt", "dtmf", "interrupt", "error", "info"]) | json_values
hostile = (
    st.text(st.characters(exclude_categories=()))
    | json_values.map(json.dumps)
    | st.builds(lambda kind, rest: json.dumps({**rest, "type": kind}), kinds, fields)
    | st.sampled_from(["[" * 100_000, '{"a":' * 50_000, "9" * 10_000, '{"type": 1e999}'])
)


@settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(hostile, st.booleans())
def test_no_frame_makes_the_handler_raise(calls, frame, is_bound):
    """Text, JSON, broken frames of every kind, on a bound socket or a strange one."""
    for kept in (calls.socket.frames, calls.shelf.turns, calls.ai.model.requests):
        kept.clear()  # one fixture serves all examples
    if is_bound:
        _send(SETUP)
    assert _send(frame) == {"statusCode": 200}


@pytest.mark.parametrize("step", range(1, 16))
def test_whatever_breaks_where_the_handler_does_not_raise(calls, step):
    """A failure of any port at any moment is logged; the gateway sends no error frame of its own."""
    _send(SETUP)

    class Broken(Fuse):
        """Breaks with an ordinary error instead of ending the process."""

        def burn(self):
            """Go one step on."""
            self.burnt += 1
            if self.burnt == self.length:
                raise OSError("x")

    fuse = Broken(step)
    for name in ("book", "turns", "socket", "wakeups"):
        setattr(calls, name, Perilous(getattr(calls, name), fuse))
    assert _send(PROMPT) == {"statusCode": 200}
