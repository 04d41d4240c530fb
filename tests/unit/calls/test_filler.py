"""What is said while the model is silent: once, only to whom still waits, and part of the turn's answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeVoice, a_brief, connected
from fakes.model import USAGE, model_failure

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    GoOn,
    Heard,
    Listen,
    Say,
    Spoken,
    ToolSpec,
    ToolUsed,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.wording import filler
from chalicelib.ai.ports.models import ModelRequest, ToolCall
from chalicelib.ai.services.meter import estimated_usage
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services.turns import TurnRequest, interrupt_turn, resume_turn

FIRST = filler(1)


@pytest.fixture
def stall(calls):
    """Let the model be silent for some seconds, as a step of its script."""
    return lambda seconds=2.0: lambda: calls.clock.advance(seconds=seconds)


@pytest.fixture
def again(calls):
    """Ask for the rest of a turn; give the turn and what was uttered."""

    def ask(number=1):
        voice = FakeVoice()
        request = TurnRequest("call_1", None, calls.clock.now(), 20.0, number)
        return resume_turn(calls, request, lambda _: voice), voice.uttered

    return ask


def test_a_model_that_is_silent_for_long_is_covered(calls, talk, stall):
    """The filler goes out first, and the transcript has both, as they were heard."""
    calls.ai.model.scripts = [[stall(), "We sell pumps."]]
    turn, uttered = talk()
    assert uttered == [Say(FIRST), Say("We sell pumps"), Say(".", last=True), Listen()]
    assert (turn.answer, turn.filler) == (f"{FIRST}We sell pumps.", FIRST)
    assert calls.shelf.turns["call_1", 1] == turn


@pytest.mark.parametrize(("after_ms", "seconds"), [(1500, 1.4), (0, 7.0), (3000, 2.0)])
def test_a_model_that_is_in_time_is_not(calls, talk, stall, after_ms, seconds):
    """The template says how long; 0 means never."""
    calls.ai.model.scripts = [[stall(seconds), "Yes."]]
    talk_ = calls.shelf.briefs
    talk_["call_1"] = a_brief(filler_after_ms=after_ms)
    assert talk()[0].filler == ""


def test_it_is_said_once(calls, talk, stall):
    """However often the model pauses or is asked in a turn."""
    note = ToolCall("t", "add_note", '{"text": "x"}')
    calls.ai.model.scripts = [[stall(), note], [stall(), "Done.", stall(), " Really."]]
    turn, uttered = talk()
    assert uttered.count(Say(FIRST)) == 1
    assert turn.answer == f"{FIRST}Done. Really."


def test_it_is_not_said_after_words(calls, talk, stall):
    """Who hears words is not left in silence; a pause later in the answer is the model's own."""
    calls.ai.model.scripts = [
        ["Let me look.", ToolCall("t", "add_note", '{"text": "x"}')],
        [stall(), "Done."],
    ]
    assert talk()[0].filler == ""


def test_a_slow_action_before_any_word_is_covered_too(calls, talk, stall):
    """What counts is how long nothing was heard."""
    calls.ai.model.scripts = [[stall(1.0), ToolCall("t", "add_note", '{"text": "x"}')], [stall(1.0), "Done."]]
    assert talk()[0].filler == FIRST


def test_it_is_not_said_by_a_turn_that_was_overtaken(calls, talk, stall):
    """The caller spoke on while the model was silent: nothing of the older turn is heard."""
    calls.ai.model.scripts = [[lambda: talk("And?", seconds=2), stall(), "Old."], ["New."]]
    turn, uttered = talk()
    assert uttered == []
    assert (turn.end, turn.filler) == (TurnEnd.CUT, "")


def test_it_can_be_talked_over(calls, talk, stall):
    """The transcript keeps what was heard of it, and nothing more is sent."""

    def interrupt():
        interrupt_turn(calls, "call_1", CallerInterrupted("One"), NOW + timedelta(seconds=5))

    voice = FakeVoice(after=lambda count: interrupt() if count == 1 else None)
    calls.ai.model.scripts = [[stall(), "We sell pumps."]]
    turn, uttered = talk(voice=voice)
    assert uttered == [Say(FIRST)]
    assert turn.end is TurnEnd.CUT


def test_a_failure_after_it_is_apologised_for(calls, talk, stall):
    """The apology follows the filler."""
    calls.ai.model.scripts = [[stall(), model_failure()]]
    turn, _ = talk()
    assert turn.answer.startswith(FIRST)
    assert "something went wrong" in turn.answer


def test_a_document_is_answered_in_time_and_asked_for_again(calls, talk, stall, again):
    """Where the transport waits for a whole document, the filler is one, and the answer the next."""
    calls.ai.model.scripts = [[stall(), "Too late."], ["We sell pumps."]]
    turn, uttered = talk("What do you sell?", number=1)
    assert uttered == [Say(FIRST), GoOn()]
    assert (turn.end, turn.answer) == (None, FIRST)
    assert calls.ai.model.open_streams == 0
    turn, uttered = again()
    assert uttered == [Say("We sell pumps"), Say(".", last=True), Listen()]
    assert (turn.answer, turn.end) == (f"{FIRST}We sell pumps.", TurnEnd.LISTEN)
    assert calls.ai.model.requests[1].messages == (Heard("What do you sell?"),)
    assert list(calls.shelf.turns) == [("call_1", 1)]


def test_the_rest_is_answered_once(calls, talk, stall, again):
    """A repeated delivery gives what was stored; the model is not asked and no action runs again."""
    calls.ai.model.scripts = [[stall()], [ToolCall("t", "add_note", '{"text": "x"}')], ["Noted."]]
    talk(number=1)
    first, _ = again()
    assert again() == (first, [])
    assert len(calls.ai.model.requests) == 3
    assert len(first.tools) == 1


def test_of_two_that_answer_the_rest_one_does(calls, talk, stall, again):
    """Both deliveries at the same time: whoever takes it on first has it."""
    inner = []
    calls.ai.model.scripts = [[stall()], [lambda: inner.append(again()), "We sell pumps."]]
    talk(number=1)
    turn, _ = again()
    assert inner[0][1] == []
    assert turn.answer.endswith("We sell pumps.")
    assert len(calls.ai.model.requests) == 2


def test_the_rest_is_waited_for(calls, talk, stall, again):
    """No second filler: the answer comes, or an apology."""
    calls.ai.model.scripts = [[stall()], [stall(5.0), "We sell pumps."]]
    talk(number=1)
    assert again()[0].answer == f"{FIRST}We sell pumps."


def test_a_document_is_not_asked_for_again_after_an_action(calls, talk, stall):
    """What was done must not be done twice: from there on the model is waited for."""
    calls.ai.model.scripts = [[ToolCall("t", "add_note", '{"text": "x"}')], [stall(), "Noted."]]
    turn, _ = talk(number=1)
    assert (turn.filler, turn.answer) == ("", "Noted.")
    assert len(turn.tools) == 1


def test_the_tokens_of_both_questions_count(calls, talk, stall, again):
    """A question that was given up is billed too: what it consumed is estimated, and kept with the turn."""
    calls.ai.model.scripts = [[stall()], ["Yes."]]
    first = talk(number=1)[0].usage
    assert first == estimated_usage(calls.ai.model.requests[0])
    assert first.prompt_tokens > 0
    assert calls.shelf.turns["call_1", 1].usage == first
    assert again()[0].usage == first + USAGE


def test_what_a_question_consumed_is_estimated_by_its_length():
    """All that the model reads counts: instructions, what was said, actions used, actions offered."""
    plain = ModelRequest("i" * 400, (Heard("h" * 40), Spoken("s" * 40)))
    assert estimated_usage(plain) == Usage(prompt_tokens=120)
    with_tool = replace(plain, tools=(ToolSpec("add_note", "d" * 40, {"type": "object"}),))
    used = replace(plain, messages=(*plain.messages, ToolUsed("1", "add_note", "{}", "r" * 40)))
    for more in (with_tool, used):
        assert estimated_usage(more).prompt_tokens >= 130


def test_the_next_turn_knows_what_was_heard(calls, talk, stall):
    """The filler is part of the history as the words are."""
    calls.ai.model.scripts = [[stall(), "We sell pumps."], ["Yes."]]
    talk("Hi", seconds=1)
    talk("And?", seconds=2)
    assert calls.ai.model.requests[-1].messages[1] == Spoken(f"{FIRST}We sell pumps.")


@pytest.mark.parametrize("what", ["over", "no call", "no turn"])
def test_the_rest_of_nothing_is_nothing(calls, talk, again, what):
    """A call that is over, one that does not exist, a turn that nobody took."""
    if what == "over":
        talk(number=1)
        calls.book.change("call_1", lambda call: replace(call, state=CallState.ENDED))
    elif what == "no turn":
        connected(calls)
    assert again() == (None, [])


def test_a_filler_that_cannot_be_sent_costs_no_answer(calls, talk, stall):
    """Whether the turn still has the floor could not be read: the words come all the same."""
    original = calls.turns.holds

    def fail(*_):
        calls.turns.holds = original
        raise OSError("down")

    calls.turns.holds = fail
    calls.ai.model.scripts = [[stall(), "We sell pumps."]]
    assert talk()[0].answer == "We sell pumps."


def test_a_turn_that_is_over_is_not_filled(calls, talk):
    """What was due while it was spoken stays unsaid, however late it comes."""
    turn, uttered = talk()
    calls.clock.advance(minutes=1)
    assert uttered[-1] == Listen()
    assert turn.filler == ""


def test_a_turn_that_broke_is_not_filled(calls, talk):
    """Its session is being ended: nothing may be said into that."""
    calls.ai.model.scripts = [[ZeroDivisionError()]]
    voice = FakeVoice()
    with pytest.raises(ZeroDivisionError):
        talk(voice=voice)
    calls.clock.advance(minutes=1)
    assert voice.uttered == []


def test_a_question_that_was_given_up_is_cancelled(calls, talk, stall):
    """Nobody waits for the answer any more, so its connection is closed."""
    kept, original = [], calls.ai.model.stream

    def stream(request):
        kept.append(original(request))
        return kept[-1]

    calls.ai.model.stream = stream
    calls.ai.model.scripts = [[stall(), "Too late."]]
    talk(number=1)
    assert (len(kept), calls.ai.model.open_streams) == (1, 0)


def test_a_slow_action_is_covered_by_what_we_do(calls, talk):
    """Nothing was spoken when the action began: the caller hears that we look it up."""
    slow = calls.tools["add_note"]
    calls.tools = {
        **calls.tools,
        "add_note": replace(slow, run=lambda *_: calls.clock.advance(seconds=3) or "Noted."),
    }
    calls.ai.model.scripts = [[ToolCall("t", "add_note", '{"text": "x"}')], ["Tea it is."]]
    turn, uttered = talk()
    assert uttered[0] == Say(sentence(Sentence.CHECKING))
    assert turn.answer == f"{sentence(Sentence.CHECKING)}Tea it is."
