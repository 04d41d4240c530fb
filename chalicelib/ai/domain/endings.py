"""How a turn ends: with our own sentences, the template's or the model's, and what follows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Hangup, OnFailure, Say, Transfer
from chalicelib.ai.domain.saying import say_fixed
from chalicelib.ai.domain.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Generator

    from chalicelib.ai.domain.conversation import Conversation, Directive, Ending, ToolResult

    Responding = Generator[Directive, ToolResult | None, None]


def give_up(conversation: Conversation, reason: str) -> Responding:
    """Apologise for a failure, and hand over or hang up as the template says."""
    if conversation.on_failure is OnFailure.TRANSFER:
        yield from fixed(conversation, Sentence.APOLOGY_TRANSFER, Transfer(reason))
    else:
        yield from fixed(conversation, Sentence.APOLOGY, Hangup(reason))


def fixed(conversation: Conversation, key: Sentence, ending: Ending) -> Responding:
    """Say a fixed sentence in the caller's language, and end the turn."""
    yield say_fixed(conversation, key)
    yield ending


def own_or(conversation: Conversation, own: str, key: Sentence, ending: Ending) -> Responding:
    """Say the template's own words, or a fixed sentence where it has none."""
    return say(own, ending) if own else fixed(conversation, key, ending)


def done_or(conversation: Conversation, spoken: str, key: Sentence, ending: Ending) -> Responding:
    """End the turn; when the model has spoken nothing yet, with a fixed sentence."""
    if spoken.strip():
        return say("", ending, conversation.language)
    return fixed(conversation, key, ending)


def say(text: str, ending: Ending, language: str = "") -> Responding:
    """Close the talk with these words, and end the turn."""
    yield Say(text, last=True, language=language)
    yield ending


def each(directives: tuple[Directive, ...]) -> Responding:
    """Do what a rule decided."""
    yield from directives
