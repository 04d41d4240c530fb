"""What the engine says to machines: nothing to a greeting, an answer to one that screens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.model import FakeModel

from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    CallerUnclear,
    Conversation,
    Hangup,
    Listen,
    Say,
)
from chalicelib.ai.domain.machines import (
    GREETED_AGAIN,
    MACHINE_GREETING,
    MACHINE_WAITS,
    SCREENING_ANSWERED,
    SCREENING_HOLDS,
    OtherEnd,
    Stage,
)
from chalicelib.ai.engine import Engine

MAILBOX = CallerSaid("You have reached the voicemail of Bob. Please leave a message after the tone.")
SCREEN = CallerSaid(
    "Hi, if you record your name and reason for calling, I'll see if this person is available."
)
STAY = CallerSaid("Thanks. Please stay on the line.")
ANSWER = "This is a call for Ada. Hello Ada, this is Ann."


def _respond(stage, event, **changes):
    other = OtherEnd(stage, ANSWER, **{k: changes.pop(k) for k in ("screenings", "patient") if k in changes})
    model = FakeModel([["I answer."]])
    conversation = replace(Conversation("Sell.", "Hello Ada, this is Ann.", other_end=other), **changes)
    return list(Engine(model).respond(conversation, event)), model.requests


@pytest.mark.parametrize("stage", [Stage.NOBODY, Stage.SPOKE, Stage.SCREENS, Stage.MACHINE])
def test_a_recorded_greeting_is_met_with_silence(stage):
    """No word and no model, as long as nobody has really talked."""
    assert _respond(stage, MAILBOX) == ([Listen(MACHINE_GREETING)], [])


def test_a_person_who_talks_of_tones_is_answered():
    """Once somebody talks, nothing that they say makes them a machine."""
    said, asked = _respond(Stage.TALKS, MAILBOX)
    assert said[-1] == Listen()
    assert len(asked) == 1


@pytest.mark.parametrize("stage", [Stage.NOBODY, Stage.SPOKE, Stage.AFTER_MACHINE, Stage.SCREENS])
def test_people_are_answered_by_the_model(stage):
    """Also those who come to the phone after a machine has answered it."""
    said, asked = _respond(stage, CallerSaid("I have no time for this today."))
    assert said[-1] == Listen()
    assert len(asked) == 1


def test_on_a_call_to_us_nobody_is_a_machine():
    """Whoever calls us is a person, whatever they say."""
    model = FakeModel([["I answer."]])
    said = list(Engine(model).respond(Conversation("Help.", "Hello."), MAILBOX))
    assert said[-1] == Listen()
    assert len(model.requests) == 1


def test_a_screening_machine_is_told_who_calls():
    """With the template's own sentence."""
    assert _respond(Stage.NOBODY, SCREEN) == ([Say(ANSWER, last=True), Listen(SCREENING_ANSWERED)], [])


def test_a_screening_machine_is_told_twice_at_most():
    """Two machines that answer one another must come to an end."""
    assert _respond(Stage.SCREENS, SCREEN, screenings=1)[0][-1] == Listen(SCREENING_ANSWERED)
    assert _respond(Stage.SCREENS, SCREEN, screenings=2) == ([Listen(SCREENING_HOLDS)], [])


def test_a_screening_machine_that_asks_to_wait_is_waited_for():
    """Words would be taken for the caller's answer."""
    assert _respond(Stage.SCREENS, STAY, screenings=1) == ([Listen(SCREENING_HOLDS)], [])


@pytest.mark.parametrize("words", ["Hello?", "Yes?", "Hi, this is Ada.", "Ada speaking."])
def test_the_person_who_was_screened_is_greeted(words):
    """They have heard nothing yet, so a mere hello gets the greeting."""
    greeted = [Say("Hello Ada, this is Ann.", last=True), Listen(GREETED_AGAIN)]
    assert _respond(Stage.SCREENS, CallerSaid(words), screenings=1) == (greeted, [])


def test_silence_after_a_greeting_says_that_the_machine_records():
    """Nobody is asked whether they are still there."""
    assert _respond(Stage.MACHINE, CallerSilent()) == ([Listen(MACHINE_WAITS)], [])


def test_a_carrier_that_may_still_tell_is_waited_for():
    """For one silence; the next one decides."""
    assert _respond(Stage.MACHINE, CallerSilent(), patient=True)[0] == [Listen(MACHINE_GREETING)]
    assert _respond(Stage.MACHINE, CallerSilent(), patient=True, silences=1)[0] == [Listen(MACHINE_WAITS)]


def test_noise_after_a_greeting_is_the_beep():
    """It is not asked what it said."""
    assert _respond(Stage.MACHINE, CallerUnclear("beep"))[0] == [Listen(MACHINE_WAITS)]


def test_a_greeting_that_was_hardly_understood_is_still_one():
    """What it may have been is enough."""
    assert _respond(Stage.NOBODY, CallerUnclear(MAILBOX.text))[0] == [Listen(MACHINE_GREETING)]


def test_a_machine_that_nobody_takes_over_is_left():
    """The line is not held for a machine for long."""
    assert _respond(Stage.MACHINE, CallerSilent(), silences=3)[0] == [Hangup("machine")]


@pytest.mark.parametrize("stage", [Stage.NOBODY, Stage.SPOKE, Stage.TALKS, Stage.AFTER_MACHINE])
def test_people_who_are_silent_are_asked(stage):
    """As on any call."""
    said, _ = _respond(stage, CallerSilent())
    assert isinstance(said[0], Say)


def test_a_machine_can_refuse_our_calls():
    """A greeting that forbids to call is a wish like any other."""
    said, _ = _respond(Stage.NOBODY, CallerSaid("Stop calling this number. Leave a message after the tone."))
    assert said[0].name == "stop_calling_me"


def test_keys_are_no_machine():
    """Only people press them."""
    assert _respond(Stage.MACHINE, CallerPressed("1", is_complete=True))[1]
