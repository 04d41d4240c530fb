"""The fixed sentences of the agent, in every language that we speak without a model."""

from __future__ import annotations

from chalicelib.ai.domain.sentences import english, french, german, spanish
from chalicelib.ai.domain.sentences.keys import Sentence

__all__ = ["LANGUAGES", "Sentence", "has_sentences", "primary", "sentence"]

_WORDS = {"en": english.WORDS, "de": german.WORDS, "es": spanish.WORDS, "fr": french.WORDS}
# The languages in which we have all of them.
LANGUAGES = tuple(_WORDS)


def primary(language: str) -> str:
    """Give the language of a tag without its country: `de` of `de-AT` (BCP 47)."""
    return language.replace("_", "-").partition("-")[0].casefold()


def has_sentences(language: str) -> bool:
    """Tell whether we have our sentences in the language of this tag."""
    return primary(language) in _WORDS


def sentence(key: Sentence, language: str = "", /, **values: str) -> str:
    """Give a fixed sentence in the language of a tag, with `values` filled in; English where we have none."""
    words = _WORDS.get(primary(language), english.WORDS)[key]
    return words.format(**values) if values else words
