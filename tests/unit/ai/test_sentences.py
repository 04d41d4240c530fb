"""The fixed sentences in every language, and which of them a caller hears."""

from __future__ import annotations

import re

import pytest

from chalicelib.ai.domain import wording
from chalicelib.ai.domain.conversation import Conversation, Say
from chalicelib.ai.domain.keys import offers
from chalicelib.ai.domain.languages import language_of
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence, english, french, german, has_sentences, sentence, spanish
from chalicelib.ai.domain.speaking import speakable

LANGUAGES = {"en": english, "de": german, "es": spanish, "fr": french}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", Sentence)
def test_each_sentence_exists_in_each_language(key, language):
    """With the same names to fill in, the same spaces around it, and nothing that a voice cannot say."""
    words, model = LANGUAGES[language].WORDS[key], english.WORDS[key]
    assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", model))
    assert (words[0] == " ", words[-1] == " ") == (model[0] == " ", model[-1] == " ")
    plain = re.sub(r"[{}]", "", words)
    assert speakable(plain, language) == plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_no_sentence_of_another(language):
    """What their small words tell of a sentence's language is never wrong."""
    assert {language_of(words) for words in LANGUAGES[language].WORDS.values()} <= {language, ""}


def test_a_tag_with_a_country_names_its_language():
    """English is spoken where we do not have a language."""
    assert sentence(Sentence.GOODBYE, "de-AT") == german.WORDS[Sentence.GOODBYE]
    assert sentence(Sentence.GOODBYE, "ja-JP") == sentence(Sentence.GOODBYE) == wording.GOODBYE
    assert has_sentences("fr_CA")
    assert not has_sentences("")


@pytest.mark.parametrize(
    ("own", "language", "said"),
    [
        ("en-US", "", Say("Are you still there?", last=True)),
        ("de-DE", "", Say("Sind Sie noch da?", last=True)),
        ("en-US", "fr-FR", Say("Êtes-vous toujours là ?", last=True, language="fr-FR")),
        ("de-DE", "ja-JP", Say("Sind Sie noch da?", last=True)),
        ("ja-JP", "", Say("Are you still there?", last=True)),
    ],
)
def test_a_fixed_sentence_is_in_the_callers_language_if_we_have_it(own, language, said):
    """Otherwise in the call's own, and by the voice of that language."""
    conversation = Conversation("", "", own_language=own, language=language)
    assert say_fixed(conversation, Sentence.STILL_THERE) == said


def test_keys_are_offered_in_the_callers_language():
    """As the end of the last question to somebody who is silent."""
    conversation = Conversation("", "", has_colleague=True, own_language="de-DE")
    words = say_fixed(conversation, Sentence.LAST_CHANCE, keys=offers(conversation)).text
    assert words == (
        "Ich kann Sie nicht gut hören. Bitte sagen Sie etwas, oder drücken Sie die 1 für einen Kollegen, "
        "oder die 9, wenn Sie nicht mehr angerufen werden möchten."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_fillers_change_from_turn_to_turn(language):
    """The same one is not heard twice in a row."""
    assert all(wording.filler(turn, language) != wording.filler(turn + 1, language) for turn in range(5))


@pytest.mark.parametrize(
    "text", ["Vielen Dank, auf Wiederhören!", "Gracias, igualmente, adiós", "Merci, bonne journée"]
)
def test_farewells_are_known_in_every_language(text):
    """Who only says goodbye needs no answer."""
    assert wording.is_farewell(text)
    assert not wording.is_farewell(f"{text} Robert")
