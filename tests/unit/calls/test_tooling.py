"""Actions in a call: allowed ones, with checked arguments, for this call's contact only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER, FakeVoice, connected
from pydantic import BaseModel

from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, UseTool
from chalicelib.ai.ports import ToolCall
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services.tooling import run_tool
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import Tool


@pytest.fixture
def use(calls):
    """Run an action on a connected call."""
    connected(calls)

    def run(name, arguments="{}"):
        return run_tool(calls, calls.book.load("call_1"), UseTool("t1", name, arguments))

    return run


def _notes(calls):
    return [note.body for note in list_notes(calls.crm, calls.call().contact_id, 10).items]


def test_an_allowed_action_is_carried_out(calls, use):
    """Its sentence goes to the model, and the row is there."""
    run = use("add_note", '{"text": "likes blue"}')
    assert (run.id, run.name, run.result, run.done) == ("t1", "add_note", "Noted.", True)
    assert _notes(calls) == ["likes blue"]


@pytest.mark.parametrize("name", ["no_such_tool", "", "__class__"])
def test_an_unknown_action_is_refused(use, name):
    """The model is told so, and nothing is raised."""
    run = use(name)
    assert not run.done
    assert run.result == f"There is no tool {name} on this call."


def test_an_action_that_the_brief_does_not_allow_is_refused(calls, use):
    """The template decides what may be done, not the model."""
    calls.shelf.briefs["call_1"] = calls.shelf.briefs["call_1"].__class__(
        **{**vars(calls.shelf.briefs["call_1"]), "tools": ("end_call",)}
    )
    assert not use("add_note", '{"text": "x"}').done
    assert _notes(calls) == []
    assert use("end_call").done


def test_the_opt_out_is_always_allowed(calls, use):
    """Consent can be revoked on every call, whatever its template says."""
    calls.shelf.briefs.clear()
    assert use("stop_calling_me").done
    assert calls.numbers.status(NUMBER).suppressed_at == NOW
    assert calls.numbers.status(NUMBER).suppression_source == "call:call_1"


@pytest.mark.parametrize(
    "arguments",
    [
        "[",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"text": ""}',
        '{"text": 3}',
        '{"text": "x", "contact_id": "contact_2"}',
        '{"text": "\ud800"}',
        '{"text": "' + "x" * 501 + '"}',
        "{" * 5000,
    ],
)
def test_arguments_that_do_not_fit_are_refused(calls, use, arguments):
    """Broken JSON, wrong types, missing, unknown and too long values: told, never raised."""
    run = use("add_note", arguments)
    assert not run.done
    assert run.result.startswith("The arguments were refused: ")
    assert len(run.result) < 400
    assert _notes(calls) == []


def test_no_arguments_are_an_empty_object(use):
    """A model may leave out what it need not say."""
    assert use("end_call", "").done


def test_a_refusal_is_told_in_its_own_words(calls, use):
    """An error of a use case becomes a sentence for the model."""

    def refuse(_context, _arguments):
        raise Conflict("That slot is taken.")

    class Nothing(BaseModel):
        """No arguments."""

    calls.tools["add_note"] = Tool("add_note", "", Nothing, refuse)
    run = use("add_note")
    assert (run.result, run.done) == ("That was not possible: That slot is taken.", False)


def test_an_action_meets_only_the_calls_own_contact(calls, use):
    """Whatever the model writes, the note and the change go to the person on the line."""
    other = create_contact(calls.crm, NewContact(name="Bob", phone=E164("+14155552672")))
    use("add_note", f'{{"text": "for {other.id}"}}')
    assert not use("add_note", f'{{"text": "x", "contact_id": "{other.id}"}}').done
    assert use("update_contact", '{"field": "name", "value": "Eve"}').done
    assert not use("update_contact", '{"field": "phone", "value": "+14155552672"}').done
    assert get_contact(calls.crm, other.id) == other
    assert get_contact(calls.crm, calls.call().contact_id).name == "Eve"
    assert not list_notes(calls.crm, other.id, 10).items


def test_the_time_of_an_action_is_kept(calls, use):
    """Milliseconds by our clock."""
    slow = calls.tools["end_call"]
    calls.tools["end_call"] = Tool(
        slow.name, slow.description, slow.arguments, lambda *_: calls.clock.advance(seconds=0.25) or "Done."
    )
    assert use("end_call").took_ms == 250


def _take(calls, event):
    return take_turn(calls, TurnRequest("call_1", event, NOW, 20.0), lambda _: FakeVoice())


@pytest.mark.parametrize("event", [CallerSaid("Never call me again"), CallerPressed("9")])
def test_an_opt_out_suppresses_the_number(calls, event):
    """By speech or by key, without a model, and the run is part of the turn."""
    connected(calls, tools=())
    turn = _take(calls, event)
    assert calls.numbers.status(NUMBER).suppressed_at is not None
    assert (turn.end, turn.reason) == (TurnEnd.HANG_UP, "opted_out")
    assert [run.name for run in turn.tools] == ["stop_calling_me"]
    assert calls.ai.model.requests == []


def test_actions_are_stored_with_the_turn(calls):
    """Name, arguments, result and whether it took effect, in order."""
    connected(calls)
    calls.ai.model.scripts = [
        [ToolCall("a", "add_note", '{"text": "x"}'), ToolCall("b", "add_note", "[")],
        ["Done."],
    ]
    runs = _take(calls, CallerSaid("Note this")).tools
    assert [(run.id, run.done) for run in runs] == [("a", True), ("b", False)]


def test_the_model_is_told_only_of_allowed_actions(calls):
    """The brief's tools, in its order, with their schemas; an action that is gone is left out."""
    connected(calls, tools=("add_note", "gone", "end_call"))
    _take(calls, CallerSaid("Hi"))
    specs = calls.ai.model.requests[0].tools
    assert [spec.name for spec in specs] == ["add_note", "end_call"]
    assert specs[0].parameters["additionalProperties"] is False


def test_a_wish_that_cannot_be_stored_now_is_queued(calls, use, monkeypatch):
    """When the table is silent the opt-out is granted all the same, and stored from the queue."""

    def silent(*_):
        raise Unavailable("silent", retryable=True)

    monkeypatch.setattr(calls.numbers, "suppress", silent)
    assert use("stop_calling_me").done
    assert calls.wakeups.suppressions == [(NUMBER, "call:call_1")]


def test_what_a_tool_does_is_the_calls_act(calls, use):
    """Whoever acts while it runs is the call, and afterwards is not."""
    seen = []
    watched = replace(calls.tools["add_note"], run=lambda *_: seen.append(actor()) or "Noted.")
    calls.tools = {**calls.tools, "add_note": watched}
    assert use("add_note", '{"text": "tea"}').done
    assert (seen, actor()) == (["call:call_1"], "system")
