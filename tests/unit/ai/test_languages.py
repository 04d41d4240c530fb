"""Which language a caller speaks, by words, by wish and by tag."""

from __future__ import annotations

import time

import pytest

from chalicelib.ai.domain.languages import language_note, language_of, language_spoken, wished_language

KNOWN = ("en-US", "es-US", "de-DE", "fr-FR")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I would like to book an appointment for tomorrow", "en"),
        ("What is your address?", "en"),
        ("Hola", "es"),
        ("Quiero hablar de mi cita de mañana", "es"),
        ("no me llame más por favor", "es"),
        ("¿Cuánto es y dónde están ustedes?", "es"),
        ("Guten Tag", "de"),
        ("Ich möchte einen Termin für morgen", "de"),
        ("Das geht leider nicht, haben Sie noch etwas anderes?", "de"),
        ("Bonjour", "fr"),
        ("Je voudrais prendre un rendez-vous demain", "fr"),
        ("C'est pour mon fils, il n'est pas bien", "fr"),
        ("Merci", "fr"),
        ("", ""),
        ("no", ""),
        ("ok", ""),
        ("Robert", ""),
        ("42 15", ""),
        ("ciao bella", ""),
    ],
)
def test_small_words_tell_a_language_and_nothing_else_does(text, language):
    """A language is told by its own small words; shared words, names and numbers tell none."""
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Can we speak German, please?", "de"),
        ("Do you speak Spanish?", "es"),
        ("¿Habla usted español?", "es"),
        ("Sprechen Sie Deutsch?", "de"),
        ("Können wir auf Englisch weiter sprechen? Lieber Englisch", "en"),
        ("Parlez-vous français ?", "fr"),
        ("In English, please.", "en"),
        ("Deutsch bitte", "de"),
        ("I don't speak Spanish", ""),
        ("No hablo inglés", ""),
        ("Je ne parle pas anglais", ""),
        ("I have a German shepherd", ""),
        ("My French teacher told me to call", ""),
    ],
)
def test_a_wish_for_a_language_is_heard_in_every_language(text, language):
    """Who asks for a language gets it; who says that they cannot speak it does not ask for it."""
    assert wished_language(text) == language


@pytest.mark.parametrize(
    ("before", "text", "tag", "spoken"),
    [
        ("", "Guten Tag, ich habe eine Frage", "de", "de-DE"),
        ("", "Ich habe eine Frage zu meinem Termin", "", "de-DE"),
        ("", "Ich habe eine Frage zu meinem Termin", "en-US", "de-DE"),
        ("", "Can we speak French please", "en", "fr-FR"),
        ("fr-FR", "ok", "en", "fr-FR"),
        ("fr-FR", "Robert", "", "fr-FR"),
        ("fr-FR", "what is the price of this", "en", "en-US"),
        ("", "Madrid", "es", "es-US"),
        ("de-DE", "va bene", "it", "de-DE"),
        ("", "va bene", "it", "it"),
        ("", "no", "es", "es-US"),
        ("", "", "", ""),
    ],
)
def test_wish_then_words_then_tag_decide_the_language(before, text, tag, spoken):
    """The caller's wish comes before their words, those before the carrier's tag; else it stays as it was."""
    assert language_spoken(KNOWN, before, text, tag) == spoken


@pytest.mark.parametrize(
    ("before", "text", "tag"),
    [
        ("en-US", "Gracias", ""),
        ("en-US", "Danke", "de-DE"),
        ("en-US", "Merci!", "fr-FR"),
        ("de-DE", "Hello?", "en-US"),
        ("de-DE", "Thanks", ""),
        ("es-US", "hello", ""),
        ("en-US", "Marie von der Heide", ""),
        ("en-US", "Von der Leyen", ""),
        ("en-US", "Las Vegas los angeles", ""),
        ("en-US", "Calle de las Flores 12 Los Angeles", ""),
        ("de-DE", "Le Château du Bois", ""),
        ("de-DE", "The Lord of the Rings", ""),
        ("en-US", "I'd prefer French windows", ""),
        ("en-US", "I prefer the German model", ""),
        ("de-DE", "Müller", "en-US"),
        ("en-US", "Miller", "de-DE"),
        ("en-US", "Peter Müller", "de-DE"),
        ("en-US", "--- ... !!!", "de-DE"),
    ],
)
def test_thanks_names_and_places_switch_no_language(before, text, tag):
    """Once a language is known, two words at most change nothing, whatever the carrier heard."""
    assert language_spoken(KNOWN, before, text, tag) == before


@pytest.mark.parametrize(
    ("before", "text", "tag", "spoken"),
    [
        ("en-US", "Spanish please", "", "es-US"),
        ("en-US", "Deutsch.", "", "de-DE"),
        ("en-US", "Können wir Deutsch sprechen?", "", "de-DE"),
        ("de-DE", "Können wir Englisch sprechen?", "", "en-US"),
        ("de-DE", "Ich möchte lieber Englisch sprechen", "", "en-US"),
        ("en-US", "I'd prefer French", "", "fr-FR"),
        ("en-US", "I'd prefer to speak French with you", "", "fr-FR"),
        ("en-US", "Quiero cambiar la cita", "", "es-US"),
        ("en-US", "Ich habe eine Frage", "en-US", "de-DE"),
        ("de-DE", "I would like to cancel", "", "en-US"),
        ("es-US", "Je voudrais un rendez-vous", "", "fr-FR"),
        ("en-US", "Mi nombre es Juan, quiero una cita", "", "es-US"),
        ("en-US", "Mañana Martínez domingo", "es-US", "es-US"),
    ],
)
def test_a_sentence_or_a_wish_still_switches(before, text, tag, spoken):
    """Into any language that the conversation has."""
    assert language_spoken(KNOWN, before, text, tag) == spoken


def test_a_script_without_spaces_is_not_short():
    """A sentence in Japanese is one word to us; the carrier's tag counts."""
    assert language_spoken(("en-US", "ja-JP"), "en-US", "予約を変更したいのですが", "ja-JP") == "ja-JP"


@pytest.mark.parametrize(
    "marks", ["...", "$", "\n", "- ", "[", " ' ", "?!", "in ", "speak in a little ", "können wir "]
)
def test_no_words_take_long_to_read(marks):
    """However many marks stand together, and however long the text is."""
    wished_language("warm up")
    started = time.process_time()
    wished_language(marks * 4000)
    assert time.process_time() - started < 0.06


def test_a_language_that_the_conversation_does_not_have_is_not_switched_to():
    """A template that has no German goes on in its own languages."""
    assert language_spoken(("en-US", "es-US"), "", "Sprechen Sie Deutsch? Ich bin der Neue.", "en") == "en-US"


def test_of_two_countries_of_a_language_the_one_that_was_heard_is_taken():
    """The carrier's tag chooses among several countries of the language that the words tell."""
    known = ("en-US", "de-DE", "de-AT")
    assert language_spoken(known, "", "Ich habe eine Frage", "de-AT") == "de-AT"
    assert language_spoken(known, "de-AT", "Ich habe eine Frage", "") == "de-AT"
    assert language_spoken(known, "", "Ich habe eine Frage", "") == "de-DE"


def test_the_model_is_told_a_language_by_its_name():
    """A model reads the language's English name, or the tag where there is none."""
    assert "Answer in German." in language_note("de-AT")
    assert "Answer in sw-KE." in language_note("sw-KE")
