"""Turns of a call, and the history and transcript that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, Heard, Message, Spoken, ToolUsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

GREETING_TURN = 0


class TurnKind(StrEnum):
    """What the turn answers."""

    GREETING = "greeting"
    SPEECH = "speech"
    KEYS = "keys"
    SILENCE = "silence"


class TurnEnd(StrEnum):
    """What came after the agent's words."""

    LISTEN = "listen"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"
    CUT = "cut"  # the caller spoke on, or over the agent: the rest was never sent


@dataclass(frozen=True)
class ToolRun:
    """An action of a turn as it was carried out; milliseconds by our clock."""

    id: str
    name: str
    arguments: str
    result: str
    done: bool
    took_ms: int


@dataclass(frozen=True)
class Timing:
    """Milliseconds from the caller's words reaching us; `model_ms` is the model's own first token."""

    model_ms: int | None = None
    first_words_ms: int | None = None
    total_ms: int | None = None


@dataclass(frozen=True)
class Turn:
    """What the caller did and what the agent answered; `heard` is set when it was talked over."""

    number: int
    kind: TurnKind
    received_at: datetime
    said: str = ""
    language: str = ""
    answer: str | None = None
    heard: str | None = None
    end: TurnEnd | None = None
    reason: str = ""
    tools: tuple[ToolRun, ...] = ()
    usage: Usage = field(default_factory=Usage)
    timing: Timing = field(default_factory=Timing)

    @property
    def spoken(self) -> str:
        """What the caller heard from the agent, as far as is known."""
        return (self.heard if self.heard is not None else self.answer) or ""


def history(turns: tuple[Turn, ...]) -> tuple[Message, ...]:
    """Tell the conversation so far as the model shall know it: what was heard, not what was written."""
    return tuple(message for turn in turns for message in _messages(turn))


def _messages(turn: Turn) -> Iterator[Message]:
    if turn.said:
        yield Heard(turn.said)
    for run in turn.tools:
        yield ToolUsed(run.id, run.name, run.arguments, run.result)
    if turn.spoken.strip():
        yield Spoken(turn.spoken.strip())


def silences_before_now(turns: tuple[Turn, ...]) -> int:
    """Count the silences in a row that end the conversation so far."""
    count = 0
    for turn in reversed(turns):
        if turn.kind is not TurnKind.SILENCE:
            break
        count += 1
    return count


def interrupted_turn(turns: tuple[Turn, ...], received_at: datetime) -> Turn | None:
    """Find the turn that an interruption belongs to: the last that began before it arrived.

    The carrier sends the interruption before the words that caused it, but each frame is served by a
    process of its own, so that the next turn may already stand when the interruption is looked at.
    """
    earlier = [turn for turn in turns if turn.received_at < received_at]
    return earlier[-1] if earlier else None


def opted_out(turns: tuple[Turn, ...]) -> bool:
    """Tell whether the caller's wish not to be called again was carried out, whatever was said after it."""
    return any(run.name == OPT_OUT_TOOL and run.done for turn in turns for run in turn.tools)


def transferred(turns: tuple[Turn, ...]) -> bool:
    """Tell whether the conversation was handed over to a person."""
    return any(turn.end is TurnEnd.TRANSFER for turn in turns)
