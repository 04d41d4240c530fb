"""What follows when a caller is handed over, or nobody was reached: steps beside the agent's directives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Directive
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.calls.domain.templates import WhenNobody

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164

_REACHED_NOBODY = {
    "busy": Sentence.COLLEAGUE_BUSY,
    "no_answer": Sentence.COLLEAGUE_NO_ANSWER,
    "declined": Sentence.COLLEAGUE_DECLINED,
}
_AFTERWARDS = {
    WhenNobody.AGENT: (Sentence.ANYTHING_ELSE,),
    WhenNobody.VOICEMAIL: (),
    WhenNobody.HANG_UP: (Sentence.CALL_AGAIN_LATER,),
}
# Why a caller is handed over when the AI itself cannot go on: then it is not the one to come back to.
_AGENT_UNABLE = ("model_", "opt_out_failed", "turn_failed", "internal_error", "spend", "fallback")


@dataclass(frozen=True)
class Bridge:
    """Dial the colleague through to the caller."""

    attempt_id: str
    number: E164


@dataclass(frozen=True)
class EnterRoom:
    """Let the caller wait in the call's room until the colleague comes."""

    attempt_id: str
    room_id: str
    participant_id: str


@dataclass(frozen=True)
class Resume:
    """Let the AI go on with the turn of this number, over the socket or by Gather."""

    next_turn: int
    by_relay: bool


@dataclass(frozen=True)
class TakeMessage:
    """Let the caller leave a message for us."""


Step = Directive | Bridge | EnterRoom | Resume | TakeMessage


def follow_up(wanted: WhenNobody, why: str) -> WhenNobody:
    """Say what follows when nobody was reached; an AI that could not go on is not gone back to."""
    if wanted is WhenNobody.AGENT and why.startswith(_AGENT_UNABLE):
        return WhenNobody.HANG_UP
    return wanted


def told(reason: str, following: WhenNobody) -> tuple[Sentence, ...]:
    """Give the sentences that say truly what became of a hand-over, and what follows."""
    return (_REACHED_NOBODY.get(reason, Sentence.COLLEAGUE_NOT_POSSIBLE), *_AFTERWARDS[following])


def noted(reason: str) -> str:
    """Tell the model what became of it, in words that no caller's speech can be mistaken for."""
    return f"[transfer: the colleague was not reached ({reason})]"
