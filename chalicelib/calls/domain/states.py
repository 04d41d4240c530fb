"""The states of a call and the one table of what moves it from one to another; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class CallState(StrEnum):
    """Where a call stands; a later state is never left for an earlier one, but by `TAKE_BACK`."""

    QUEUED = "queued"  # accepted; nobody has asked the carrier for it
    DIALING = "dialing"  # committed: the carrier is being asked, once and never again
    UNKNOWN = "unknown"  # the carrier's answer was lost: found out by callback or list, never by dialing
    RINGING = "ringing"  # the carrier has it
    IN_PROGRESS = "in_progress"  # somebody, or something, answered
    ENDED = "ended"  # nothing happens any more


class Signal(StrEnum):
    """What can be said to a call: first what we decide or find out, then what the carrier reports."""

    COMMIT = "commit"  # we are about to ask the carrier
    TAKE_BACK = "take_back"  # the carrier certainly did not accept, or was not asked
    UNSURE = "unsure"  # the carrier's answer was lost
    POSTPONE = "postpone"  # the call is to be dialed later
    REFUSE = "refuse"  # the rules forbid to dial it
    CANCEL = "cancel"  # nobody wants it any more
    NEVER_PLACED = "never_placed"  # the carrier refused it, or never had it
    FORGOTTEN = "forgotten"  # the carrier had it, and does not know it any more
    ACCEPT = "accept"  # statuses `queued`, `initiated`
    RING = "ring"  # status `ringing`
    ANSWER = "answer"  # statuses `answered`, `in-progress`
    END = "end"  # every last status


DUPLICATE, LATE, IMPOSSIBLE = "duplicate", "late", "impossible"


@dataclass(frozen=True)
class Transition:
    """What a signal does in a state.

    `duplicate`: the call is there already; `late`: it is past that; `impossible`: whoever says this has not
    looked at the call. These three change nothing.
    """

    name: str
    to: CallState

    @property
    def applies(self) -> bool:
        """Tell whether the signal is carried out."""
        return self.name not in {DUPLICATE, LATE, IMPOSSIBLE}


_STATES = tuple(CallState)
_QUEUED, _DIALING, _UNKNOWN, _RINGING, _IN_PROGRESS, _ENDED = _STATES


def _row(*cells: tuple[str, CallState] | str) -> Mapping[CallState, Transition]:
    """Give what a signal does in each state, in the order of states; a word alone stays where it is."""
    named = [
        (cell, state) if isinstance(cell, str) else cell for cell, state in zip(cells, _STATES, strict=True)
    ]
    return {state: Transition(*cell) for state, cell in zip(_STATES, named, strict=True)}


_FIND = ("find", _RINGING)
_ANSWER = ("answer", _IN_PROGRESS)
_END = ("end", _ENDED)
_GIVE_UP = ("give_up", _ENDED)
_FORGET = ("forget", _ENDED)

# Signals by states, from `queued` to `ended`.
TABLE: Mapping[Signal, Mapping[CallState, Transition]] = {
    Signal.COMMIT: _row(("commit", _DIALING), DUPLICATE, DUPLICATE, DUPLICATE, DUPLICATE, LATE),
    Signal.TAKE_BACK: _row(DUPLICATE, ("take_back", _QUEUED), IMPOSSIBLE, LATE, LATE, LATE),
    Signal.UNSURE: _row(IMPOSSIBLE, ("lose_answer", _UNKNOWN), DUPLICATE, LATE, LATE, LATE),
    Signal.POSTPONE: _row("postpone", LATE, LATE, LATE, LATE, LATE),
    Signal.REFUSE: _row(("refuse", _ENDED), LATE, LATE, LATE, LATE, LATE),
    Signal.CANCEL: _row(("cancel", _ENDED), LATE, LATE, LATE, LATE, LATE),
    Signal.NEVER_PLACED: _row(_GIVE_UP, _GIVE_UP, _GIVE_UP, LATE, LATE, LATE),
    Signal.FORGOTTEN: _row(IMPOSSIBLE, _FORGET, _FORGET, _FORGET, _FORGET, LATE),
    Signal.ACCEPT: _row(_FIND, ("accept", _RINGING), _FIND, DUPLICATE, LATE, LATE),
    Signal.RING: _row(_FIND, ("ring", _RINGING), _FIND, DUPLICATE, LATE, LATE),
    Signal.ANSWER: _row(_ANSWER, _ANSWER, _ANSWER, _ANSWER, DUPLICATE, LATE),
    Signal.END: _row(_END, _END, _END, _END, _END, DUPLICATE),
}


def transition(state: CallState, signal: Signal) -> Transition:
    """Give what this signal does in this state; every pair has its entry."""
    return TABLE[signal][state]
