"""One conversation speaks the same text through both transports, as a carrier would understand it."""

from __future__ import annotations

import json
from datetime import timedelta
from xml.etree import ElementTree as ET

from fakes.calls import NOW, NUMBER, FakeCalls, a_call, a_template
from fakes.crm import FakeCrm
from fakes.model import model_failure
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    MenuAction,
    MenuKey,
    OnFailure,
)
from chalicelib.ai.domain.prompts import PromptTemplate
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.adapters import relay_frames
from chalicelib.calls.adapters.sockets import RelayVoice
from chalicelib.calls.adapters.twiml import conversation as twiml
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import MORE_KEYS, TurnEnd
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
    | st.sampled_from([CallerSilent(), CallerUnclear("."), CallerUnclear("stop calling me")]),
    max_size=5,
)
greetings = st.builds(lambda text: f"A{text}", words)
policies = st.sampled_from(
    [(OnFailure.HANG_UP, None), (OnFailure.TRANSFER, NUMBER), (OnFailure.TRANSFER, None)]
)


menus = st.sampled_from(
    [
        (),
        (MenuKey("2", MenuAction.SAY, "We are open from nine to five."),),
        (MenuKey("1", MenuAction.ASK, "What does it cost?"), MenuKey("*", MenuAction.TRANSFER, "")),
        (MenuKey("9", MenuAction.OPT_OUT, ""), MenuKey("0", MenuAction.HANG_UP, "Goodbye then.")),
    ]
)


def _stage(transport, name, policy, answers, menu=()):
    clock = FixedClock(NOW)
    crm = FakeCrm(clock)
    calls = FakeCalls(clock, crm)
    calls.ai.prompts.add(PromptTemplate("prompt_1", "Sales", "Sell.", NOW, NOW))
    on_failure, transfer_to = policy
    template = a_template(transport=transport, on_failure=on_failure, transfer_to=transfer_to, menu=menu)
    calls.templates.add(template)
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
    number = 0
    for count, event in enumerate(happening):
        number += 1
        turn, text = _gathered(calls, event, number, _at(count))
        if turn.reason == MORE_KEYS:
            number += 1
            turn, text = _gathered(calls, CallerSilent(), number, _at(count))
        spoken.append(text)
        if turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER}:
            break
    return spoken


def _at(count):
    """Give when something happens: long after what was before it."""
    return NOW + timedelta(seconds=20 * count)


def _gathered(calls, event, number, at=NOW):
    """Take one numbered turn; give it and what its document says."""
    voice = twiml.CollectedVoice()
    turn = take_turn(calls, TurnRequest("call_1", event, at, 20.0, number), lambda _: voice)
    document = twiml.gather(calls.book.load("call_1"), voice.directives, calls.addresses, number + 1)
    return turn, _say_texts(document)


def _by_socket(name, policy, answers, happening):
    """Speak as the carrier does that is connected to the socket: one text for each turn."""
    calls, opening = _stage(Transport.RELAY, name, policy, answers)
    document = twiml.relay("call_1", opening.brief, opening.directives, calls.addresses)
    spoken = [ET.fromstring(document).find(".//ConversationRelay").get("welcomeGreeting")]
    for count, event in enumerate(happening):
        calls.socket.frames.clear()
        request = TurnRequest("call_1", event, _at(count), 20.0)
        turn = take_turn(calls, request, lambda turn: _voice(calls, turn))
        frames = [json.loads(frame) for frame in calls.socket.frames.get("line", [])]
        spoken.append("".join(frame["token"] for frame in frames))
        assert [frame["last"] for frame in frames] == [False] * (len(frames) - 1) + [True] * bool(frames)
        if turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER}:
            file, directives = session_ended(calls, "call_1", "ended")
            if policy[1] or turn.end is TurnEnd.HANG_UP:  # with nobody to hand over to, the caller is told
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


def _keyed_on_socket(keys, menu):
    """Press keys one by one, each a frame, faster than the socket waits for the next."""
    calls, _ = _stage(Transport.RELAY, "Ada", (OnFailure.HANG_UP, NUMBER), [["Thank you."]], menu)
    waiting, taken = list(keys), []

    def press(_seconds=0.0):
        if waiting:
            event = CallerPressed(waiting.pop(0))
            turn = take_turn(calls, TurnRequest("call_1", event, NOW, 20.0), lambda turn: _voice(calls, turn))
            taken.append(turn)

    calls.clock.pause = press
    while waiting and not any(turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER} for turn in taken):
        press()
    return calls


def _keyed_on_gather(keys, menu):
    """Press keys: the first ends its Gather, all that follow it are collected by the next, up to `#`."""
    calls, _ = _stage(Transport.GATHER, "Ada", (OnFailure.HANG_UP, NUMBER), [["Thank you."]], menu)
    number, collects = 0, False
    while keys or collects:
        number += 1
        collected, _, rest = keys.partition("#") if collects else (keys[0], "", keys[1:])
        event = CallerPressed(collected) if collected else CallerSilent()
        turn, _ = _gathered(calls, event, number)
        keys, collects = rest, turn.reason == MORE_KEYS
        if turn.end in {TurnEnd.HANG_UP, TurnEnd.TRANSFER}:
            break
    return calls


@settings(max_examples=150)
@given(st.text("0129*#", min_size=1, max_size=6), menus)
@example("1294", ())
@example("99", ())
@example("12#34#", ())
def test_keys_pressed_quickly_give_the_same_conversation(keys, menu):
    """One by one or collected: the model is told the same numbers, and the caller hears the same words."""
    calls = [_keyed_on_socket(keys, menu), _keyed_on_gather(keys, menu)]
    streamed, gathered = ([text for text in each.spoken() if text] for each in calls)
    assert streamed == gathered
    asked = [[request.messages for request in each.ai.model.requests] for each in calls]
    assert asked[0] == asked[1]


@given(st.text(st.characters(exclude_categories=()), max_size=50))
def test_whatever_is_said_fits_into_a_frame_and_back(text):
    """A frame is JSON on one line, and the carrier reads from it what was said."""
    frame = relay_frames.encode(relay_frames.Say(text, last=True))
    assert json.loads(frame) == {"type": "text", "token": text, "last": True}
    assert "\n" not in frame
