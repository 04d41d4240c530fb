"""What follows an answer of the model: its actions are carried out, its claims judged, the turn may end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.answering import corrected, corrections, settled, spoken
from chalicelib.ai.domain.conversation import (
    END_TOOL,
    OPT_OUT_TOOL,
    TRANSFER_TOOL,
    Corrected,
    Hangup,
    Listen,
    Say,
    ToolResult,
    ToolUsed,
    Transfer,
)
from chalicelib.ai.domain.endings import done_or, each, fixed
from chalicelib.ai.domain.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Generator

    from chalicelib.ai.domain.answering import Answer
    from chalicelib.ai.domain.conversation import Conversation, Directive, UseTool
    from chalicelib.ai.domain.endings import Responding

    # The conversation as it is after one question to the model, and how the turn ends if it does.
    Round = Generator[Directive, ToolResult | None, tuple[Conversation, Responding | None]]

# Actions that end a turn when they were granted.
_ENDINGS = frozenset({END_TOOL, OPT_OUT_TOOL, TRANSFER_TOOL})


def close(conversation: Conversation, answer: Answer, *, is_second: bool) -> Round:
    """End the turn, unless something was held back that the model shall say otherwise: once."""
    if not answer.withheld.strip() or answer.is_said:
        said = answer.echo.last if answer.is_said else answer.text
        return conversation, done_or(conversation, said, Sentence.REPEAT, Listen())
    if is_second and answer.is_echo:
        return conversation, each(corrections(conversation, answer))
    yield Corrected(answer.withheld.strip())
    if answer.text.strip():
        yield Say(" ", language=conversation.language)
    if is_second:
        return conversation, each(corrections(conversation, answer))
    return corrected(conversation, answer), None


def carry_out(conversation: Conversation, answer: Answer) -> Round:
    """Run the actions of an answer; some of them decide how the turn ends."""
    if answer.text.strip():
        yield Say(" ", language=conversation.language)
    conversation = spoken(conversation, answer.text)
    for use in answer.uses:
        result = (yield use) or ToolResult("", done=False)
        conversation = _told(conversation, use, result)
        if result.done and use.name in _ENDINGS:
            text = yield from _settle(conversation, answer)
            return conversation, _ending(conversation, use.name, answer.text + text)
    text = yield from _settle(conversation, answer)
    return spoken(conversation, text), None


def _told(conversation: Conversation, use: UseTool, result: ToolResult) -> Conversation:
    used = ToolUsed(use.id, use.name, use.arguments, result.text, done=result.done)
    done = (*conversation.done, use.name) if result.done else conversation.done
    return replace(conversation, history=(*conversation.history, used), done=done)


def _settle(conversation: Conversation, answer: Answer) -> Generator[Directive, ToolResult | None, str]:
    """Speak what waited for the actions of its answer, if they bear it out; give what was spoken."""
    directive = settled(conversation, answer)
    if directive is None:
        return ""
    yield directive
    return directive.text if isinstance(directive, Say) else ""


def _ending(conversation: Conversation, tool: str, said: str) -> Responding:
    if tool == OPT_OUT_TOOL:
        return fixed(conversation, Sentence.OPTED_OUT, Hangup("opted_out"))
    if tool == END_TOOL:
        return done_or(conversation, said, Sentence.GOODBYE, Hangup("agent_goodbye"))
    return done_or(conversation, said, Sentence.TRANSFERRING, Transfer("asked_for_person"))
