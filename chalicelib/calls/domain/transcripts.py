"""What has been said in a call so far, for somebody who reads along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.states import CallState
    from chalicelib.calls.domain.turns import Turn

# A turn can be closed, and an interruption be told, when the next ones have already begun.
_UNSETTLED = 4


@dataclass(frozen=True)
class Transcript:
    """Turns of a call, in order; ask again from `next_since` on while there can be `more`.

    A turn that is given again may have grown, or been cut to what was heard: it replaces the earlier one.
    """

    call_id: str
    state: CallState
    turns: tuple[Turn, ...]
    next_since: int
    more: bool


def transcript_since(call: Call, turns: tuple[Turn, ...], since: int) -> Transcript:
    """Tell what was said from the turn `since` on; `call` was read before the turns."""
    is_open = any(turn.answer is None for turn in turns[-_UNSETTLED:])
    more = not call.is_over or (is_open and call.finished_at is None)
    return Transcript(call.id, call.state, turns, _settled_until(turns, since), more)


def _settled_until(turns: tuple[Turn, ...], since: int) -> int:
    """Give the first number whose turn can still change: the last but one, or one that is being answered."""
    newest = turns[-_UNSETTLED:]
    unsettled = [turn.number for turn in newest if turn.answer is None]
    unsettled += [turn.number for turn in newest[-2:]]
    return min(unsettled, default=since)
