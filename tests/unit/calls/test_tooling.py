"""Actions in a call: allowed ones, with checked arguments, for this call's contact only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, NUMBER, FakeVoice, connected
from pydantic import BaseModel

from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, UseTool
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.tooling import run_tool
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact, get_contact
from chalicelib.crm.services.notes import list_notes
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import Conflict, Unavailable
from chalicelib.kernel.phones import E164
from chalicelib.kernel.tools import Effect, Tool


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


def test_a_turn_that_is_taken_up_again_notes_once(calls):
    """Its process died after the note and before the turn was kept; other words are another note."""
    connected(calls)
    turn, file = Turn(1, TurnKind.SPEECH, calls.clock.now(), said="Blue."), calls.book.load("call_1")
    for text in ("likes blue", "likes blue", "likes red"):
        calls.clock.advance(seconds=7)
        assert run_tool(calls, file, UseTool("t", "add_note", f'{{"text": "{text}"}}'), turn).done
    assert sorted(_notes(calls)) == ["likes blue", "likes red"]


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


TEA, MILK = '{"text": "tea"}', '{"text": "milk"}'


@pytest.fixture
def turns(calls):
    """Take turns on a call; each has the caller's words and the actions that the model then wants."""

    def take(*steps, **conduct):
        connected(calls)
        brief = calls.shelf.briefs["call_1"]
        calls.shelf.briefs["call_1"] = replace(brief, conduct=Conduct(**conduct))
        runs = []
        for number, (said, *wanted) in enumerate(steps):
            uses = [ToolCall(f"{number}{each}", *use) for each, use in enumerate(wanted)]
            calls.ai.model.scripts = [uses, ["Shall I?"]] if uses else [["Well?"]]
            event = CallerSaid(said) if isinstance(said, str) else said
            request = TurnRequest("call_1", event, calls.clock.now(), 20.0)
            runs.append(take_turn(calls, request, lambda _: FakeVoice()).tools)
            calls.clock.advance(seconds=5)
        return [run for each in runs for run in each]

    return take


def _note(arguments):
    return ("add_note", arguments)


def test_an_action_to_confirm_waits_for_a_yes(calls, turns):
    """The first time it is not run, and the model is told to ask; after a yes it is."""
    held, done = turns(("Note tea", _note(TEA)), ("Yes, please.", _note(TEA)), confirm_tools=("add_note",))
    assert (held.held, held.done, done.held, done.done) == (True, False, False, True)
    assert "tea" in held.result
    assert _notes(calls) == ["tea"]


@pytest.mark.parametrize("said", ["No.", "Hm.", "Yes, but with milk", "What for?", CallerPressed("1")])
def test_without_a_clear_yes_nothing_is_done(calls, turns, said):
    """A no, a doubt, a condition, a question and a key are no agreement."""
    assert all(
        run.held for run in turns(("Note", _note(TEA)), (said, _note(TEA)), confirm_tools=("add_note",))
    )
    assert _notes(calls) == []


def test_a_yes_holds_only_for_what_was_asked(calls, turns):
    """Other arguments are asked about again."""
    runs = turns(("Note tea", _note(TEA)), ("Yes.", _note(MILK)), confirm_tools=("add_note",))
    assert [run.held for run in runs] == [True, True]
    assert _notes(calls) == []


def test_a_yes_holds_only_right_after_the_question(calls, turns):
    """A yes to something else, later, is none."""
    runs = turns(
        ("Note tea", _note(TEA)), ("Tell me more.",), ("Yes.", _note(TEA)), confirm_tools=("add_note",)
    )
    assert [run.held for run in runs] == [True, True]


def test_the_model_cannot_agree_for_the_caller(calls, turns):
    """Asking for it twice in one turn does not do it."""
    runs = turns(("Note tea", _note(TEA), _note(TEA)), confirm_tools=("add_note",))
    assert [run.held for run in runs] == [True, True]
    assert _notes(calls) == []


@pytest.mark.parametrize(("heard", "is_agreed"), [("", False), ("Sh", False), ("Shall I?", True)])
def test_a_question_must_have_been_heard(calls, turns, heard, is_agreed):
    """Whoever talked over it has not agreed to what they did not hear."""
    turns(("Note tea", _note(TEA)), confirm_tools=("add_note",))
    file = calls.book.load("call_1")
    file = replace(file, turns=(*file.turns[:-1], replace(file.turns[-1], heard=heard)))
    answer = Turn(9, TurnKind.SPEECH, NOW, said="Yes.")
    assert run_tool(calls, file, UseTool("x", "add_note", TEA), answer).done is is_agreed


def test_an_action_that_only_reads_needs_no_yes(calls, use):
    """Confirmation is for what changes something."""
    brief = calls.shelf.briefs["call_1"]
    calls.shelf.briefs["call_1"] = replace(brief, conduct=Conduct(confirm_tools=("add_note", "end_call")))
    calls.tools["add_note"] = replace(calls.tools["add_note"], effect=Effect.NONE)
    assert use("add_note", TEA).done
    assert use("end_call").done


def test_the_same_change_is_made_once(calls, turns):
    """Identical arguments, however written, give the stored result, in this turn and in later ones."""
    runs = turns(("Note", _note(TEA), _note('{ "text":"tea"}')), ("Note", _note(MILK)), ("Again", _note(TEA)))
    assert [(run.result, run.done) for run in runs] == [("Noted.", True)] * 4
    assert sorted(_notes(calls)) == ["milk", "tea"]


def test_a_change_that_was_refused_may_be_tried_again(calls, turns):
    """Only what took effect counts."""
    runs = turns(("Note", _note("[")), ("Note", _note(TEA)))
    assert [run.done for run in runs] == [False, True]


def test_what_was_replaced_may_be_wanted_again(calls, turns):
    """A name that was changed, and changed back, is what was said last."""

    def name(value):
        return ("update_contact", f'{{"field": "name", "value": "{value}"}}')

    turns(("Eve", name("Eve")), ("Eva", name("Eva")), ("No, Eve", name("Eve")))
    assert get_contact(calls.crm, calls.call().contact_id).name == "Eve"


def test_a_call_has_only_so_many_actions(calls, turns):
    """Refused ones count; those that wait for a yes do not, nor does what ends the call."""
    runs = turns(
        ("Note", _note(TEA), _note("[")), ("Note", _note(MILK)), ("Bye", ("end_call", "{}")), max_tool_uses=2
    )
    assert [run.done for run in runs] == [True, False, False, True]
    assert _notes(calls) == ["tea"]


def test_an_opt_out_needs_neither_a_yes_nor_a_rest(calls, turns):
    """The law's action is always carried out at once."""
    wanted = ("stop_calling_me", "{}")
    runs = turns(("Note", _note(TEA)), ("Take me off, would you", wanted), max_tool_uses=1,
                 confirm_tools=("stop_calling_me",))  # fmt: skip
    assert runs[-1].done
    assert calls.numbers.status(NUMBER).suppressed_at is not None
