"""Telling machines from people by what they say: a corpus of first words, in four languages."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from time import perf_counter

import pytest

from chalicelib.ai.domain.machines import (
    OtherEnd,
    Stage,
    is_hello,
    is_introduction,
    is_machine_greeting,
    is_screening,
    stage_after,
)

CORPUS = Path(__file__).parents[2] / "corpus" / "machines" / "utterances.txt"


def _corpus():
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [tuple(part.strip() for part in line.split("|", 1)) for line in lines if not line.startswith("#")]


def _label(text):
    if is_screening(text):
        return "screening"
    return "machine" if is_machine_greeting(text) else "person"


@pytest.mark.parametrize(("label", "text"), _corpus())
def test_first_words_tell_who_is_there(label, text):
    """A recorded greeting, a machine that screens, or a person; people who speak of messages are people."""
    assert _label(text) == label


INTRODUCTIONS = {
    "Hello, this is Bob.",
    "Hi, this is Bob.",
    "You've reached Bob.",
    "Hola, soy Ana.",
    "Hier ist Bob.",
}


@pytest.mark.parametrize(("label", "text"), _corpus())
def test_of_these_words_only_a_bare_name_may_begin_a_greeting(label, text):
    """Who asks, or says anything else, is heard to be a person, or a machine, at once."""
    assert is_introduction(text) == (text in INTRODUCTIONS)
    assert label == "person" or text not in INTRODUCTIONS


def test_the_corpus_is_large_and_has_all_kinds():
    """It would prove nothing otherwise."""
    labels = [label for label, _ in _corpus()]
    assert len(labels) >= 150
    assert min(labels.count(kind) for kind in ("machine", "screening", "person")) >= 20


@pytest.mark.parametrize("text", ["", " ", "…", "\U0001f600", "x" * 100_000])
def test_what_says_nothing_is_no_machine(text):
    """Nor does it break anything."""
    assert _label(text) == "person"


@pytest.mark.parametrize(
    "text",
    [
        "yes " * 5000 + "no",
        "this is " * 5000,
        "c'est hello " * 2000 + "!",
        "leave a message " * 2000,
        "to " * 9000,
        "press " * 9000,
        "the person you " * 3000,
        "i we i we " * 3000,
        " " * 50_000,
    ],
)
def test_no_text_takes_long(text):
    """What a caller says must not hold a turn up."""
    started = perf_counter()
    for ask in (is_machine_greeting, is_screening, is_hello, is_introduction):
        ask(text)
    assert perf_counter() - started < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Hello?",
        "Hi.",
        "yes?",
        "Hello? Hello?",
        "Hi, this is Ada Lovelace.",
        "Ada speaking.",
        "Who is this?",
        "Hallo, ja bitte?",
        "¿Bueno?",
        "Allô, oui ?",
    ],
)
def test_a_short_greeting_is_a_hello(text):
    """It says only that somebody is there."""
    assert is_hello(text)


@pytest.mark.parametrize(
    "text", ["Hello, what do you want from me?", "I have no time.", "Yes, go on with it"]
)
def test_what_says_more_is_no_mere_hello(text):
    """It is answered as any speech is."""
    assert not is_hello(text)


MAILBOX = "Please leave a message after the tone."
SCREEN = "Go ahead and say your name and why you're calling."


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ([], Stage.NOBODY),
        (["Hello?"], Stage.SPOKE),
        (["Hello?", "What is it?"], Stage.TALKS),
        (["Hi, this is Bob.", MAILBOX], Stage.MACHINE),
        ([MAILBOX, "Thank you, have a nice day."], Stage.MACHINE),
        ([MAILBOX, "I'll get back to you as soon as possible."], Stage.MACHINE),
        ([MAILBOX, "Hello?"], Stage.AFTER_MACHINE),
        ([MAILBOX, "Sorry, I was in the garden."], Stage.AFTER_MACHINE),
        ([MAILBOX, "Sorry, I was in the garden.", "Who is it?"], Stage.TALKS),
        ([SCREEN], Stage.SCREENS),
        ([SCREEN, "Thanks. Please stay on the line."], Stage.SCREENS),
        ([SCREEN, "Hello?"], Stage.TALKS),
        ([SCREEN, MAILBOX], Stage.MACHINE),
        (["Hi.", SCREEN], Stage.SCREENS),
        (["Hello?", "What is it?", MAILBOX], Stage.TALKS),
        (["Hello?", "What is it?", SCREEN], Stage.TALKS),
    ],
)
def test_who_is_there_follows_from_all_that_was_said(said, stage):
    """Greetings come in pieces; a person who has talked on stays a person, whatever they say."""
    assert reduce(stage_after, said, Stage.NOBODY) is stage


def test_every_stage_leads_on():
    """No stage is without a next one."""
    for stage in Stage:
        assert stage_after(stage, "Well, I do not know about that.") in Stage
    assert OtherEnd().stage is Stage.NOBODY
