"""What is answered by rule: danger, insults, talks that go round in circles, and ceilings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.ai.domain.abuse import is_abusive
from chalicelib.ai.domain.conduct import Conduct, OnAbuse, OnEmergency
from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerUnclear,
    Conversation,
    Hangup,
    Heard,
    Listen,
    Say,
    Spoken,
    Transfer,
)
from chalicelib.ai.domain.emergencies import emergency_number, is_emergency
from chalicelib.ai.domain.sentences import Sentence, sentence

TALK = Conversation("Be brief.", "Hello.")
INSULT = CallerSaid("You are an idiot.")
DANGER = CallerSaid("My husband is having a heart attack!")


def _said(key, language="en", **values):
    return Say(sentence(key, language, **values), last=True)


@pytest.mark.parametrize(
    "text",
    [
        "You stupid idiot",
        "Fuck you!",
        "Go to hell",
        "you're such a moron",
        "Eres un idiota",
        "Vete a la mierda",
        "Hijo de puta",
        "Du bist ein Arschloch",
        "Fick dich",
        "Halt die Fresse",
        "Espèce de connard",
        "Ta gueule",
        "Tu es un imbécile",
        "T\u2019es vraiment con",
        "I will kill you",
    ],
)
def test_an_insult_is_one(text):
    """Four languages; threats too."""
    assert is_abusive(text)


@pytest.mark.parametrize(
    "text",
    [
        "This is fucking expensive",
        "Your service is shit",
        "I feel like an idiot",
        "You sent the wrong stupid part",
        "My ex called me a bitch",
        "That is a stupid question, sorry",
        "Das ist doch Scheiße",
        "Qué tontería",
        "C'est de la merde",
        "Are you a robot?",
        "You are not very helpful",
    ],
)
def test_anger_is_no_insult(text):
    """Swearing about things, and harsh words about the service, are answered like any others."""
    assert not is_abusive(text)


@pytest.mark.parametrize(
    "text",
    [
        "This is an emergency",
        "I can't breathe",
        "Call an ambulance please",
        "My house is on fire",
        "I want to kill myself",
        "He is unconscious",
        "Es una emergencia",
        "No puedo respirar",
        "Necesito una ambulancia",
        "Das ist ein Notfall",
        "Rufen Sie bitte einen Krankenwagen",
        "Ich bekomme keine Luft",
        "C'est une urgence",
        "Appelez une ambulance",
        "Il fait une crise cardiaque",
    ],
)
def test_danger_is_noticed(text):
    """Four languages; no model has to understand it."""
    assert is_emergency(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is not an emergency",
        "Who is your emergency contact?",
        "I need an emergency plumber",
        "I had a heart attack three years ago",
        "Kein Notfall, keine Sorge",
        "No es una emergencia",
        "Ce n'est pas une urgence",
        "I am dying to hear your offer",
        "What do you sell?",
    ],
)
def test_other_talk_is_no_danger(text):
    """What takes it back, or tells of something else, is answered by the model."""
    assert not is_emergency(text)


@pytest.mark.parametrize(
    ("language", "number"),
    [("en-US", "911"), ("en-GB", "999"), ("en-AU", "000"), ("de-DE", "112"), ("es-MX", "911"), ("fr", "112")],
)
def test_the_number_is_of_the_country(language, number):
    """Where the call's language is spoken."""
    assert emergency_number(language) == number


@pytest.mark.parametrize(
    ("phone", "language", "number"),
    [
        ("+4915112345678", "en-US", "112"),
        ("+447700900123", "en-US", "999"),
        ("+14155550123", "de-DE", "911"),
        ("+593991234567", "en-GB", "911"),
        ("+818012345678", "en-GB", "999"),  # we do not know the number of there
    ],
)
def test_the_number_is_of_where_the_person_is(respond, phone, language, number):
    """Whatever language the template speaks: who has a phone of another country is told what works there."""
    conversation = replace(TALK, own_language=language, number=phone, is_written=True)
    assert number in respond(DANGER, conversation)[0].text


@pytest.mark.parametrize(
    ("reaction", "has_colleague", "ending"),
    [
        (OnEmergency.GO_ON, True, Listen("emergency")),
        (OnEmergency.HANG_UP, True, Hangup("emergency")),
        (OnEmergency.TRANSFER, True, Transfer("emergency")),
        (OnEmergency.TRANSFER, False, Listen("emergency")),
    ],
)
def test_danger_is_answered_with_the_number(respond, model, reaction, has_colleague, ending):
    """At once and without a model; what follows is the template's choice, if it can be done."""
    conversation = replace(TALK, conduct=Conduct(on_emergency=reaction), has_colleague=has_colleague)
    assert respond(DANGER, conversation) == [_said(Sentence.EMERGENCY, number="9 1 1"), ending]
    assert model.requests == []


def test_the_template_has_words_of_its_own_for_danger(respond):
    """Its own text is said as it is."""
    conversation = replace(TALK, conduct=Conduct(emergency_text="Dial 112."))
    event = CallerUnclear("... he is unconscious")
    assert respond(event, conversation)[0] == Say("Dial 112.", last=True)


@pytest.mark.parametrize(
    "conversation",
    [replace(TALK, reasons=("", "emergency")), replace(TALK, conduct=Conduct(on_emergency=OnEmergency.OFF))],
)
def test_danger_is_left_to_the_model_once_it_was_told(respond, model, conversation):
    """The sentence is said once; and never where the template does not want it."""
    respond(DANGER, conversation)
    assert len(model.requests) == 1


def test_an_insult_is_warned_of_once(respond, model):
    """The first one, without a model."""
    assert respond(INSULT, TALK) == [_said(Sentence.ABUSE_WARNING), Listen("abuse_warned")]
    assert model.requests == []


@pytest.mark.parametrize(
    ("on_abuse", "has_colleague", "words", "ending"),
    [
        (OnAbuse.HANG_UP, True, Sentence.ABUSE_GOODBYE, Hangup("abuse")),
        (OnAbuse.TRANSFER, True, Sentence.TRANSFERRING, Transfer("abuse")),
        (OnAbuse.TRANSFER, False, Sentence.ABUSE_GOODBYE, Hangup("abuse")),
    ],
)
def test_the_second_insult_has_consequences(respond, on_abuse, has_colleague, words, ending):
    """The template says which; nobody is put through where there is nobody."""
    conduct = Conduct(on_abuse=on_abuse)
    warned = replace(TALK, conduct=conduct, has_colleague=has_colleague, reasons=("abuse_warned", ""))
    assert respond(INSULT, warned) == [_said(words), ending]


def test_insults_may_be_left_to_the_model(respond, model):
    """Where the template wants that."""
    respond(INSULT, replace(TALK, conduct=Conduct(on_abuse=OnAbuse.GO_ON)))
    assert len(model.requests) == 1


@pytest.mark.parametrize("text", ["Stop calling me, you idiot!", "I can't breathe, and never call me again!"])
def test_a_wish_not_to_be_called_comes_before_everything(respond, text):
    """However it is worded."""
    assert respond(CallerSaid(text), replace(TALK, reasons=("abuse_warned",)))[-1] == Hangup("opted_out")


THRICE = "I want my money back."


def _insisting(**changes):
    history = (Heard(THRICE), Heard(THRICE.upper()))
    return replace(TALK, history=history, **changes)


def test_who_says_the_same_three_times_is_offered_a_colleague(respond, model):
    """Word for word, whatever the case; and only once."""
    conversation = _insisting(has_colleague=True)
    assert respond(CallerSaid(THRICE), conversation)[-1] == Listen("colleague_offered")
    assert model.requests == []
    respond(CallerSaid(THRICE), replace(conversation, reasons=("colleague_offered", "")))
    assert len(model.requests) == 1


def test_without_a_colleague_the_model_is_told(respond, model):
    """It learns that its answers have not helped."""
    respond(CallerSaid(THRICE), _insisting())
    assert "for the third time" in model.requests[0].instructions
    respond(CallerSaid("Something else entirely."), _insisting())
    assert "for the third time" not in model.requests[1].instructions


def test_short_words_may_come_three_times(respond, model):
    """Yes, yes, yes."""
    respond(CallerSaid("Yes."), replace(TALK, history=(Heard("Yes."), Heard("Yes.")), has_colleague=True))
    assert len(model.requests) == 1


@pytest.mark.parametrize(
    ("text", "reasons", "asked"),
    [
        ("Yes, please.", ("", "colleague_offered"), 0),
        ("No, thank you.", ("", "colleague_offered"), 1),
        ("Yes, please.", ("colleague_offered", ""), 1),
    ],
)
def test_a_yes_to_the_offer_puts_the_caller_through(respond, model, text, reasons, asked):
    """Only right after it; anything else goes to the model."""
    directives = respond(CallerSaid(text), replace(TALK, reasons=reasons, has_colleague=True))
    assert (directives[-1] == Transfer("asked_for_person")) is (asked == 0)
    assert len(model.requests) == asked


@pytest.mark.parametrize("event", [CallerSaid("And what about Monday?"), CallerPressed("4")])
@pytest.mark.parametrize(
    ("changes", "ending"),
    [({"is_late": True}, Hangup("duration_limit")), ({"is_spent": True}, Hangup("spend_limit"))],
)
def test_a_call_at_its_ceiling_ends_politely(respond, model, event, changes, ending):
    """Before the carrier cuts it, with a goodbye, and without a model."""
    directives = respond(event, replace(TALK, **changes))
    assert directives[0].text.endswith("oodbye.")
    assert directives[-1] == ending
    assert model.requests == []


@pytest.mark.parametrize("text", ["That's right.", "No, thank you.", "Yes, that is correct."])
def test_agreement_and_thanks_may_come_three_times(respond, model, text):
    """Each time to something else."""
    respond(CallerSaid(text), replace(TALK, history=(Heard(text), Heard(text)), has_colleague=True))
    assert len(model.requests) == 1


def test_who_gets_other_answers_does_not_insist(respond, model):
    """The same words fit other questions."""
    answers = (Heard(THRICE), Spoken("Which order is it?"), Heard(THRICE), Spoken("How did you pay?"))
    respond(CallerSaid(THRICE), replace(TALK, history=answers, has_colleague=True))
    assert len(model.requests) == 1
