"""How one utterance of a caller sounded, and what it asked for; told without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.emergencies import is_emergency
from chalicelib.ai.domain.sentences import primary

if TYPE_CHECKING:
    from chalicelib.ai.domain.intents import Intent
    from chalicelib.ai.ports.ai import AiPorts


def judge(ai: AiPorts, text: str, language: str) -> tuple[Sentiment | None, Intent]:
    """Tell the mood and the intent of an utterance in the language of a tag.

    Words of danger to life are negative, however polite. The mood is None in a language that we have no list
    for. What this needs takes some 60 ms to load, once in a process: call it when the caller has been
    answered.
    """
    from chalicelib.ai.domain.intents import intent_of  # noqa: PLC0415  its patterns take long to compile

    return _mood(ai, text, primary(language)), intent_of(text)


def _mood(ai: AiPorts, text: str, language: str) -> Sentiment | None:
    from chalicelib.ai.domain.moods import has_mood_words, mood_of  # noqa: PLC0415

    if language != "en" and not has_mood_words(language):
        return None
    if is_emergency(text):
        return Sentiment.NEGATIVE
    return ai.lexicon.sentiment(text) if language == "en" else mood_of(text, language)
