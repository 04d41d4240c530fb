"""What an utterance asks for and how it sounds, told by rules in four languages."""

from __future__ import annotations

import pytest

from chalicelib.ai.adapters.lexicon import VaderLexicon
from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.intents import Intent, intent_of
from chalicelib.ai.services.judging import judge

INTENTS = {
    Intent.OPT_OUT: [
        "Stop calling me",
        "No me llame más",
        "Rufen Sie mich nicht mehr an",
        "Ne m'appelez plus",
    ],
    Intent.GOODBYE: ["Thanks, bye!", "Gracias, adiós", "Vielen Dank, auf Wiederhören", "Merci, au revoir"],
    Intent.CANCEL: [
        *("I have to cancel my appointment", "Quiero cancelar la cita"),
        *("Ich muss den Termin absagen", "Je dois annuler le rendez-vous"),
    ],
    Intent.RESCHEDULE: [
        *("Can we move the appointment to Friday?", "¿Puedo cambiar la cita?"),
        *("Ich möchte den Termin verschieben", "Je voudrais déplacer le rendez-vous"),
        *("can I move it to Friday", "Could you change it to 3 pm?", "¿podemos pasarla al viernes?"),
        *("Können wir ihn auf Freitag legen?", "On peut le décaler à vendredi ?"),
    ],
    Intent.CALLBACK: [
        *("Call me back tomorrow", "Llámeme más tarde", "Rufen Sie mich später an", "Rappelez-moi demain"),
    ],
    Intent.BOOKING: [
        *("I would like to book an appointment", "Quisiera una cita para mañana"),
        *("Ich hätte gern einen Termin", "Je voudrais un rendez-vous"),
        *("I would like to book", "Can I book for Monday?", "Quisiera reservar"),
        *("Ich möchte bei Ihnen buchen", "Je voudrais réserver"),
    ],
    Intent.PERSON: [
        *("Let me talk to a real person", "Quiero hablar con una persona"),
        *("Kann ich mit einem Menschen sprechen?", "Je veux parler à une personne"),
    ],
    Intent.COMPLAINT: [
        *(
            "This is unacceptable",
            "Quiero poner una queja",
            "Ich möchte mich beschweren",
            "C'est inadmissible",
        ),
    ],
    Intent.PRICE: ["How much is it?", "¿Cuánto cuesta?", "Was kostet das?", "C'est combien ?"],
    Intent.QUESTION: ["Where are you?", "¿Dónde están?", "Wann haben Sie offen?", "Quand ouvrez-vous ?"],
    Intent.NONE: [
        "I moved it to the garage",
        "He keeps his books here",
        "My name is Robert",
        "",
        "Mi nombre es Ana",
        "Ich heiße Robert",
        "Je m'appelle Robert",
    ],
}


@pytest.mark.parametrize(("intent", "text"), [(each, text) for each in INTENTS for text in INTENTS[each]])
def test_the_words_tell_what_is_wanted(intent, text):
    """One intent an utterance: the gravest that its words tell."""
    assert intent_of(text) is intent


@pytest.mark.parametrize(
    ("language", "text", "sentiment"),
    [
        ("en-US", "This is great, I love it", Sentiment.POSITIVE),
        ("en-GB", "This is terrible", Sentiment.NEGATIVE),
        ("en", "My name is Robert", Sentiment.NEUTRAL),
        ("en", "My card number is 12", Sentiment.NEUTRAL),
        ("en", "Please help, my husband is not breathing", Sentiment.NEGATIVE),
        ("de", "Danke, aber mein Mann atmet nicht", Sentiment.NEGATIVE),
        ("de-DE", "Das ist wirklich super, vielen Dank", Sentiment.POSITIVE),
        ("de", "Das ist nicht gut", Sentiment.NEGATIVE),
        ("de", "Das ist kein Problem", Sentiment.POSITIVE),
        ("es-US", "Estoy muy contenta, gracias", Sentiment.POSITIVE),
        ("es", "Qué servicio tan malo y lento", Sentiment.NEGATIVE),
        ("fr-FR", "C'est parfait", Sentiment.POSITIVE),
        ("fr", "Je suis très déçu, ça ne marche jamais", Sentiment.NEGATIVE),
        ("fr", "Je m'appelle Robert", Sentiment.NEUTRAL),
        ("ja", "ありがとう", None),
        ("", "Great", None),
    ],
)
def test_the_mood_is_told_in_the_callers_language(language, text, sentiment):
    """English by its lexicon, others by lists of words; nothing is guessed in any other language."""

    class Ports:
        lexicon = VaderLexicon()

    assert judge(Ports(), text, language)[0] is sentiment
