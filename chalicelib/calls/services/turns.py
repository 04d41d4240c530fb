"""Taking a turn: what the caller did is stored, which fences older turns, and is then answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import (
    CallerPressed,
    CallerSaid,
    CallerSilent,
    Conversation,
)
from chalicelib.ai.domain.wording import pressed
from chalicelib.ai.engine import revokes_consent
from chalicelib.calls.domain.turns import (
    Turn,
    TurnEnd,
    TurnKind,
    history,
    interrupted_turn,
    silences_before_now,
)
from chalicelib.calls.services.performance import Performance
from chalicelib.calls.services.progress import get_call
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.ai.domain.conversation import CallerInterrupted
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Voice

SpokenEvent = CallerSaid | CallerPressed | CallerSilent
_MAX_TRIES = 5


@dataclass(frozen=True)
class TurnRequest:
    """What the caller did, when it reached us, and how long its transport lets us answer (seconds).

    A transport that counts turns names the number.
    """

    call_id: str
    event: SpokenEvent
    received_at: datetime
    time_limit_s: float
    number: int | None = None


def take_turn(calls: CallPorts, request: TurnRequest, voice_of: Callable[[Turn], Voice]) -> Turn | None:
    """Answer one event of the caller; give the turn, or None when the call cannot talk any more.

    A numbered turn that was taken before is not taken again: it is given as it was stored.
    """
    started = calls.clock.elapsed()
    opened = _open(calls, request)
    if opened is None:
        _honour_late_wish(calls, request)
        return None
    file, turn, is_new = opened
    if not is_new:
        return turn
    performance = Performance(
        calls,
        file,
        turn,
        voice_of(turn),
        started,
        request.time_limit_s,
        is_fenced=request.number is None,
    )
    done = performance.play(_conversation(calls, file), request.event)
    calls.turns.close(request.call_id, done)
    log("turn.taken", call_id=request.call_id, turn=turn.number, end=done.end, ms=done.timing.total_ms)
    return done


def _honour_late_wish(calls: CallPorts, request: TurnRequest) -> None:
    """Keep a wish not to be called that reached us when the call could not answer any more."""
    if revokes_consent(request.event):
        call = get_call(calls, request.call_id)
        stop_calling(calls, call.number, source=f"call:{call.id}")


def interrupt_turn(calls: CallPorts, call_id: str, event: CallerInterrupted, received_at: datetime) -> None:
    """Remember how far the agent was heard; whoever is still speaking that turn sees it and stops."""
    file = calls.book.load(call_id)
    turn = interrupted_turn(file.turns, received_at) if file else None
    if turn is not None:
        calls.turns.interrupt(call_id, turn.number, event.heard)
        log("turn.interrupted", call_id=call_id, turn=turn.number)


def _open(calls: CallPorts, request: TurnRequest) -> tuple[CallFile, Turn, bool] | None:
    """Take the next turn's number; whoever speaks an older turn must now stop."""
    for _ in range(_MAX_TRIES):
        file = calls.book.load(request.call_id)
        if file is None or file.brief is None or file.call.is_over:
            return None
        numbers = {turn.number: turn for turn in file.turns}
        if request.number in numbers:
            return file, numbers[request.number], False
        turn = _turn(request, request.number or max(numbers, default=0) + 1)
        if calls.turns.open(request.call_id, turn):
            return file, turn, True
    return None


def _turn(request: TurnRequest, number: int) -> Turn:
    match request.event:
        case CallerSaid(text=text, language=language):
            return Turn(number, TurnKind.SPEECH, request.received_at, said=text, language=language)
        case CallerPressed(digits=digits):
            return Turn(number, TurnKind.KEYS, request.received_at, said=pressed(digits))
        case CallerSilent():
            return Turn(number, TurnKind.SILENCE, request.received_at)


def _conversation(calls: CallPorts, file: CallFile) -> Conversation:
    if file.brief is None:
        raise AssertionError("a turn is only opened on a call with a brief")
    specs = calls.tool_specs
    return Conversation(
        instructions=file.brief.instructions,
        greeting=file.brief.greeting,
        history=history(file.turns),
        tools=tuple(specs[name] for name in file.brief.tools if name in specs),
        on_failure=file.brief.on_failure,
        silences=silences_before_now(file.turns),
        turns=len(file.turns),
        closing=bool(file.turns) and file.turns[-1].end is TurnEnd.HANG_UP,
    )
