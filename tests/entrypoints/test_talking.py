"""What goes wrong in a conversation, through the real handlers: silence, noise, keys, fillers, fallbacks."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import DESK, NOW, NUMBER, FakeCalls, a_call, connected, furnished
from fakes.events import SECOND_TOKEN, SOCKET, TOKEN, WEBHOOKS, frame_event, webhook_event

from chalicelib.ai.domain import wording
from chalicelib.ai.domain.conversation import MenuAction, MenuKey, OnFailure
from chalicelib.ai.domain.wording import APOLOGY, filler
from chalicelib.calls.adapters import messages
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import GREETING_TURN, LAST_WORDS, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.answering import inbound_call_id
from chalicelib.crm.services.contacts import find_contact
from chalicelib.entrypoints import carrier, queues, relay_socket
from chalicelib.kernel.clock import to_millis
from chalicelib.kernel.errors import Unavailable

ANSWER = {"CallSid": "CA1", "CallStatus": "in-progress"}
SAID = {**ANSWER, "SpeechResult": "What do you sell?", "Confidence": "0.9"}
SETUP = {
    "type": "setup",
    "callSid": "CA1",
    "customParameters": {"call_id": "call_1", "turn": "0", "greeting_chars": "90"},
}


@pytest.fixture
def calls(container, monkeypatch):
    """Put a connected call and the account's tokens into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.settings = SimpleNamespace(speech_chars_per_second=15.0, silence_patience_s=10.0)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN, SECOND_TOKEN)
    )
    furnished(container.calls)
    relay_socket._call_of.clear()
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return container.calls


@pytest.fixture
def on_line(calls):
    """Give a call whose greeting was spoken."""
    connected(calls)
    greeting = Turn(GREETING_TURN, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN)
    calls.turns.open("call_1", greeting)
    return calls


def _xml(path, form):
    answer = carrier.hook.hook(webhook_event(path, form), None)
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/xml")
    return ET.fromstring(answer["body"])


def _says(document):
    return " ".join(found.text or "" for found in document.iter("Say"))


def _send(frame, seconds=1):
    return relay_socket.message(frame_event(frame, to_millis(NOW) + 1000 * seconds), None)


def _tokens(calls):
    frames = [json.loads(frame) for frame in calls.socket.frames.get("line=", [])]
    return "".join(frame.get("token", "") for frame in frames)


def _deliver(calls, message):
    """Hand a message to the urgent function, as its queue does."""
    record = {"messageId": "m", "body": messages.encode(message), "eventSource": "aws:sqs", "attributes": {}}
    return queues.urgent({"Records": [{**record, "receiptHandle": "r", "messageAttributes": {}}]}, None)


def test_the_greetings_silence_is_looked_at_when_the_session_begins(on_line):
    """After as many seconds as the greeting takes, and the caller's time to answer it."""
    _send(SETUP)
    assert on_line.wakeups.silence_checks == [("call_1", 0, "line=", 16)]


def test_each_answers_silence_is_looked_at(on_line):
    """After its words: here 30 characters, which take two seconds."""
    _send(SETUP)
    on_line.ai.model.scripts = [["x" * 30]]
    _send({"type": "prompt", "voicePrompt": "Hi", "last": True})
    assert on_line.wakeups.silence_checks[1:] == [("call_1", 1, "line=", 12)]


def test_a_silent_caller_is_asked_through_the_socket(on_line):
    """By the urgent function, whose own silence is looked at as well; the message may come twice."""
    _send(SETUP)
    for _ in range(2):
        _deliver(on_line, messages.CheckSilence("call_1", 0, "line="))
    assert _tokens(on_line) == wording.STILL_THERE
    assert [check[:2] for check in on_line.wakeups.silence_checks] == [("call_1", 0), ("call_1", 1)]


def test_a_silent_caller_is_hung_up_on_in_the_end(on_line):
    """The third time; the end comes when the goodbye was heard."""
    for number in range(3):
        _deliver(on_line, messages.CheckSilence("call_1", number, "line="))
    assert _tokens(on_line).endswith(wording.SILENT_GOODBYE)
    assert on_line.wakeups.session_ends[0][:3] == ("call_1", 3, "line=")


def test_who_was_talked_over_waits_for_us(on_line):
    """The agent fell silent for a noise: whether words follow it is looked at."""
    _send(SETUP)
    talked_over = lambda: on_line.turns.interrupt("call_1", 1, "One")  # noqa: E731  a step of the script
    on_line.ai.model.scripts = [["One. ", talked_over, "Two. "]]
    _send({"type": "prompt", "voicePrompt": "Hi", "last": True})
    assert [check[1] for check in on_line.wakeups.silence_checks] == [0, 1]


@pytest.mark.parametrize("prompt", ["", " ", "…", "?!"])
def test_a_prompt_without_words_is_noise(on_line, prompt):
    """It is asked about, and no model hears of it."""
    _send(SETUP)
    _send({"type": "prompt", "voicePrompt": prompt, "last": True})
    assert _tokens(on_line) == wording.UNCLEAR
    assert on_line.ai.model.requests == []


@pytest.mark.parametrize(
    ("form", "is_noise"),
    [
        ({"SpeechResult": "hrm", "Confidence": "0.1"}, True),
        ({"SpeechResult": "..", "Confidence": "0.9"}, True),
        ({"SpeechResult": "hrm", "Confidence": "0.0"}, False),  # the recogniser did not say
        ({"SpeechResult": "hrm", "Confidence": "x"}, False),
        ({"SpeechResult": "hrm"}, False),
        ({"SpeechResult": "Hi", "Confidence": "0.2"}, False),
    ],
)
def test_speech_that_is_hardly_understood_is_noise(on_line, form, is_noise):
    """What the recogniser hardly believes itself is not put to the model."""
    document = _xml("/voice/call_1/turn/1", {**ANSWER, **form})
    assert (wording.UNCLEAR in _says(document)) is is_noise
    assert (on_line.ai.model.requests == []) is is_noise


@pytest.mark.parametrize("status", ["completed", "canceled", "failed", "busy", "no-answer"])
def test_speech_of_who_has_hung_up_is_kept_and_not_answered(on_line, status):
    """The carrier tells with it that the call is over: the document that we give is heard by nobody."""
    form = {**ANSWER, "SpeechResult": "No thanks, bye.", "CallStatus": status}
    document = _xml("/voice/call_1/turn/1", form)
    assert [verb.tag for verb in document] == ["Hangup"]
    assert on_line.shelf.turns["call_1", 1].reason == LAST_WORDS
    assert on_line.ai.model.requests == []


def test_a_key_of_the_menu_acts_on_both_transports(on_line):
    """At once: the socket waits for no other key, and no other Gather is begun."""
    menu = (MenuKey("2", MenuAction.SAY, "We are open."),)
    on_line.shelf.briefs["call_1"] = replace(on_line.shelf.briefs["call_1"], menu=menu)
    assert "We are open." in _says(_xml("/voice/call_1/turn/1", {**ANSWER, "Digits": "2"}))
    _send(SETUP)
    _send({"type": "dtmf", "digit": "2"}, seconds=9)
    assert _tokens(on_line) == "We are open."


def test_the_rest_of_a_number_is_collected(on_line):
    """The first key ends its Gather; the next one speaks no word and takes all that follow."""
    document = _xml("/voice/call_1/turn/1", {**ANSWER, "Digits": "1"})
    (gathering,) = document.iter("Gather")
    assert (gathering.get("numDigits"), gathering.get("finishOnKey")) == (None, "#")
    assert gathering.get("action").endswith("/turn/2")
    assert _says(document) == ""
    _xml("/voice/call_1/turn/2", {**ANSWER, "Digits": "294", "FinishedOnKey": "#"})
    assert on_line.ai.model.requests[0].messages[-1].text == "[keypad: 1294]"


def test_a_key_that_nothing_follows_is_told_to_the_model(on_line):
    """The carrier brings an empty result: no silence is counted."""
    _xml("/voice/call_1/turn/1", {**ANSWER, "Digits": "1"})
    _xml("/voice/call_1/turn/2", ANSWER)
    assert on_line.ai.model.requests[0].messages[-1].text == "[keypad: 1]"
    assert on_line.shelf.turns["call_1", 2].kind is TurnKind.KEYS


def test_a_repeated_first_key_gets_the_same_document(on_line):
    """Nothing is taken twice."""
    first, again = (_xml("/voice/call_1/turn/1", {**ANSWER, "Digits": "1"}) for _ in range(2))
    assert ET.tostring(first) == ET.tostring(again)


def test_a_stalled_model_is_covered_and_asked_again(on_line):
    """The filler is a document that leads to the rest; both give the same again when they are repeated."""
    stall = lambda: on_line.clock.advance(seconds=2)  # noqa: E731  a step of the script
    on_line.ai.model.scripts = [[stall, "Late."], ["We sell pumps."]]
    documents = [_xml("/voice/call_1/turn/1", SAID) for _ in range(2)]
    assert [_says(document) for document in documents] == [filler(1).strip()] * 2
    address = documents[0].find("Redirect").text
    assert address == f"{WEBHOOKS}/voice/call_1/turn/1/again"
    rest = [_xml("/voice/call_1/turn/1/again", ANSWER) for _ in range(2)]
    assert [_says(document) for document in rest] == ["We sell pumps."] * 2
    assert rest[0].find("Gather").get("action").endswith("/turn/2")
    assert len(on_line.ai.model.requests) == 2
    assert _says(_xml("/voice/call_1/turn/1", SAID)) == filler(1).strip()


def test_the_rest_of_an_unknown_turn_is_nothing(on_line):
    """Nobody is left in silence: the call ends."""
    assert [found.tag for found in _xml("/voice/call_1/turn/7/again", ANSWER).iter()] == [
        "Response",
        "Hangup",
    ]


def test_an_address_of_a_call_that_failed_is_apologised_for(on_line):
    """The call's own fallback address knows the template."""
    form = {**ANSWER, "ErrorCode": "11200", "ErrorUrl": f"{WEBHOOKS}/voice/call_1/turn/1"}
    document = _xml("/voice/call_1/fallback", form)
    assert _says(document).strip() == APOLOGY.strip()
    (event,) = on_line.call().events
    assert (event.kind, event.detail) == (Happening.FALLBACK, "/hook/voice/call_1/turn/1")


def test_a_failed_address_hands_over_where_the_template_wants_that(calls):
    """The colleague's number is dialed."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    document = _xml("/voice/call_1/fallback", {**ANSWER, "ErrorUrl": f"{WEBHOOKS}/voice/call_1/turn/1"})
    assert document.find("Dial/Number").text == DESK


def test_a_call_to_us_has_the_numbers_fallback(calls):
    """Its id follows from the carrier's, so that it is found all the same."""
    connected(calls)
    call_id = inbound_call_id("CA1")
    calls.book.create(a_call(id=call_id, state=CallState.IN_PROGRESS, sid="CA1"))
    assert _says(_xml("/voice/fallback", {**ANSWER, "ErrorUrl": "x"})) == APOLOGY.strip()
    assert [event.kind for event in calls.call(call_id).events] == [Happening.FALLBACK]


@pytest.mark.parametrize("path", ["/voice/fallback", "/voice/call_1/fallback", "/voice/call_x/fallback"])
def test_a_fallback_speaks_when_even_the_table_is_down(calls, path, monkeypatch):
    """A sentence that fits every call."""

    def fail(_call_id):
        raise Unavailable("down", retryable=True)

    if "call_x" not in path:
        monkeypatch.setattr(calls.book, "load", fail)
    document = _xml(path, ANSWER)
    assert _says(document).strip() == APOLOGY.strip()
    assert document.find("Hangup") is not None


def test_a_refused_socket_leaves_the_greeting_to_a_gather(on_line):
    """And the call stays there: what is said next goes to the next turn's address."""
    form = {**ANSWER, "SessionStatus": "failed", "ErrorCode": "64102"}
    document = _xml("/voice/call_1/session-ended", form)
    assert _says(document) == "Hello Ada, this is Ann."
    assert document.find("Gather").get("action").endswith("/turn/1")
    (event,) = on_line.call().events
    assert (event.kind, event.detail) == (Happening.RELAY_LOST, "64102")
    _deliver(on_line, messages.CheckSilence("call_1", 0, "line="))
    assert _says(_xml("/voice/call_1/turn/1", SAID)) == "Hello there."


def test_a_session_of_one_language_is_heard_in_it(calls):
    """Finding out what is spoken may fail, so it is only asked for where it is wanted."""
    template = calls.templates.by_id["template_1"]
    calls.templates.by_id["template_1"] = replace(template, transport=Transport.RELAY)
    contact = find_contact(calls.crm, NUMBER)
    calls.book.create(a_call(state=CallState.RINGING, contact_id=contact.id, sid="CA1"))
    session = _xml("/voice/call_1/answer", ANSWER).find("Connect/ConversationRelay")
    assert session.get("transcriptionLanguage") is None
    assert list(session.iter("Language")) == []


def test_a_session_knows_the_other_languages(calls):
    """The main one and each further one, with the same voice in its language."""
    contact = find_contact(calls.crm, NUMBER)
    template = calls.templates.by_id["template_1"]
    calls.templates.by_id["template_1"] = replace(
        template, languages=("es-US", "de"), transport=Transport.RELAY
    )
    calls.book.create(a_call(state=CallState.RINGING, contact_id=contact.id, sid="CA1"))
    session = _xml("/voice/call_1/answer", ANSWER).find("Connect/ConversationRelay")
    assert session.get("language") == "en-US"
    assert session.get("transcriptionLanguage") == "multi"
    assert session.get("transcriptionProvider") == "Deepgram"
    assert [(found.get("code"), found.get("voice")) for found in session.iter("Language")] == [
        ("en-US", "en-US-Chirp3-HD-Aoede"),
        ("es-US", "es-US-Chirp3-HD-Aoede"),
        ("de", None),
    ]
    parameters = {found.get("name"): found.get("value") for found in session.iter("Parameter")}
    assert parameters == {"call_id": "call_1", "turn": "0", "greeting_chars": "23"}
