"""Taking turns: streaming, what is stored of each, and how they end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import NOW, FakeVoice, connected
from fakes.model import USAGE, model_failure

from chalicelib.ai.domain.conversation import (
    OPT_OUT_TOOL,
    CallerPressed,
    CallerSaid,
    CallerSilent,
    Hangup,
    Listen,
    Say,
    Transfer,
)
from chalicelib.ai.domain.wording import REPEAT, filler
from chalicelib.ai.ports.models import ToolCall
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.turns import TurnRequest, take_turn


def _sentences(calls, *sentences):
    """Script an answer of whole sentences, each of which is a frame."""
    calls.ai.model.scripts = [[f"{sentence} " for sentence in sentences]]


def test_a_turn_is_answered_and_stored(calls, talk):
    """Words, answer, end, tokens and times are kept."""
    _sentences(calls, "We sell pumps.", "Do you need one?")
    turn, uttered = talk("What do you sell?")
    assert uttered == [Say("We sell pumps. "), Say("Do you need one? "), Say("", last=True), Listen()]
    stored = calls.shelf.turns["call_1", turn.number]
    assert stored == turn
    assert (stored.kind, stored.said) == (TurnKind.SPEECH, "What do you sell?")
    assert (stored.answer, stored.end) == ("We sell pumps. Do you need one? ", TurnEnd.LISTEN)
    assert stored.usage == USAGE


def test_times_are_measured_from_the_callers_words(calls, talk):
    """The model's first token, our first words and the whole turn, in milliseconds."""
    slow = lambda: calls.clock.advance(seconds=0.5)  # noqa: E731  a step of the script
    calls.ai.model.scripts = [[slow, "Yes. ", slow, "No. "]]
    timing = talk()[0].timing
    assert (timing.model_ms, timing.first_words_ms, timing.total_ms) == (500, 500, 1000)


def test_the_first_words_are_sent_while_the_model_still_speaks(calls, talk):
    """The voice has the first words before the model gives the next."""
    voice, seen = FakeVoice(), []
    calls.ai.model.scripts = [["One. ", lambda: seen.append(list(voice.uttered)), "Two. "]]
    talk(voice=voice)
    assert seen == [[Say("One. ")]]


@pytest.mark.parametrize(
    ("event", "kind", "said"),
    [
        (CallerSaid("Hi", "de-DE"), TurnKind.SPEECH, "Hi"),
        (CallerPressed("4"), TurnKind.KEYS, "[keypad: 4]"),
        (CallerSilent(), TurnKind.SILENCE, ""),
    ],
)
def test_each_event_is_stored_as_what_it_was(talk, event, kind, said):
    """Speech with its language, keys in brackets, silence without words."""
    turn, _ = talk(event)
    assert (turn.kind, turn.said) == (kind, said)
    assert turn.language == getattr(event, "language", "")


def test_a_turn_costs_two_writes_one_load_and_a_check_for_each_later_frame(calls, talk):
    """The budget of a turn: load, open, a fence before every frame but the first, close."""
    _sentences(calls, "One.", "Two.", "Three.")
    calls.shelf.uses.clear()
    _, uttered = talk()
    frames = sum(isinstance(directive, Say) for directive in uttered)
    assert frames == 4
    assert calls.shelf.uses == {"load": 1, "open": 1, "holds": frames - 1, "close": 1}


def test_first_words_that_took_long_are_checked_too(calls, talk):
    """A quarter of a second after the turn was opened it may have been overtaken."""
    calls.ai.model.scripts = [[lambda: calls.clock.advance(seconds=0.25), "One. "]]
    calls.shelf.uses.clear()
    talk()
    assert calls.shelf.uses == {"load": 1, "open": 1, "holds": 2, "close": 1}


def test_an_action_costs_no_more_than_its_frames(calls, talk):
    """Running an action adds one look whether it is still wanted, and no write."""
    calls.ai.model.scripts = [[ToolCall("t", "end_call", "{}")]]
    calls.shelf.uses.clear()
    talk()
    assert calls.shelf.uses == {"load": 1, "open": 1, "holds": 1, "close": 1}


def test_a_number_that_is_always_taken_is_given_up(calls, talk):
    """After a few lost races the event is dropped rather than tried for ever."""
    calls.turns.open = lambda *_: False
    assert talk() == (None, [])


@pytest.mark.parametrize("change", [{"state": CallState.ENDED}, None, "no brief"])
def test_a_call_that_cannot_talk_takes_no_turn(calls, talk, change):
    """Over, unknown, or never answered: nothing is answered and no model is asked."""
    if isinstance(change, dict):
        calls.shelf.calls["call_1"] = calls.call().__class__(**{**vars(calls.call()), **change})
    elif change is None:
        calls.shelf.calls.clear()
    else:
        calls.shelf.briefs.clear()
    assert talk() == (None, [])
    assert all(turn.end is TurnEnd.CUT for turn in calls.shelf.turns.values())
    assert calls.ai.model.requests == []


@pytest.mark.parametrize(
    ("script", "end", "reason", "ending"),
    [
        ([ToolCall("t", "end_call", "{}")], TurnEnd.HANG_UP, "agent_goodbye", Hangup("agent_goodbye")),
        (
            [ToolCall("t", "transfer_to_person", "{}")],
            TurnEnd.TRANSFER,
            "asked_for_person",
            Transfer("asked_for_person"),
        ),
        ([model_failure("model_timeout")], TurnEnd.HANG_UP, "model_timeout", Hangup("model_timeout")),
    ],
)
def test_how_a_turn_ends_is_stored(calls, talk, script, end, reason, ending):  # noqa: PLR0913, PLR0917
    """The end and its reason are kept and uttered last."""
    calls.ai.model.scripts = [script]
    turn, uttered = talk()
    assert (turn.end, turn.reason, uttered[-1]) == (end, reason, ending)


def test_a_failure_in_mid_sentence_keeps_what_was_said(calls, talk):
    """The half sentence, then the apology, are the answer."""
    calls.ai.model.scripts = [["We sell ", "pumps and", model_failure()]]
    turn, _ = talk()
    assert turn.answer.startswith("We sell pumps and I am sorry")


def test_the_tokens_of_all_rounds_are_summed(calls, talk):
    """A turn with an action asks the model twice, and both count."""
    calls.ai.model.scripts = [[ToolCall("t", "add_note", '{"text": "x"}')], ["Done."]]
    assert talk()[0].usage == USAGE + USAGE


def test_a_defect_leaves_the_turn_unanswered(calls, talk):
    """What breaks is not hidden: the turn stays open, so that the session's end finds it."""
    calls.ai.model.scripts = [[ZeroDivisionError()]]
    with pytest.raises(ZeroDivisionError):
        talk()
    assert calls.shelf.turns["call_1", 1].end is None


def test_a_farewell_after_our_goodbye_hangs_up(calls, talk):
    """Who answers our goodbye with theirs need not hear another one, and no model is asked."""
    calls.ai.model.scripts = [[ToolCall("t", "end_call", "{}")]]
    talk("I have to go", seconds=1)
    turn, uttered = talk("Thanks, bye!", seconds=2)
    assert uttered == [Hangup("agent_goodbye")]
    assert (turn.end, turn.answer) == (TurnEnd.HANG_UP, "")
    assert len(calls.ai.model.requests) == 1


@pytest.mark.parametrize("words", ["Bye, but one more question", "Wait"])
def test_other_words_after_our_goodbye_are_answered(calls, talk, words):
    """The caller may still have something to say."""
    calls.ai.model.scripts = [[ToolCall("t", "end_call", "{}")], ["Yes?"]]
    talk("I have to go", seconds=1)
    assert talk(words, seconds=2)[0].answer == "Yes?"


def test_a_farewell_before_our_goodbye_is_answered(calls, talk):
    """Only the agent's own goodbye is final; "thanks" in the middle is talk."""
    talk("Thanks")
    assert len(calls.ai.model.requests) == 1


def test_silences_in_a_row_end_the_call(talk):
    """The ladder climbs over stored turns: asked twice, then goodbye."""
    ends = [talk(CallerSilent(), seconds=second)[0].end for second in range(3)]
    assert ends == [TurnEnd.LISTEN, TurnEnd.LISTEN, TurnEnd.HANG_UP]


def test_a_call_without_end_is_ended(calls, talk):
    """After forty turns the agent takes its leave."""
    turns = [talk("Hi", seconds=second)[0] for second in range(41)]
    assert [turn.end for turn in turns[:40]] == [TurnEnd.LISTEN] * 40
    assert (turns[40].end, turns[40].reason) == (TurnEnd.HANG_UP, "turn_limit")
    assert len(calls.ai.model.requests) == 40


def test_an_endless_answer_is_broken_off_before_the_transport_breaks_it(calls, talk):
    """A model that rambles past the time limit is stopped, what it said is closed, the caller may speak."""
    slow = lambda: calls.clock.advance(seconds=15)  # noqa: E731  a step of the script
    calls.ai.model.scripts = [["One. ", slow, "Two. ", slow, "Three. ", slow, "Four. "]]
    turn, uttered = talk()
    assert "".join(said.text for said in uttered if isinstance(said, Say)) == "One. Two. "
    assert uttered[-2:] == [Say("", last=True), Listen()]
    assert (turn.end, turn.reason, turn.answer) == (TurnEnd.LISTEN, "time_limit", "One. Two. ")
    assert calls.ai.model.open_streams == 0


def test_actions_that_take_too_long_end_the_turn_in_time(calls, talk):
    """Also a model that only asks for actions, one slow one after another, is stopped."""
    slow = lambda: calls.clock.advance(seconds=15)  # noqa: E731  a step of the script
    calls.ai.model.scripts = [[slow, ToolCall(str(step), "add_note", '{"text": "x"}')] for step in range(4)]
    turn, uttered = talk()
    assert len(turn.tools) == 1
    assert uttered == [Say(filler(1)), Say(REPEAT, last=True), Listen()]
    assert turn.reason == "time_limit"


def test_a_wish_not_to_be_called_is_kept_however_late_it_is(calls, talk):
    """The model asked for it after the turn's time was over."""
    slow = lambda: calls.clock.advance(seconds=21)  # noqa: E731  a step of the script
    calls.ai.model.scripts = [[slow, ToolCall("1", OPT_OUT_TOOL, "{}")]]
    turn, uttered = talk(CallerSaid("I have had enough of this."))
    assert [(run.name, run.done) for run in turn.tools] == [(OPT_OUT_TOOL, True)]
    assert uttered[-1] == Hangup("opted_out")


def test_an_overtaken_turn_acts_no_more(calls, talk):
    """The caller spoke on before the action was run: only a wish not to be called is still carried out."""
    overtake = lambda: calls.turns.open("call_1", Turn(9, TurnKind.SPEECH, NOW))  # noqa: E731  a step
    calls.ai.model.scripts = [[overtake, ToolCall("1", "add_note", "{}")]]
    turn, uttered = talk()
    assert (turn.tools, turn.end, uttered) == ((), TurnEnd.CUT, [])


@pytest.mark.parametrize("event", [CallerSaid("Stop calling me."), CallerPressed("9")])
def test_a_wish_that_comes_after_the_end_is_kept(calls, event):
    """Somebody says it and hangs up: the call cannot answer any more, but the number is suppressed."""
    connected(calls)
    calls.book.change("call_1", lambda call: replace(call, state=CallState.ENDED))
    turn = take_turn(calls, TurnRequest("call_1", event, NOW, 20.0), lambda _: FakeVoice())
    assert turn is None
    assert calls.numbers.status(calls.call().number).suppressed_at == NOW


def test_words_that_were_held_back_are_kept(calls, talk):
    """What the model wanted to claim is part of the turn, and no part of its answer."""
    calls.ai.model.scripts = [["I have booked it."], ["Not yet."]]
    turn, uttered = talk("Book it")
    assert (turn.answer, turn.corrected) == ("Not yet.", ("I have booked it.",))
    assert not any("booked" in each.text for each in uttered if isinstance(each, Say))


def test_a_call_is_ended_politely_before_the_carrier_cuts_it(calls, talk):
    """When there is just time for a goodbye, and not before."""
    calls.shelf.briefs["call_1"] = replace(calls.shelf.briefs["call_1"], max_duration_s=600)
    calls.clock.advance(seconds=579)
    assert talk("And then?")[0].end is TurnEnd.LISTEN
    calls.clock.advance(seconds=1)
    turn, _ = talk("And now?", seconds=581)
    assert (turn.end, turn.reason) == (TurnEnd.HANG_UP, "duration_limit")


def test_an_insult_is_warned_of_in_one_turn_and_ends_the_call_in_a_later_one(calls, talk):
    """What was decided in a turn is known in the next."""
    assert talk("You idiot")[0].reason == "abuse_warned"
    assert talk("Well, what do you sell?", seconds=2)[0].end is TurnEnd.LISTEN
    turn, _ = talk("You idiot", seconds=3)
    assert (turn.end, turn.reason) == (TurnEnd.HANG_UP, "abuse")
