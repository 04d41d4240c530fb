"""Turns of a call, and the history and transcript that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.conduct import EMERGENCY
from chalicelib.ai.domain.conversation import OPT_OUT_TOOL, Heard, Message, Spoken, ToolUsed
from chalicelib.ai.domain.keys import acts_alone
from chalicelib.ai.domain.privacy import caller_words
from chalicelib.ai.domain.tooling import agrees_to
from chalicelib.ai.domain.wording import digits_of, is_agreement, pressed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.ai.domain.analysis import Sentiment
    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.conversation import MenuKey
    from chalicelib.ai.domain.tooling import ToolRun

GREETING_TURN = 0
# Keys that come no later than this after another belong together; also when a Gather collects the rest.
_KEYS_APART = timedelta(seconds=10)
# How long the socket waits for another key (seconds) before the model is told of those that came.
KEYS_PAUSE_S = 1.2
# How a turn ends of whose number more keys are awaited.
MORE_KEYS = "more_keys"
_ENDS_KEYS = "#"
# Why a turn has no answer whose words reached us when the call was over.
LAST_WORDS = "last_words"


class TurnKind(StrEnum):
    """What the turn answers."""

    GREETING = "greeting"
    SPEECH = "speech"
    KEYS = "keys"
    SILENCE = "silence"
    TRANSFER = "transfer"  # a hand-over that reached nobody came back
    UNCLEAR = "unclear"  # noise, or words that were hardly understood


class TurnEnd(StrEnum):
    """What came after the agent's words."""

    LISTEN = "listen"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"
    CUT = "cut"  # the caller spoke on, or over the agent: the rest was never sent


@dataclass(frozen=True)
class Timing:
    """Milliseconds from the caller's words reaching us; `model_ms` is the model's own first token."""

    model_ms: int | None = None
    first_words_ms: int | None = None
    total_ms: int | None = None


@dataclass(frozen=True)
class Turn:
    """What the caller did and what the agent answered; `heard` is set when it was talked over.

    `language` (BCP 47) is what the caller spoke in it. `sentiment` and `intent` are of their words alone.

    `filler` is what was said because the model was silent; the answer begins with it. `asked` are the
    questions to models that the turn took, of which `usage` is the sum. `corrected` are words of the model
    that were held back and never spoken: claims that nothing bore out, and answers given before.
    """

    number: int
    kind: TurnKind
    received_at: datetime
    said: str = ""
    language: str = ""
    answer: str | None = None
    heard: str | None = None
    filler: str = ""
    end: TurnEnd | None = None
    reason: str = ""
    tools: tuple[ToolRun, ...] = ()
    corrected: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    asked: tuple[ModelUse, ...] = ()
    timing: Timing = field(default_factory=Timing)
    sentiment: Sentiment | None = None
    intent: str = ""

    @property
    def spoken(self) -> str:
        """What the caller heard from the agent, as far as is known."""
        return (self.heard if self.heard is not None else self.answer) or ""


def history(turns: tuple[Turn, ...]) -> tuple[Message, ...]:
    """Tell the conversation so far as the model shall know it: what was heard, not what was written."""
    messages: list[Message] = []
    for turn in turns:
        for message in _messages(turn):
            _append(messages, message)
    return tuple(messages)


def _append(messages: list[Message], message: Message) -> None:
    """Add a message; keys that follow keys with no word between them are one number."""
    last = messages[-1] if messages else None
    if isinstance(message, Heard) and isinstance(last, Heard):
        earlier, later = digits_of(last.text), digits_of(message.text)
        if earlier and later:
            messages[-1] = Heard(pressed((earlier + later).rstrip(_ENDS_KEYS) or later))
            return
    messages.append(message)


def _messages(turn: Turn) -> Iterator[Message]:
    if turn.said:
        is_voice = turn.kind in {TurnKind.SPEECH, TurnKind.UNCLEAR}
        yield Heard(caller_words(turn.said) if is_voice else turn.said)
    for run in turn.tools:
        yield ToolUsed(run.id, run.name, run.arguments, run.result, done=run.done)
    if turn.spoken.strip():
        yield Spoken(turn.spoken.strip())


def silences_before_now(turns: tuple[Turn, ...]) -> int:
    """Count the turns in a row that end the conversation so far and were no answer: silence, or noise."""
    count = 0
    for turn in reversed(turns):
        if turn.kind not in {TurnKind.SILENCE, TurnKind.UNCLEAR}:
            break
        count += 1
    return count


def promised_transfer(turns: tuple[Turn, ...]) -> str:
    """Give why the caller was just told that they are put through; empty when they said more than thanks."""
    for turn in reversed(turns):
        if turn.end is TurnEnd.TRANSFER:
            return turn.reason
        is_pause = turn.kind is TurnKind.UNCLEAR or (turn.kind is TurnKind.SPEECH and is_agreement(turn.said))
        if not is_pause or turn.end not in {None, TurnEnd.CUT}:
            break
    return ""


def open_keys(
    turns: tuple[Turn, ...], at: datetime, menu: tuple[MenuKey, ...], *, may_be_late: bool
) -> tuple[Turn, ...]:
    """Give the turns that end the conversation so far with keys which a key pressed now, at `at`, continues.

    Nothing was said about them; or, where a key may be served late, they were pressed right before it: a `9`
    in the middle of a number must not be taken for a wish, however slow we are. A key that acts at once, as
    the first of its number, is no part of one.
    """
    number: list[Turn] = []
    for turn in _keys_before(turns, at, KEYS_PAUSE_S if may_be_late else 0):
        digits = digits_of(turn.said)
        if digits.endswith(_ENDS_KEYS):
            number = []
        elif number or not acts_alone(menu, digits):
            number.append(turn)
    return tuple(number)


def _keys_before(turns: tuple[Turn, ...], at: datetime, late_s: float) -> list[Turn]:
    """Give the turns of keys that belong to one pressed at `at`: none long before the next, in order."""
    found: list[Turn] = []
    for turn in reversed(turns):
        apart = timedelta(seconds=late_s) if turn.spoken.strip() else _KEYS_APART
        if turn.kind is not TurnKind.KEYS or not apart or abs(at - turn.received_at) > apart:
            break
        found.append(turn)
        at = turn.received_at
    return sorted(found, key=lambda turn: (turn.received_at, turn.number))


def joined_keys(turns: tuple[Turn, ...], digits: str, at: datetime) -> tuple[str, bool]:
    """Put keys together in the order in which they came; tell too whether `#` says that there are no more.

    Each key may be served by a process of its own, so that a later one can be taken before an earlier one.
    """
    pressings = [*((turn.received_at, digits_of(turn.said)) for turn in turns), (at, digits)]
    number = "".join(pressing for _, pressing in sorted(pressings, key=lambda pressing: pressing[0]))
    return number.rstrip(_ENDS_KEYS) or number, number.endswith(_ENDS_KEYS)


def language_so_far(turns: tuple[Turn, ...]) -> str:
    """Give the language (BCP 47) of what was said last, as far as it is known."""
    return next((turn.language for turn in reversed(turns) if turn.language), "")


def interrupted_turn(turns: tuple[Turn, ...], received_at: datetime) -> Turn | None:
    """Find the turn that an interruption belongs to: the last that began before it arrived.

    The carrier sends the interruption before the words that caused it, but each frame is served by a
    process of its own, so that the next turn may already stand when the interruption is looked at.
    """
    earlier = [turn for turn in turns if turn.received_at < received_at]
    return earlier[-1] if earlier else None


def agreed_runs(turns: tuple[Turn, ...], turn: Turn) -> tuple[ToolRun, ...]:
    """Give the actions to which the caller says yes in `turn`: those that the turn before asked about.

    Noise and silence in between change nothing. What was asked must have been heard: its question mark too.
    """
    count = silences_before_now(turns)
    asked = turns[-count - 1] if len(turns) > count else None
    if asked is None or turn.kind is not TurnKind.SPEECH or asked.end is not TurnEnd.LISTEN:
        return ()
    was_silent = any(each.kind is TurnKind.SILENCE for each in turns[len(turns) - count :])
    is_agreed = agrees_to(asked.tools, asked.spoken, turn.said, was_silent=was_silent)
    return tuple(run for run in asked.tools if run.held and is_agreed)


def opted_out(turns: tuple[Turn, ...]) -> bool:
    """Tell whether the caller's wish not to be called again was carried out, whatever was said after it."""
    return any(run.name == OPT_OUT_TOOL and run.done for turn in turns for run in turn.tools)


def emergencies(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Give the turns in which the caller spoke of danger to life, and was told whom to call."""
    return tuple(turn for turn in turns if turn.reason == EMERGENCY)
