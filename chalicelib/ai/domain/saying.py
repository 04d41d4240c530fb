"""Fixed sentences as directives, in the language in which the caller is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Say
from chalicelib.ai.domain.sentences import has_sentences, sentence

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Conversation
    from chalicelib.ai.domain.sentences import Sentence


def say_fixed(conversation: Conversation, key: Sentence, /, **values: str) -> Say:
    """Close the agent's talk with a fixed sentence, in the caller's language if we have it there.

    Otherwise it is in the call's own language, or in English.
    """
    other = fixed_language(conversation.language)
    return Say(sentence(key, other or conversation.own_language, **values), last=True, language=other)


def fixed_language(language: str) -> str:
    """Give the tag under which a fixed sentence is spoken to a caller answered in `language`; empty: none."""
    return language if has_sentences(language) else ""
