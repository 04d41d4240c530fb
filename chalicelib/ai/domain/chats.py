"""Conversations in writing: what one is held by, its turns, and what of them the engine is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conduct import DEFAULT_CONDUCT, Conduct
from chalicelib.ai.domain.conversation import Heard, OnFailure, Spoken, ToolUsed
from chalicelib.ai.domain.privacy import caller_words
from chalicelib.ai.domain.sentences import LANGUAGES, primary
from chalicelib.ai.domain.tooling import agrees_to
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Sentiment
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.conversation import MenuKey, Message
    from chalicelib.ai.domain.tooling import ToolRun

# How long a chat takes messages after it began; a new one begins after that.
CHAT_LIFE = timedelta(hours=24)
CHAT_RULES = """
This conversation is a chat in writing, not a call: the person reads what you write, and there is no line to
hang up and no keypad. Write short plain sentences all the same.
"""
_MODEL_FAULT = "model_"


class ChatKind(StrEnum):
    """What a turn answers."""

    GREETING = "greeting"
    MESSAGE = "message"
    KEYS = "keys"
    SILENCE = "silence"


class ChatEnd(StrEnum):
    """What follows a turn: more messages, a colleague who takes over, or nothing."""

    LISTEN = "listen"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class ChatBrief:
    """What a chat is held by, filled in when it began; `max_spend` in micro-dollars, None: no limit.

    `preferred_language` is the person's, empty where nobody knows it.
    Without a call template `template_id` is empty, and there is neither a greeting nor an action.
    """

    instructions: str
    prompt_id: str
    prompt_version: int
    template_id: str = ""
    template_version: int = 0
    greeting: str = ""
    language: str = "en-US"
    languages: tuple[str, ...] = ()
    preferred_language: str = ""
    tools: tuple[str, ...] = ()
    menu: tuple[MenuKey, ...] = ()
    on_failure: OnFailure = OnFailure.HANG_UP
    has_colleague: bool = False
    time_zone: str = "UTC"
    max_spend: int | None = None
    conduct: Conduct = DEFAULT_CONDUCT


@dataclass(frozen=True)
class ChatTurn:
    """One message and its answer; `answer` and `end` are None until it is answered.

    `id` is of the request that brought the message; `corrected` are words of the model that were held back,
    as nothing bore them out. `sentiment` and `intent` are of the person's words alone. Milliseconds by our
    clock: `first_ms` until the first
    words of the answer (None: there were none), `total_ms` until its end.
    """

    id: str
    number: int
    kind: ChatKind
    received_at: datetime
    said: str = ""
    language: str = ""
    answer: str | None = None
    end: ChatEnd | None = None
    reason: str = ""
    tools: tuple[ToolRun, ...] = ()
    corrected: tuple[str, ...] = ()
    asked: tuple[ModelUse, ...] = ()
    first_ms: int | None = None
    total_ms: int | None = None
    sentiment: Sentiment | None = None
    intent: str = ""

    @property
    def usage(self) -> Usage:
        """All tokens that the turn consumed."""
        return sum((use.usage for use in self.asked), Usage())

    @property
    def is_last(self) -> bool:
        """Tell whether nothing follows; a model that failed may be asked again."""
        is_fault = self.end is ChatEnd.HANG_UP and self.reason.startswith(_MODEL_FAULT)
        return self.end in {ChatEnd.TRANSFER, ChatEnd.HANG_UP} and not is_fault


@dataclass(frozen=True)
class ChatHead:
    """A chat as lists show it: without its words. `end` is None while it takes messages.

    `contact_id` and `number` are empty when nobody knows who writes; `created_by` is who began it, as the
    audit log names them; `turns` counts them; `expires_at` is when all of it is forgotten. `is_deleted`: its
    deletion has begun, and may have broken off.
    """

    id: str
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    contact_id: str = ""
    number: str = ""
    created_by: str = ""
    template_id: str = ""
    prompt_id: str = ""
    turns: int = 0
    end: ChatEnd | None = None
    reason: str = ""
    is_deleted: bool = False

    def is_over(self, now: datetime) -> bool:
        """Tell whether it takes no more messages."""
        return self.end is not None or now >= self.created_at + CHAT_LIFE


@dataclass(frozen=True)
class Chat:
    """A chat with what it is held by, and its turns in order."""

    head: ChatHead
    brief: ChatBrief
    turns: tuple[ChatTurn, ...] = field(default=())

    @property
    def id(self) -> str:
        """The chat's id."""
        return self.head.id

    def after(self, turn: ChatTurn) -> Chat:
        """Give the chat as it is when this turn was taken."""
        turns = (*(each for each in self.turns if each.number != turn.number), turn)
        end = turn.end if turn.is_last else None
        head = replace(self.head, turns=len(turns), end=end, reason=turn.reason if end else "")
        return replace(self, head=head, turns=turns)


def languages_of(brief: ChatBrief) -> tuple[str, ...]:
    """Give the languages beside its own in which a chat is answered: without any of the template's, ours.

    To write in a language takes no voice that somebody has to choose.
    """
    return brief.languages or tuple(code for code in LANGUAGES if code != primary(brief.language))


def history(turns: tuple[ChatTurn, ...]) -> tuple[Message, ...]:
    """Tell the chat so far as the model shall know it."""
    return tuple(message for turn in turns for message in _messages(turn))


def _messages(turn: ChatTurn) -> Iterator[Message]:
    if turn.said:
        yield Heard(turn.said if turn.kind is ChatKind.KEYS else caller_words(turn.said))
    for run in turn.tools:
        yield ToolUsed(run.id, run.name, run.arguments, run.result, done=run.done)
    if turn.answer:
        yield Spoken(turn.answer)


def silences_before(turns: tuple[ChatTurn, ...]) -> int:
    """Count the turns in a row, up to now, in which nothing came."""
    count = 0
    for turn in reversed(turns):
        if turn.kind is not ChatKind.SILENCE:
            break
        count += 1
    return count


def agreed_runs(turns: tuple[ChatTurn, ...], turn: ChatTurn) -> tuple[ToolRun, ...]:
    """Give the actions that waited for a yes which this turn says; `turns` are those before it."""
    if not turns or turn.kind is not ChatKind.MESSAGE:
        return ()
    asked = turns[-1]
    is_agreed = agrees_to(asked.tools, asked.answer or "", turn.said)
    return tuple(run for run in asked.tools if run.held and is_agreed)


def place_of(head: ChatHead) -> str:
    """Give the place of a chat in lists by time, which is unique and sorts as text."""
    return f"{iso(head.created_at)}#{head.id}"
