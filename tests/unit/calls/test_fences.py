"""Fences: newer turns, interruptions and repeated deliveries silence what was overtaken."""

from __future__ import annotations

from datetime import timedelta

from fakes.calls import NOW, connected

from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    Heard,
    Listen,
    Say,
    Spoken,
)
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.calls.services.turns import interrupt_turn


def _sentences(calls, *sentences):
    """Script an answer of whole sentences, each of which is a frame."""
    calls.ai.model.scripts = [[f"{sentence} " for sentence in sentences]]


def test_a_newer_turn_silences_the_older(calls, talk):
    """When the caller speaks on while an answer streams, nothing of the older answer is sent after."""
    inner = []
    calls.ai.model.scripts = [["One. ", lambda: inner.append(talk("And?", seconds=2)), "Two. "], ["New. "]]
    turn, uttered = talk("Hi")
    assert uttered == [Say("One. ")]
    assert (turn.end, turn.answer, turn.reason) == (TurnEnd.CUT, "One. ", "overtaken")
    newer, newer_uttered = inner[0]
    assert newer_uttered == [Say("New. "), Say("", last=True), Listen()]
    assert (newer.number, newer.end) == (turn.number + 1, TurnEnd.LISTEN)


def test_an_overtaken_turn_does_not_end_the_call(calls, talk):
    """A goodbye that nobody waits for any more neither speaks nor hangs up."""
    slow = lambda: calls.clock.advance(seconds=1)  # noqa: E731  a step of the script
    calls.ai.model.scripts = [
        [lambda: talk("Wait!", seconds=2), slow, ToolCall("t", "end_call", "{}")],
        ["Yes? "],
    ]
    turn, uttered = talk("Bye")
    assert uttered == []
    assert turn.end is TurnEnd.CUT


def test_an_overtaken_answer_closes_the_model(calls, talk):
    """The request to the model is cancelled as soon as its words are not wanted."""
    seen = []
    calls.ai.model.scripts = [
        ["One. ", lambda: talk("And?", seconds=2), "Two. ", lambda: seen.append("asked on")],
        ["New. "],
    ]
    talk("Hi")
    assert seen == []
    assert calls.ai.model.open_streams == 0


def test_an_interruption_stops_the_words(calls, talk):
    """Whoever still speaks the turn sees it before the next frame; the transcript keeps what was heard."""

    def interrupt():
        at = NOW + timedelta(seconds=5)
        interrupt_turn(calls, "call_1", CallerInterrupted("On"), at)

    calls.ai.model.scripts = [["One. ", interrupt, "Two. "]]
    turn, uttered = talk("Hi")
    assert uttered == [Say("One. ")]
    assert turn.end is TurnEnd.CUT
    assert calls.shelf.turns["call_1", 1].heard == "On"
    assert calls.shelf.turns["call_1", 1].answer == "One. "


def test_an_interruption_finds_its_turn_when_the_next_already_stands(calls, talk):
    """What counts is when it arrived, not when it is looked at."""
    talk("Hi", seconds=1)
    talk("Stop talking, listen", seconds=5)
    interrupt_turn(calls, "call_1", CallerInterrupted("Hello"), NOW + timedelta(seconds=4))
    turns = calls.shelf.turns
    assert (turns["call_1", 1].heard, turns["call_1", 2].heard) == ("Hello", None)


def test_the_first_interruption_of_a_turn_stands(calls, talk):
    """A second report of the same interruption, or a later one, does not move what was heard."""
    talk("Hi", seconds=1)
    for heard in ("Hel", "Hello th"):
        interrupt_turn(calls, "call_1", CallerInterrupted(heard), NOW + timedelta(seconds=4))
    assert calls.shelf.turns["call_1", 1].heard == "Hel"


def test_an_interruption_of_nothing_is_ignored(calls):
    """An unknown call, or one without turns, has nothing to mark."""
    interrupt_turn(calls, "call_1", CallerInterrupted("x"), NOW)
    connected(calls)
    interrupt_turn(calls, "call_1", CallerInterrupted("x"), NOW)
    assert calls.shelf.turns == {}


def test_the_model_later_knows_only_what_was_heard(calls, talk):
    """The next question's history has the heard part of the interrupted answer."""
    _sentences(calls, "We sell pumps.", "And pipes.")
    talk("Hi", seconds=1)
    interrupt_turn(calls, "call_1", CallerInterrupted("We sell"), NOW + timedelta(seconds=2))
    talk("What?", seconds=3)
    assert calls.ai.model.requests[-1].messages == (Heard("Hi"), Spoken("We sell"), Heard("What?"))


def test_a_numbered_turn_is_taken_once(calls, talk):
    """A repeated delivery gets the stored turn; the model is not asked and nothing is uttered again."""
    first, _ = talk("Hi", number=1)
    again, uttered = talk("Hi", number=1)
    assert again == first
    assert uttered == []
    assert len(calls.ai.model.requests) == 1


def test_of_two_processes_one_takes_the_number(calls, talk):
    """Whoever loses the race for a number gives what the winner stored."""
    taken = []
    original = calls.turns.open

    def overtaken(call_id, turn):
        if not taken:
            taken.append(None)
            taken[0] = talk("Hi", number=1)[0]
        return original(call_id, turn)

    calls.turns.open = overtaken
    turn, uttered = talk("Hi", number=1)
    assert turn == taken[0]
    assert uttered == []
    assert len(calls.ai.model.requests) == 1


def test_of_two_unnumbered_turns_the_loser_takes_the_next_number(calls, talk):
    """On the socket each utterance is a turn of its own, whoever was first."""
    inner = []
    original = calls.turns.open

    def overtaken(call_id, turn):
        if not inner:
            inner.append(None)
            inner[0] = talk("first")[0]
        return original(call_id, turn)

    calls.turns.open = overtaken
    turn, _ = talk("second", seconds=2)
    assert (inner[0].number, turn.number) == (1, 2)
