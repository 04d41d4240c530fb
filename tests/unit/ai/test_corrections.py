"""Answers that must not be spoken: claims without an act, and the same answer once more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.model import model_failure

from chalicelib.ai.domain.claim_words import Claim
from chalicelib.ai.domain.conversation import (
    END_TOOL,
    CallerSaid,
    Conversation,
    Corrected,
    Hangup,
    Heard,
    Listen,
    Say,
    Spoken,
    ToolResult,
    ToolSpec,
    UseTool,
)
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.ports.models import ToolCall
from chalicelib.ai.tools import conversation_tools

SAID = CallerSaid("Please book me in for Tuesday.")
TALK = Conversation("Be brief.", "Hello.")
CLAIM = "I have booked you in."
NOTE = ToolCall("t1", "add_note", "{}")
BOOK = ToolCall("t2", "book_appointment", "{}")


def _text(directives):
    return "".join(directive.text for directive in directives if isinstance(directive, Say)).strip()


def _corrected(directives):
    return [directive.text for directive in directives if isinstance(directive, Corrected)]


def test_a_claim_without_an_act_is_never_spoken(respond, model):
    """The model is told why, and says something else, in the same turn."""
    model.scripts = [["Sure. ", CLAIM], ["Let me ask you first: when?"]]
    directives = respond(SAID)
    assert _text(directives) == "Sure.  Let me ask you first: when?"
    assert (_corrected(directives), directives[-1]) == ([CLAIM], Listen())
    assert CLAIM in model.requests[1].instructions
    assert model.requests[1].messages == (Heard(SAID.text), Spoken("Sure. "))


def test_a_model_that_insists_on_a_claim_is_corrected_for(respond, model):
    """After the second time we say ourselves that it is not done."""
    model.scripts = [[CLAIM]]
    directives = respond(SAID)
    assert _text(directives) == sentence(Sentence.NOT_DONE)
    assert (_corrected(directives), len(model.requests)) == ([CLAIM, CLAIM], 2)


def test_the_correction_is_in_the_callers_language(respond, model):
    """Whoever speaks German hears it in German."""
    model.scripts = [["Ich habe den Termin gebucht."]]
    conversation = replace(TALK, own_language="de-DE")
    assert _text(respond(SAID, conversation)) == sentence(Sentence.NOT_DONE, "de")


def test_a_claim_before_its_act_waits_for_it(respond, model):
    """Words first and the action after them: the words are spoken when it took effect."""
    model.scripts = [[CLAIM, BOOK], ["See you then."]]
    directives = respond(SAID)
    kinds = [type(directive) for directive in directives]
    assert kinds.index(UseTool) < kinds.index(Say)
    assert _text(directives) == f"{CLAIM} See you then."
    assert _corrected(directives) == []


def test_a_claim_before_an_act_that_failed_is_dropped(respond, model):
    """Nobody hears that something was done which was refused."""
    model.scripts = [[CLAIM, BOOK], ["That day is full."]]
    directives = respond(SAID, results=[ToolResult("Full.", done=False)])
    assert _text(directives) == "That day is full."
    assert _corrected(directives) == [CLAIM]


def test_another_act_does_not_bear_out_a_claim(respond, model):
    """Who made a note has booked nothing."""
    model.scripts = [[NOTE], [CLAIM], ["Not yet."]]
    directives = respond(SAID)
    assert (_text(directives), _corrected(directives)) == ("Not yet.", [CLAIM])


def test_what_was_read_bears_out_nothing(respond, model):
    """Looking for a free slot is no booking, whatever its name."""
    reads = ToolSpec("find_slot", "Find.", {}, changes=False)
    conversation = replace(TALK, tools=(reads,), done=("find_slot",))
    model.scripts = [[CLAIM], ["Not yet."]]
    assert _text(respond(SAID, conversation)) == "Not yet."


def test_what_was_done_earlier_may_be_said_again(respond, model):
    """An act of an earlier turn bears the words out."""
    model.scripts = [[CLAIM]]
    assert _text(respond(SAID, replace(TALK, done=("book_appointment",)))) == CLAIM


def test_a_claim_that_is_cut_off_is_not_spoken(respond, model):
    """When the model fails in the middle, what was held back stays unsaid."""
    model.scripts = [["I have ", "booked", model_failure()]]
    directives = respond(SAID)
    assert "booked" not in _text(directives)
    assert directives[-1] == Hangup("model_failed")


ANSWER = "We are open from nine to five on weekdays."


def _asked_again(text="When are you open then?"):
    history = (Heard("When are you open?"), Spoken(ANSWER))
    return CallerSaid(text), replace(TALK, history=history)


def test_the_same_answer_is_not_given_twice(respond, model):
    """The model is asked for other words before a word of it was spoken."""
    event, conversation = _asked_again()
    model.scripts = [["We are open ", "from nine to five", " on weekdays."], ["On Saturday we are closed."]]
    directives = respond(event, conversation)
    assert (_text(directives), _corrected(directives)) == ("On Saturday we are closed.", [ANSWER])


def test_an_answer_that_only_begins_the_same_is_given(respond, model):
    """It is let through with the first word that differs."""
    event, conversation = _asked_again()
    model.scripts = [["We are open ", "from ten on Sundays."]]
    assert _text(respond(event, conversation)) == "We are open from ten on Sundays."


AGAIN = ["Repeat that?", "What?", "Noch einmal bitte", "¿Cómo dice?", "Pardon", "Sorry, when are you open?"]


@pytest.mark.parametrize("text", AGAIN)
def test_who_wants_to_hear_it_again_hears_it_again(respond, model, text):
    """The same answer is right where it was asked for."""
    event, conversation = _asked_again(text)
    model.scripts = [[ANSWER]]
    assert _text(respond(event, conversation)) == ANSWER


@pytest.mark.parametrize(
    ("has_colleague", "words", "reason"),
    [(True, Sentence.OFFER_COLLEAGUE, "colleague_offered"), (False, Sentence.OTHER_WORDS, "")],
)
def test_a_model_that_only_repeats_itself_is_replaced(respond, model, has_colleague, words, reason):
    """A colleague is offered where there is one; else the caller is asked for other words."""
    event, conversation = _asked_again()
    history = (*conversation.history, Heard("And when?"), Spoken(ANSWER))
    model.scripts = [[ANSWER]]
    directives = respond(event, replace(conversation, history=history, has_colleague=has_colleague))
    assert (_text(directives), directives[-1]) == (sentence(words), Listen(reason))


def test_an_answer_that_was_asked_for_again_is_given_after_an_action_too(respond, model):
    """What was looked up in between changes nothing."""
    event, conversation = _asked_again("Can you repeat that?")
    model.scripts = [[NOTE], [ANSWER]]
    assert _text(respond(event, replace(conversation, has_colleague=True))) == ANSWER


def test_an_answer_that_is_right_again_is_given(respond, model):
    """A model that stays with it, asked once more, is believed; nobody is offered a colleague for it."""
    event, conversation = _asked_again()
    model.scripts = [[ANSWER]]
    directives = respond(event, replace(conversation, has_colleague=True))
    assert (_text(directives), directives[-1]) == (ANSWER, Listen())


def test_what_waited_for_its_act_is_said_once(respond, model):
    """The model knows that it was spoken; if it says it again, only what follows is."""
    model.scripts = [[CLAIM, BOOK], [f"{CLAIM} See you then."]]
    assert _text(respond(SAID)) == f"{CLAIM} See you then."
    assert model.requests[1].messages[-1] == Spoken(f"{CLAIM} ")


def test_an_answer_that_was_said_with_its_act_needs_no_other(respond, model):
    """Nothing is spoken in its place."""
    model.scripts = [[CLAIM, BOOK], [CLAIM]]
    directives = respond(SAID)
    assert (_text(directives), _corrected(directives), directives[-1]) == (CLAIM, [], Listen())


def test_an_action_bears_out_what_it_declares(respond, model):
    """Not what its name says."""
    booking = ToolSpec("book_appointment", "Book.", {}, backs=("noted",))
    model.scripts = [[CLAIM], ["Not yet."]]
    assert _text(respond(SAID, replace(TALK, tools=(booking,), done=("book_appointment",)))) == "Not yet."


def test_actions_declare_claims_that_exist():
    """Every value is one of `Claim`; ending the call bears out nothing."""
    declared = {tool.name: tool.backs for tool in conversation_tools()}
    assert declared[END_TOOL] == ()
    assert {Claim(claim) for backs in declared.values() for claim in backs or ()} == {Claim.PUT_THROUGH}
