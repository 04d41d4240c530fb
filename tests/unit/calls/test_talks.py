"""Talks about debts are noted with the number, so that nobody is called about one in the week after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, a_template, connected

from chalicelib.calls.domain.calls import CallEvent, Direction
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.explaining import Question, explain
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.slots import free_line
from chalicelib.kernel.clock import iso

GREETED = Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN)
SPOKE = Turn(1, TurnKind.SPEECH, NOW, said="Yes, speaking.", answer="Good.", end=TurnEnd.LISTEN)
PRESSED = replace(SPOKE, kind=TurnKind.KEYS, said="1")
MACHINE = replace(SPOKE, said="Please leave a message after the tone.")


def _held(calls, *turns, purpose=Purpose.DEBT_COLLECTION, **changes):
    """Have a call that was answered; give what is noted when its line is freed."""
    calls.templates.add(a_template(purpose=purpose))
    call = replace(connected(calls), **changes)
    calls.shelf.calls[call.id] = call
    for turn in (GREETED, *turns):
        calls.turns.open(call.id, turn)
    free_line(calls, call)
    return calls.numbers.status(NUMBER).talked_at


@pytest.mark.parametrize("turn", [SPOKE, PRESSED])
@pytest.mark.parametrize("direction", Direction)
def test_a_talk_is_noted_before_the_number_is_free(calls, turn, direction):
    """Whoever called whom, from when it was answered."""
    assert _held(calls, turn, direction=direction) == NOW


def test_who_said_nothing_has_not_talked(calls):
    """Nor has a machine."""
    assert _held(calls) is None


def test_a_machine_has_not_talked(calls):
    """By its words."""
    assert _held(calls, MACHINE) is None


def test_what_was_taken_for_a_machine_has_not_talked(calls):
    """Or by what the carrier says of it."""
    taken = CallEvent(iso(NOW), Happening.TAKEN_OVER, Happening.TAKEN_OVER, "")
    assert _held(calls, SPOKE, events=(taken,)) is None


def test_talks_about_other_things_do_not_count(calls):
    """The rule is about debts."""
    assert _held(calls, SPOKE, purpose=Purpose.INFORMATIONAL) is None


@pytest.mark.parametrize("changes", [{"answered_at": None}, {"template_id": "gone"}, {"number": ""}])
def test_a_call_of_which_nothing_is_known_frees_its_line_all_the_same(calls, changes):
    """Nothing is noted, and nothing fails."""
    assert _held(calls, SPOKE, **changes) is None
    assert "" not in calls.shelf.numbers


def test_words_that_came_after_the_end_count_too(calls):
    """When the books are closed it is looked at once more."""
    ended = {"state": CallState.ENDED, "carrier_status": "completed", "ended_at": NOW, "look_at": NOW}
    assert _held(calls, **ended) is None
    calls.turns.open("call_1", SPOKE)
    finish_call(calls, "call_1")
    assert calls.numbers.status(NUMBER).talked_at == NOW


def test_the_next_call_about_a_debt_waits_a_week(calls):
    """And is explained by the rule."""
    _held(calls, SPOKE, state=CallState.ENDED, carrier_status="completed", ended_at=NOW, look_at=NOW)
    attend(calls, "call_1")
    told = explain(calls, Question(number=NUMBER, template_id="template_1"))
    assert (told.decision.rule, told.next_allowed_at.date()) == (
        "frequency_debt_talk",
        (NOW + timedelta(days=7)).date(),
    )
