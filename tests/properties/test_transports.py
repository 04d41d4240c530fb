"""One conversation speaks the same text through both transports, as a carrier would understand it."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from fakes.calls import NOW, NUMBER, FakeCalls, a_call, a_template
from fakes.crm import FakeCrm
from fakes.model import model_failure
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent, OnFailure
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.ports import ToolCall
from chalicelib.calls.adapters import relay_frames
from chalicelib.calls.adapters.sockets import RelayVoice
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.lifecycle import CallState, Report
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.closing import session_ended
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.clock import FixedClock

# Everything that a model or a record may contain: control characters, half characters, markup, XML.
anything = st.text(st.characters(exclude_categories=()), max_size=30)
markup = st.sampled_from(["<Say>", "&amp;", "]]>", '"', "'", "**bold** ", "`x`", "Yes. ", "\r\n", " ", "é🙂"])
words = st.lists(anything | markup, max_size=4).map("".join)
tools = st.builds(
    ToolCall,
    id=st.sampled_from(["t1", "t2"]),
    name=st.sampled_from(
        ["add_note", "update_contact", "end_call", "transfer_to_person", "stop_calling_me", "no_such_tool"]
    ),
    arguments=st.sampled_from(["{}", "", '{"text": "x"}', '{"field": "name", "value": "Bob"}', "[", "null"]),
)
failures = st.sampled_from(["model_timeout", "model_failed"]).map(model_failure)
scripts = st.lists(st.lists(words | words | tools | failures, max_size=5), min_size=1, max_size=4)
events = st.lists(
    st.builds(CallerSaid, words | st.sampled_from(["Hi", "Hi", "stop calling me"]))
    | st.builds(CallerPressed, st.sampled_from(["1", "9", "#"]))
    | st.just(CallerSilent()),
    max_size=5,
)
greetings = st.builds(lambda text: f"A{text}", words)
policies = st.sampled_from(
    [(OnFailure.HANG_UP, None), (OnFailure.TRANSFER, NUMBER), (OnFailure.TRANSFER, None)]
)


def _stage(transport, name, policy, answers):
    clock = FixedClock(NOW)
    crm = FakeCrm(clock)
    calls = FakeCalls(clock, crm)
    calls.ai.prompts.add(PromptTemplate("prompt_1", "Sales", "Sell.", NOW, NOW))
    on_failure, transfer_to = policy
    calls.templates.add(a_template(transport=transport, on_failure=on_failure, transfer_to=transfer_to))
    contact = create_contact(crm, NewContact(name=name, phone=NUMBER))
    calls.book.create(a_call(state=CallState.RINGING, contact_id=contact.id))
    calls.ai.model.scripts = list(answers)
    opening = answer_call(calls, "call_1", Report("in-progress", "CA1", NOW))
    return calls, opening


def _say_texts(document):
    return " ".join(found.text or "" for found in ET.fromstring(document).iter("Say"))


def _by_gather(name, policy, answers, happening):
    """Speak as the carrier does that executes TwiML: one text for each document."""
    calls, opening = _stage(Transport.GATHER, name, policy, answers)
    file = CallFile(opening.call, opening.brief)
    spoken = [_say_texts(twiml.gather(file, opening.directives, calls.addresses, next_turn=1))]
    for number, event in enumerate(happening, 1):
        voice = twiml.CollectedVoice()
        turn = take_turn(calls, TurnRequest("call_1", event, NOW, 20.0, number), lambda _, voice=voice: voice)
        document = twiml.gather(calls.book.load("call_1"), voice.directives, calls.addresses, number + 1)
        spoken.append(_say_texts(document))
        if turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER}:
            break
    return spoken


def _by_socket(name, policy, answers, happening):
    """Speak as the carrier does that is connected to the socket: one text for each turn."""
    calls, opening = _stage(Transport.RELAY, name, policy, answers)
    document = twiml.relay("call_1", opening.brief, opening.directives, calls.addresses)
    spoken = [ET.fromstring(document).find(".//ConversationRelay").get("welcomeGreeting")]
    for event in happening:
        calls.socket.frames.clear()
        turn = take_turn(calls, TurnRequest("call_1", event, NOW, 20.0), lambda turn: _voice(calls, turn))
        frames = [json.loads(frame) for frame in calls.socket.frames.get("line", [])]
        spoken.append("".join(frame["token"] for frame in frames))
        assert [frame["last"] for frame in frames] == [False] * (len(frames) - 1) + [True] * bool(frames)
        if turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER}:
            file, directives = session_ended(calls, "call_1", "ended")
            assert _say_texts(twiml.gather(file, directives, calls.addresses, turn.number + 1)) == ""
            break
    return spoken


def _voice(calls, turn):
    return RelayVoice(calls.socket, calls.wakeups, "line", "call_1", turn.number, 15.0)


@settings(max_examples=150)
@given(greetings, policies, scripts, events)
@example("Ada\x00 <&> \ud800", (OnFailure.HANG_UP, None), [["a\x0bb ", "<c>"]], [CallerSaid("Hi")])
def test_both_transports_speak_the_same_text(name, policy, answers, happening):
    """Greeting, answers, apologies and goodbyes: equal after whitespace is normalised, turn by turn."""
    gathered = [" ".join(text.split()) for text in _by_gather(name, policy, answers, happening)]
    streamed = [" ".join(text.split()) for text in _by_socket(name, policy, answers, happening)]
    assert gathered == streamed


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_whatever_is_said_fits_into_a_frame_and_back(text):
    """A frame is JSON on one line, and the carrier reads from it what was said."""
    frame = relay_frames.encode(relay_frames.Say(text, last=True))
    assert json.loads(frame) == {"type": "text", "token": text, "last": True}
    assert "\n" not in frame
