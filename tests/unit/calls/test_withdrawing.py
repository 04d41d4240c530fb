"""Calls that wait for somebody who has asked not to be called, and what an emergency leaves behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER, a_call, connected
from fakes.model import ANALYSIS

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, CallerSaid
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.receiving import Incoming, receive_text
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.withdrawing import call_off, end_waiting
from chalicelib.crm.domain.notes import NoteKind
from chalicelib.crm.services.contacts import find_contact
from chalicelib.crm.services.memory import known_facts
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import ToolContext

OTHER = E164("+14155550177")
WISH = ToolRun("1", OPT_OUT_TOOL, "{}", "x", done=True, took_ms=1)


@pytest.fixture
def contact(calls):
    """Give the contact of the calls."""
    return find_contact(calls.crm, NUMBER)


@pytest.fixture
def waiting(calls, contact):
    """Store two calls to the contact that wait, at two numbers, and one that goes on."""
    calls.book.create(a_call(id="call_2", contact_id=contact.id))
    calls.book.create(a_call(id="call_3", contact_id=contact.id, number=OTHER))
    calls.book.create(a_call(id="call_4", contact_id=contact.id, state=CallState.RINGING, sid="CA4"))


def _ended(calls, *turns):
    call = connected(calls)
    calls.shelf.calls[call.id] = replace(
        call, state=CallState.ENDED, carrier_status="completed", ended_at=NOW, look_at=NOW
    )
    for turn in turns:
        calls.shelf.turns[call.id, turn.number] = turn


def _outcomes(calls):
    return [(calls.call(f"call_{n}").outcome, calls.call(f"call_{n}").reason) for n in (2, 3, 4)]


REFUSED = [(Outcome.NOT_PERMITTED, "suppressed"), (None, ""), (None, "")]


@pytest.mark.parametrize("is_late", [False, True])
def test_after_a_call_in_which_it_was_asked_nothing_waits_for_the_number(calls, waiting, is_late):
    """Also when the wish came too late for a turn; other numbers, and calls that go on, are left alone."""
    turn = Turn(1, TurnKind.SPEECH, NOW, said="Stop", answer="Yes.", end=TurnEnd.HANG_UP)
    _ended(calls, replace(turn, tools=() if is_late else (WISH,)))
    stop_calling(calls, NUMBER, "call:call_1")
    if is_late:
        event = CallEvent("2026-03-03T12:00:00Z", Happening.OPTED_OUT, Happening.OPTED_OUT)
        calls.book.change("call_1", lambda call: add_event(call, event))
    finish_call(calls, "call_1")
    assert _outcomes(calls) == REFUSED


def test_a_stop_by_text_ends_them_too(calls, waiting):
    """At once."""
    receive_text(calls, Incoming("SM1", NUMBER, calls.lines[0], "STOP"))
    assert _outcomes(calls) == REFUSED


def test_a_wish_in_a_chat_names_the_chat_and_ends_them(calls, contact, waiting):
    """There is no call after which it would be done."""
    chat = ToolContext(new_id("chat"), contact.id, NUMBER, "UTC", NOW)
    tool = calls.tools[OPT_OUT_TOOL]
    tool.run(chat, tool.arguments())
    assert calls.numbers.status(NUMBER).suppression_source == f"chat:{chat.call_id}"
    assert _outcomes(calls) == REFUSED


def test_what_may_be_dialed_still_waits(calls, contact, waiting):
    """A number that is not suppressed, or is so no more, is not withdrawn."""
    end_waiting(calls, contact.id)
    assert _outcomes(calls)[0] == (None, "")


HELP = CallerSaid("I am having a heart attack")


def test_an_emergency_is_an_event_of_the_call(calls, talk):
    """Whoever looks at the call sees it, once, with the turn."""
    talk(HELP)
    (event,) = [event for event in calls.call().events if event.kind == Happening.EMERGENCY]
    assert event.detail == "1"


def test_the_emergency_number_is_of_where_the_person_is(calls, talk):
    """Their phone tells, whatever language the template has."""
    calls.shelf.calls["call_1"] = replace(calls.call(), number=E164("+447700900123"))
    talk(HELP)
    assert "9 9 9" in calls.shelf.turns["call_1", 1].answer


def test_a_colleague_looks_after_an_emergency(calls, contact):
    """By a task, once however often the job runs; what was said then is not remembered, other words are."""
    said = "I am having a heart attack"
    calls.ai.model.analyses = [
        {
            **ANALYSIS,
            "facts": [
                {"key": "health", "value": "heart attack", "said": said},
                {"key": "pet", "value": "a cat", "said": "I have a cat"},
            ],
        }
    ]
    danger = Turn(
        1, TurnKind.SPEECH, NOW, said=said, answer="Hang up.", end=TurnEnd.LISTEN, reason="emergency"
    )
    _ended(calls, danger, Turn(2, TurnKind.SPEECH, NOW, said="I have a cat", answer="Ok", end=TurnEnd.LISTEN))
    finish_call(calls, "call_1")
    calls.shelf.calls["call_1"] = replace(calls.call(), finished_at=None)
    finish_call(calls, "call_1")
    tasks = [n for n in list_notes(calls.crm, contact.id, 20).items if n.kind is NoteKind.TASK]
    (task,) = [task for task in tasks if "emergency" in task.body]
    assert (task.body, task.due_at) == (
        "The caller spoke of an emergency: look into it at once (turn 1 of the call).",
        NOW,
    )
    assert [fact.key for fact in known_facts(calls.crm, contact.id)] == ["pet"]


def test_a_call_that_goes_on_is_not_called_off(calls, waiting):
    """Nothing is noted on it either; one that waits ends with the reason and what was noted."""
    act = CallEvent("2026-03-03T12:00:00.000Z", "hung_up", "hung_up", "token:ops")
    before = calls.call("call_4")
    assert call_off(calls, "call_4", "why", act) == before == calls.call("call_4")
    over = call_off(calls, "call_2", "why", act)
    assert (over.outcome, over.reason, over.events) == (Outcome.CANCELED, "why", (act,))
