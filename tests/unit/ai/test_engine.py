from __future__ import annotations

from itertools import groupby

import pytest
from fakes.model import model_failure

from chalicelib.ai.domain import wording
from chalicelib.ai.domain.conversation import (
    CallEnded,
    CallerInterrupted,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallStarted,
    Conversation,
    Hangup,
    Heard,
    Listen,
    OnFailure,
    Say,
    Spoken,
    ToolResult,
    ToolSpec,
    ToolUsed,
    Transfer,
    UseTool,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.engine import Engine
from chalicelib.ai.ports.models import ToolCall

SAID = CallerSaid("What do you sell?")
NOTE = ToolCall("t1", "add_note", '{"text": "x"}')


def _conversation(**changes):
    return Conversation("Be brief.", "Hello.", **changes)


def _text(directives):
    return "".join(directive.text for directive in directives if isinstance(directive, Say))


def test_a_call_starts_with_the_greeting_and_no_model(respond, model):
    """The caller never waits for a model to be greeted."""
    assert respond(CallStarted()) == [Say("Hello.", last=True), Listen()]
    assert model.requests == []


def test_words_stream_in_the_order_of_the_model(respond, model):
    """Each piece is said as it comes, then the talk is closed and the caller has the floor."""
    model.scripts = [["Pumps ", "and ", "valves", ", "]]
    pieces = [Say("Pumps "), Say("and "), Say("valves"), Say(", ")]
    assert respond(SAID) == [*pieces, Say("", last=True), Listen()]


def test_the_first_words_are_said_before_the_model_has_finished(model):
    """A directive is given while the model still has more to say."""
    model.scripts = [["Pumps ", model_failure()]]
    responding = Engine(model).respond(_conversation(), SAID)
    assert next(responding) == Say("Pumps ")
    assert model.open_streams == 1


def test_the_model_is_told_the_conversation_so_far(respond, model):
    """Instructions, history, then the new words; with the actions that this call allows."""
    spec = ToolSpec("add_note", "Remember.", {})
    earlier = (Heard("Hi"), Spoken("Hello"))
    respond(SAID, _conversation(history=earlier, tools=(spec,)))
    request = model.requests[0]
    assert request.instructions == "Be brief."
    assert request.messages == (*earlier, Heard(SAID.text))
    assert request.tools == (spec,)


def test_keys_are_told_in_brackets(respond, model):
    """A pressed key reaches the model in words that no voice can say."""
    respond(CallerPressed("4"))
    assert model.requests[0].messages == (Heard("[keypad: 4]"),)


@pytest.mark.parametrize("event", [CallerInterrupted("He", 300), CallEnded()])
def test_some_events_ask_for_nothing(respond, model, event):
    """An interruption and the end of the call need no answer."""
    assert respond(event) == []
    assert model.requests == []


def test_marks_of_written_text_are_not_spoken(respond, model):
    """Markup and characters that XML forbids never reach a voice."""
    model.scripts = [["**Yes**", "\x00\x1b\ud800 `ok` #1"]]
    assert _text(respond(SAID)) == "Yes ok number 1"


def test_an_action_is_run_and_the_model_is_asked_again(respond, model):
    """The second question contains the words before the action, the action and its result."""
    model.scripts = [["One moment,", NOTE], ["It is noted."]]
    directives = respond(SAID, results=[ToolResult("Noted.")])
    assert [kind for kind, _ in groupby(directives, type)] == [Say, UseTool, Say, Listen]
    assert _text(directives) == "One moment, It is noted."
    assert model.requests[1].messages == (
        Heard(SAID.text),
        Spoken("One moment,"),
        ToolUsed("t1", "add_note", NOTE.arguments, "Noted.", done=True),
    )


def test_several_actions_of_one_answer_run_in_order(respond, model):
    """Each gets its own result, and the model sees all of them at once."""
    model.scripts = [[NOTE, ToolCall("t2", "update_contact", "{}")], ["Done."]]
    respond(SAID, results=[ToolResult("first"), ToolResult("second", done=False)])
    used = model.requests[1].messages[1:]
    assert [(use.id, use.result) for use in used] == [("t1", "first"), ("t2", "second")]


def test_endless_actions_end_in_an_apology(respond, model):
    """A model that never stops asking for actions is stopped after four rounds."""
    model.scripts = [[NOTE]]
    directives = respond(SAID)
    assert len(model.requests) == 4
    assert directives[-2:] == [Say(wording.APOLOGY, last=True), Hangup("model_loop")]


@pytest.mark.parametrize("script", [[], [""], ["  \n"], ["**"]])
def test_an_empty_answer_asks_to_repeat(respond, model, script):
    """Silence is never an answer."""
    model.scripts = [script]
    directives = respond(SAID)
    assert directives[-2:] == [Say(wording.REPEAT, last=True), Listen()]


@pytest.mark.parametrize(
    ("on_failure", "words_and_ending"),
    [
        (OnFailure.HANG_UP, [Say(wording.APOLOGY, last=True), Hangup("model_timeout")]),
        (OnFailure.TRANSFER, [Say(wording.APOLOGY_TRANSFER, last=True), Transfer("model_timeout")]),
    ],
)
@pytest.mark.parametrize("before", [[], ["We sell pumps, and"]])
def test_a_model_that_fails_is_apologised_for(respond, model, on_failure, words_and_ending, before):
    """At once or in mid-sentence: an apology, then what the template says, with the reason."""
    model.scripts = [[*before, model_failure("model_timeout")]]
    directives = respond(SAID, _conversation(on_failure=on_failure))
    assert directives == [*map(Say, before), *words_and_ending]


def test_a_failure_after_an_action_is_apologised_for(respond, model):
    """The failure of a later round ends the call as that of the first does."""
    model.scripts = [[NOTE], [model_failure()]]
    assert respond(SAID)[-1] == Hangup("model_failed")


def test_a_defect_is_not_apologised_for(respond, model):
    """Only what the model's port declares is handled; anything else is seen by whoever drives."""
    model.scripts = [[ZeroDivisionError()]]
    with pytest.raises(ZeroDivisionError):
        respond(SAID)


@pytest.mark.parametrize(
    ("script", "words", "ending"),
    [
        (["", "end_call"], wording.GOODBYE, Hangup("agent_goodbye")),
        (["Bye!", "end_call"], "Bye! ", Hangup("agent_goodbye")),
        (["", "transfer_to_person"], wording.TRANSFERRING, Transfer("asked_for_person")),
        (["I connect you.", "transfer_to_person"], "I connect you. ", Transfer("asked_for_person")),
        (["", "stop_calling_me"], wording.OPTED_OUT, Hangup("opted_out")),
        (["Sure.", "stop_calling_me"], f"Sure. {wording.OPTED_OUT}", Hangup("opted_out")),
    ],
)
def test_some_actions_end_the_turn(respond, model, script, words, ending):
    """The engine adds the words that the model left out, and asks the model no more."""
    said, tool = script
    model.scripts = [[said, ToolCall("t1", tool, "{}")]]
    directives = respond(SAID)
    assert _text(directives) == words
    assert directives[-1] == ending
    assert len(model.requests) == 1


@pytest.mark.parametrize("tool", ["end_call", "transfer_to_person", "stop_calling_me"])
def test_an_action_that_was_refused_ends_nothing(respond, model, tool):
    """What was not done is told to the model, which goes on talking."""
    model.scripts = [[ToolCall("t1", tool, "{}")], ["Then not."]]
    directives = respond(SAID, results=[ToolResult("No such tool.", done=False)])
    assert directives[-1] == Listen()
    assert model.requests[1].messages[-1].result == "No such tool."


def test_no_action_runs_after_the_one_that_ends_the_call(respond, model):
    """What the model asked for behind its goodbye is not done."""
    model.scripts = [[ToolCall("t1", "end_call", "{}"), NOTE]]
    assert [use.id for use in respond(SAID) if isinstance(use, UseTool)] == ["t1"]


@pytest.mark.parametrize("event", [CallerSaid("Please stop calling me."), CallerPressed("9")])
def test_an_opt_out_is_done_by_rule_and_then_confirmed(respond, model, event):
    """No model is asked: the number is suppressed first, confirmed second, and the call ends."""
    directives = respond(event)
    assert [type(directive) for directive in directives] == [UseTool, Say, Hangup]
    assert directives[0].name == "stop_calling_me"
    assert directives[1:] == [Say(wording.OPTED_OUT, last=True), Hangup("opted_out")]
    assert model.requests == []


def test_an_opt_out_that_failed_is_not_confirmed(respond):
    """Nobody is told that their number was taken off the list when it was not."""
    directives = respond(CallerPressed("9"), results=[ToolResult("table down", done=False)])
    assert wording.OPTED_OUT not in _text(directives)
    assert directives[-1] == Hangup("opt_out_failed")


def test_without_a_number_a_wish_not_to_be_called_is_answered_by_rule(respond, model):
    """There is nothing to suppress: they hear what they can do, in their language, and no model decides."""
    conversation = _conversation(may_opt_out=False, languages=("de",), language="de")
    directives = respond(CallerSaid("Rufen Sie mich nie wieder an!"), conversation)
    assert directives == [
        Say(sentence(Sentence.NUMBER_NEEDED, "de"), last=True, language="de"),
        Listen("number_needed"),
    ]
    assert model.requests == []


def test_danger_comes_before_a_wish_that_cannot_be_granted(respond):
    """Whoever is in danger is told whom to call first."""
    words = CallerSaid("I can't breathe, and never call me again!")
    assert respond(words, _conversation(may_opt_out=False))[-1] == Listen("emergency")


def test_silence_is_broken_twice_and_then_ends_the_call(respond, model):
    """Two different questions, then a goodbye; the model is never asked."""
    steps = [respond(CallerSilent(), _conversation(silences=count)) for count in range(4)]
    assert [step[-1] for step in steps] == [Listen(), Listen(), Hangup("silence"), Hangup("silence")]
    assert len({_text(step) for step in steps}) == 3
    assert model.requests == []


@pytest.mark.parametrize("event", [SAID, CallerPressed("1")])
def test_a_conversation_without_end_is_ended(respond, model, event):
    """At the limit of turns the agent says goodbye, whether the caller speaks or presses keys."""
    directives = respond(event, _conversation(turns=40))
    assert directives == [Say(wording.TOO_LONG, last=True), Hangup("turn_limit")]
    assert model.requests == []


def test_an_opt_out_counts_beyond_the_limit(respond):
    """Consent can be revoked with the very last words."""
    assert respond(CallerSaid("Stop calling me"), _conversation(turns=40))[-1] == Hangup("opted_out")


def test_closing_the_answer_closes_the_model(model):
    """An answer that is overtaken cancels the request to the model."""
    model.scripts = [["We ", "sell ", "pumps."]]
    responding = Engine(model).respond(_conversation(), SAID)
    next(responding)
    assert model.open_streams == 1
    responding.close()
    assert model.open_streams == 0


def test_the_greeting_can_be_spoken(respond):
    """A customer's name may contain anything; what no voice and no XML can carry is dropped."""
    conversation = Conversation("Be brief.", "Hello \x00*Ada*\ud800.")
    assert respond(CallStarted(), conversation)[0] == Say("Hello Ada.", last=True)


@pytest.mark.parametrize(
    "text", ["Bye", "Thank you, bye-bye!", "OK thanks, you too.", "Tschüss", "Au revoir"]
)
def test_a_farewell_to_our_goodbye_needs_no_answer(respond, model, text):
    """Once both have said goodbye the line is closed without another word."""
    assert respond(CallerSaid(text), _conversation(closing=True)) == [Hangup("agent_goodbye")]
    assert model.requests == []


@pytest.mark.parametrize("text", ["", "Okay, but when?", "Byelaws?", "You too can call me", "Stop"])
def test_anything_else_is_no_farewell(respond, text):
    """Only goodbyes and thanks, and nothing beside them, close the line without a word."""
    assert respond(CallerSaid(text), _conversation(closing=True)) != [Hangup("agent_goodbye")]
