"""A caller who says nothing on a call held over the socket, which has no frame for silence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import CallerSilent, Hangup, Listen
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Voice

_TIME_LIMIT_S = 10.0
# A turn of silence is spoken within a moment; one that is open for longer was left by a process that died.
_DEAD_AFTER = timedelta(seconds=15)
# Any other is open as long as its answer takes, which is less than a function on the socket may run (29 s).
_TURN_DEAD_AFTER = timedelta(seconds=35)
_LEAVING = {TurnEnd.HANG_UP, TurnEnd.TRANSFER}


def check_silence(calls: CallPorts, call_id: str, number: int, voice_of: Callable[[Turn], Voice]) -> None:
    """Ask whether somebody is there, when nothing was said since the turn of this number; safe to repeat.

    The silence is the turn that follows: whoever takes its number first has it, so that a caller who spoke
    meanwhile wins, and a message that comes twice speaks once. Whoever waits for an answer that does not
    come, because its process died, is not asked: the session is ended, and its end apologises.
    """
    now = calls.clock.now()
    newest, *others = calls.turns.since(call_id, number) or (None,)
    if newest is None or newest.number != number or newest.end in _LEAVING:
        return
    has_died = len(others) == 1 and _has_died(others[0], now)
    if others and not has_died:
        _look_after(newest, others, now, voice_of)
        return
    request = TurnRequest(
        call_id, CallerSilent(), now, _TIME_LIMIT_S, number + 1, is_check=True, retakes=has_died
    )
    take_turn(calls, request, voice_of)


def _look_after(last: Turn, others: list[Turn], now: datetime, voice_of: Callable[[Turn], Voice]) -> None:
    """Look again later at turns none of which was answered yet; when they cannot be any more, leave."""
    if others[-1].kind is TurnKind.SILENCE or any(turn.end is not None for turn in others):
        return
    if now - others[-1].received_at > _TURN_DEAD_AFTER:
        log("turn.dead", turn=others[-1].number)
        voice_of(others[-1]).utter(Hangup("turn_failed"))
    else:
        voice_of(last).utter(Listen())


def _has_died(turn: Turn, now: datetime) -> bool:
    """Tell whether a turn is an attempt to ask that was never finished."""
    is_open = turn.kind is TurnKind.SILENCE and turn.end is None
    return is_open and now - turn.received_at > _DEAD_AFTER
