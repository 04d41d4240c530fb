"""Phrases, history, interruptions and costs: rules of calls that need nothing from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, a_call

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, Heard, Spoken, ToolUsed
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.costs import cost_lines
from chalicelib.calls.domain.phrases import Phrases
from chalicelib.calls.domain.templates import Transport
from chalicelib.calls.domain.turns import (
    Turn,
    TurnEnd,
    TurnKind,
    history,
    interrupted_turn,
    opted_out,
    silences_before_now,
)


def _turn(number, kind=TurnKind.SPEECH, **fields):
    return Turn(number, kind, NOW + timedelta(seconds=10 * number), **fields)


def test_the_first_words_are_given_at_once():
    """The caller waits in silence, so nothing is collected before the first words."""
    assert Phrases().add("We", 0.0) == "We"


def test_blanks_are_not_words():
    """White space alone is kept until there is something to say."""
    phrases = Phrases()
    assert phrases.add(" \n", 0.0) == ""
    assert phrases.add("Yes", 0.0) == " \nYes"


def test_later_words_wait_for_the_end_of_a_sentence():
    """What follows is given by the sentence; what is behind its end goes on waiting."""
    phrases = Phrases()
    phrases.add("We ", 0.0)
    assert phrases.add("sell pumps", 0.01) == ""
    assert phrases.add(". And also", 0.02) == "sell pumps. "
    assert phrases.rest() == "And also"


@pytest.mark.parametrize("end", [". ", "! ", "? ", "… ", ": ", '." ', ".) "])
def test_what_ends_a_sentence(end):
    """Marks of the end count with the white space behind them, also after quotes."""
    phrases = Phrases()
    phrases.add("x ", 0.0)
    assert phrases.add(f"word{end}next", 0.01) == f"word{end}"


@pytest.mark.parametrize("text", ["3.50", "a.m", "e.g.x"])
def test_a_point_inside_a_word_ends_nothing(text):
    """Numbers and abbreviations stay in one piece."""
    phrases = Phrases()
    phrases.add("x ", 0.0)
    assert phrases.add(text, 0.01) == ""


def test_nothing_waits_longer_than_a_fifth_of_a_second():
    """The voice must not run dry in a long sentence."""
    phrases = Phrases()
    phrases.add("x ", 0.0)
    assert phrases.add("long ", 0.19) == ""
    assert phrases.add("sentence", 0.2) == "long sentence"


def test_the_rest_is_given_once():
    """After the rest there is nothing."""
    phrases = Phrases()
    phrases.add("x", 0.0)
    phrases.add("y", 0.0)
    assert (phrases.rest(), phrases.rest()) == ("y", "")


def test_the_history_keeps_what_was_heard():
    """Of an answer that was talked over, the model later knows only the part that was heard."""
    run = ToolRun("t", "add_note", "{}", "Noted.", done=True, took_ms=1)
    refused = ToolRun("u", "add_note", "{}", "Refused.", done=False, took_ms=1)
    turns = (
        _turn(0, TurnKind.GREETING, answer="Hello."),
        _turn(1, said="Hi", answer="We sell pumps and more.", heard="We sell", tools=(run, refused)),
        _turn(2, TurnKind.SILENCE, answer="Still there?"),
        _turn(3, said="Yes", answer="Long words", heard=""),
        _turn(4, said="So?"),
    )
    assert history(turns) == (
        Spoken("Hello."),
        Heard("Hi"),
        ToolUsed("t", "add_note", "{}", "Noted.", done=True),
        ToolUsed("u", "add_note", "{}", "Refused.", done=False),
        Spoken("We sell"),
        Spoken("Still there?"),
        Heard("Yes"),
        Heard("So?"),
    )


def test_silences_count_only_in_a_row():
    """Words in between start the count again."""
    silent, spoken = TurnKind.SILENCE, TurnKind.SPEECH
    kinds = (silent, silent, spoken, silent, silent)
    turns = tuple(_turn(number, kind) for number, kind in enumerate(kinds))
    assert [silences_before_now(turns[:count]) for count in range(6)] == [0, 1, 2, 0, 1, 2]


def test_an_interruption_belongs_to_the_turn_before_it():
    """Also when the next turn already stands, the one that was being spoken is meant."""
    turns = (_turn(0), _turn(1), _turn(2))
    at = turns[2].received_at
    assert interrupted_turn(turns, at + timedelta(seconds=1)).number == 2
    assert interrupted_turn(turns, at).number == 1
    assert interrupted_turn(turns, at - timedelta(seconds=1)).number == 1
    assert interrupted_turn(turns, NOW) is None
    assert interrupted_turn((), NOW) is None


def _used(done):
    return (ToolRun("1", OPT_OUT_TOOL, "{}", "x", done, 1),)


def test_an_opt_out_counts_when_it_was_carried_out():
    """Also in a turn that was cut; a wish that failed, or another action, does not count."""
    assert opted_out((_turn(1, end=TurnEnd.CUT, tools=_used(done=True)), _turn(2)))
    assert not opted_out((_turn(1, tools=_used(done=False)),))
    assert not opted_out((_turn(1, tools=(replace(_used(done=True)[0], name="add_note"),)),))


def _lines(call, transport, model, usage):
    lines = cost_lines(call, transport, (ModelUse("openai", model, usage),))
    return {line.kind: (line.quantity, line.unit, line.amount) for line in lines}


def test_a_call_over_the_socket_costs_voice_relay_and_tokens():
    """Every started minute counts; cached tokens have a price of their own."""
    usage = Usage(prompt_tokens=1_000_000, cached_tokens=250_000, completion_tokens=10_000)
    assert _lines(a_call(duration_s=61), Transport.RELAY, "gpt-4.1-mini", usage) == {
        "voice": (2, "minute", 28_000),
        "conversation_relay": (2, "minute", 140_000),
        "model_prompt": (750_000, "token", 300_000),
        "model_cached_prompt": (250_000, "token", 25_000),
        "model_answer": (10_000, "token", 16_000),
    }


@pytest.mark.parametrize(("seconds", "minutes"), [(None, 0), (0, 0), (1, 1), (60, 1), (61, 2)])
def test_minutes_are_rounded_up(seconds, minutes):
    """As the carrier bills: any started minute."""
    assert _lines(a_call(duration_s=seconds), None, "x", Usage())["voice"][0] == minutes


def test_a_call_by_gather_has_no_relay_line():
    """Only the socket is charged by the minute on top of the voice."""
    assert "conversation_relay" not in _lines(a_call(duration_s=60), Transport.GATHER, "x", Usage())


def test_inbound_minutes_have_their_own_price():
    """Receiving costs less than calling."""
    call = a_call(duration_s=60, direction=Direction.INBOUND)
    assert _lines(call, None, "x", Usage())["voice"][2] == 8_500


def test_a_model_without_a_price_is_listed_at_nothing():
    """Its tokens are counted all the same."""
    assert _lines(a_call(), None, "own-model", Usage(10, 0, 5))["model_answer"] == (5, "token", 0)


def test_each_models_tokens_have_its_own_price():
    """A call that was begun by one model and ended by another costs what both cost, exactly."""
    asked = tuple(ModelUse("x", model, Usage(1_000_000)) for model in ("gpt-4.1", "gpt-4.1-mini"))
    [line] = [line for line in cost_lines(a_call(), None, asked) if line.kind == "model_prompt"]
    assert (line.quantity, line.amount) == (2_000_000, 2_400_000)
