"""How one utterance of a caller sounded, and what it asked for; told without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.sentences import primary

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Sentiment
    from chalicelib.ai.domain.intents import Intent
    from chalicelib.ai.ports.ai import AiPorts


def judge(ai: AiPorts, text: str, language: str) -> tuple[Sentiment | None, Intent]:
    """Tell the mood and the intent of an utterance in the language of a tag.

    The mood is None in a language that we have no list for. What this needs takes some 60 ms to load, once in
    a process: call it when the caller has been answered.
    """
    from chalicelib.ai.domain.intents import intent_of  # noqa: PLC0415  its patterns take long to compile
    from chalicelib.ai.domain.moods import has_mood_words, mood_of  # noqa: PLC0415

    code = primary(language)
    if has_mood_words(code):
        return mood_of(text, code), intent_of(text)
    return ai.lexicon.sentiment(text) if code == "en" else None, intent_of(text)
