"""Taking a turn: what the caller did is stored, which fences older turns, and is then answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.ai.domain.conversation import CallerPressed, CallerSilent, CallerUnclear, Conversation
from chalicelib.ai.domain.wording import digits_of
from chalicelib.ai.engine import revokes_consent
from chalicelib.calls.domain.costs import estimated_spend
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.machines import other_end_of
from chalicelib.calls.domain.templates import language_heard, other_language
from chalicelib.calls.domain.turns import (
    TurnEnd,
    TurnKind,
    history,
    interrupted_turn,
    joined_keys,
    language_so_far,
    open_keys,
    opted_out,
    promised_transfer,
    silences_before_now,
)
from chalicelib.calls.domain.whereabouts import has_left
from chalicelib.calls.services.judging import judged
from chalicelib.calls.services.last_words import SpokenEvent, event_of, keep_last_words, keep_wish, turn_of
from chalicelib.calls.services.machines import note_turn
from chalicelib.calls.services.performance import Performance
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.ai.domain.conversation import CallerInterrupted, MenuKey
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Voice

_MAX_TRIES = 5
# What a last answer and our goodbye take (seconds).
_GOODBYE_S = 20


@dataclass(frozen=True)
class TurnRequest:
    """What the caller did, when it reached us, and how long its transport lets us answer (seconds).

    A transport that counts turns names the number. `is_check`: nobody brought this turn, we have found the
    caller silent, and speak over the socket. `retakes`: a process has died before it had spoken this turn.
    `has_gone`: the carrier says with it that the caller has hung up.
    """

    call_id: str
    event: SpokenEvent
    received_at: datetime
    time_limit_s: float
    number: int | None = None
    is_check: bool = False
    retakes: bool = False
    has_gone: bool = False

    @property
    def is_fenced(self) -> bool:
        """Tell whether a newer turn may overtake this one."""
        return self.number is None or self.is_check


class _Opened(NamedTuple):
    """A turn that has its number, in the call as it was before; `is_new`: it is ours to answer."""

    file: CallFile
    turn: Turn
    is_new: bool


def take_turn(calls: CallPorts, request: TurnRequest, voice_of: Callable[[Turn], Voice]) -> Turn | None:
    """Answer one event of the caller; give the turn, or None when the call cannot talk any more.

    A numbered turn that was taken before is not taken again: it is given as it was stored. What was said
    to a call that cannot talk any more is kept, and not answered.
    """
    started = calls.clock.elapsed()
    opened = _open(calls, request)
    if opened is None:
        _keep_unanswered(calls, request)
        return None
    if not opened.is_new:
        if revokes_consent(request.event, _menu_of(opened.file)) and not opted_out((opened.turn,)):
            keep_wish(calls, opened.file.call)  # whatever that turn was, they say it now
        return opened.turn
    return _answer(calls, opened, request, started, voice_of(opened.turn))


def resume_turn(calls: CallPorts, request: TurnRequest, voice_of: Callable[[Turn], Voice]) -> Turn | None:
    """Answer the rest of a turn of which only the filler was spoken; once, and given again as it was stored.

    The event of the request is not looked at: the turn says what it answers. None: the call cannot talk.
    """
    started = calls.clock.elapsed()
    file = calls.book.load(request.call_id)
    turn = next((turn for turn in file.turns if turn.number == request.number), None) if file else None
    if file is None or file.brief is None or file.call.is_over or turn is None:
        return None
    if turn.end is not None or not calls.turns.resume(request.call_id, turn.number):
        return turn
    before = tuple(earlier for earlier in file.turns if earlier.number < turn.number)
    opened = _Opened(replace(file, turns=before), turn, is_new=True)
    return _answer(calls, opened, replace(request, event=event_of(turn)), started, voice_of(turn))


def _answer(calls: CallPorts, opened: _Opened, request: TurnRequest, started: float, voice: Voice) -> Turn:
    file, turn, _ = opened
    conversation, event = _heard(calls, file, turn, request)
    limit = request.time_limit_s
    performance = Performance(calls, file, turn, voice, started, limit, is_fenced=request.is_fenced)
    done = performance.play(conversation, event)
    if request.is_fenced:  # who answers by a document has spoken when we are done: those are judged when read
        done = judged(calls, file, done)
    calls.turns.close(request.call_id, done)
    note_turn(calls, request.call_id, done)
    log("turn.taken", call_id=request.call_id, turn=turn.number, end=done.end, ms=done.timing.total_ms)
    return done


def _keep_unanswered(calls: CallPorts, request: TurnRequest) -> None:
    """Keep what was said when the call could not answer any more."""
    file = calls.book.load(request.call_id)
    number = request.number or 0
    heard = _turn(file, request, number) if file else turn_of(request.event, request.received_at, number)
    keep_last_words(calls, file, request.call_id, heard, has_gone=request.has_gone)


def _menu_of(file: CallFile | None) -> tuple[MenuKey, ...]:
    return file.brief.menu if file and file.brief else ()


def interrupt_turn(calls: CallPorts, call_id: str, event: CallerInterrupted, received_at: datetime) -> None:
    """Remember how far the agent was heard; whoever is still speaking that turn sees it and stops."""
    file = calls.book.load(call_id)
    turn = interrupted_turn(file.turns, received_at) if file else None
    if turn is not None:
        calls.turns.interrupt(call_id, turn.number, event.heard)
        log("turn.interrupted", call_id=call_id, turn=turn.number)


def _open(calls: CallPorts, request: TurnRequest) -> _Opened | None:
    """Take the next turn's number; whoever speaks an older turn must now stop."""
    for _ in range(_MAX_TRIES):
        file = calls.book.load(request.call_id)
        if file is None or not _can_talk(file, request):
            return None
        numbers = {turn.number: turn for turn in file.turns}
        if request.number in numbers:
            known = numbers.pop(request.number)
            before = replace(file, turns=tuple(numbers.values()))
            is_left = known.kind is TurnKind.SILENCE and known.end is None
            return _Opened(before, known, is_new=request.retakes and is_left)
        turn = _turn(file, request, request.number or max(numbers, default=0) + 1)
        if calls.turns.open(request.call_id, turn):
            return _Opened(file, turn, is_new=True)
    return None


def _can_talk(file: CallFile, request: TurnRequest) -> bool:
    """Tell whether this can be answered: not after the call, nor noise while somebody is being answered.

    Who was handed over, or talks to a machine of ours, is not with us: their silence is none.
    """
    if file.brief is None or file.call.is_over or request.has_gone:
        return False
    if request.is_check:
        return not (has_happened(file.call, Happening.RELAY_LOST) or has_left(file.call))
    is_noise = isinstance(request.event, CallerUnclear) and request.number is None
    return not (is_noise and file.turns and file.turns[-1].end is None)


def _turn(file: CallFile, request: TurnRequest, number: int) -> Turn:
    turn = _turn_of(file, request, number)
    brief, tag = file.brief, turn.language
    if brief is None:
        return turn
    before = language_so_far(file.turns) if brief.languages else ""
    is_speech = turn.kind is TurnKind.SPEECH
    return replace(turn, language=language_heard(brief, before, turn.said, tag) if is_speech else before)


def _turn_of(file: CallFile, request: TurnRequest, number: int) -> Turn:
    turn = turn_of(request.event, request.received_at, number)
    ends_keys = turn.kind is TurnKind.SILENCE and _open_keys(file, request.received_at, request)
    return replace(turn, kind=TurnKind.KEYS) if ends_keys else turn


def _open_keys(file: CallFile, at: datetime, request: TurnRequest) -> tuple[Turn, ...]:
    return open_keys(file.turns, at, _menu_of(file), may_be_late=request.is_fenced)


def _heard(
    calls: CallPorts, file: CallFile, turn: Turn, request: TurnRequest
) -> tuple[Conversation, SpokenEvent]:
    """Put keys together with those before them; after keys, silence says that there are no more.

    A transport that counts turns has collected all that followed the first key.
    """
    event = request.event
    before = _open_keys(file, turn.received_at, request) if turn.kind is TurnKind.KEYS else ()
    if turn.kind is TurnKind.KEYS:
        digits = digits_of(turn.said)
        number, is_complete = joined_keys(before, digits, turn.received_at)
        has_all = bool(before) and not request.is_fenced
        event = CallerPressed(number, is_complete or has_all or len(digits) != 1)
    earlier = tuple(turn for turn in file.turns if turn not in before)
    conversation = _conversation(calls, replace(file, turns=earlier), event)
    return replace(conversation, language=other_language(file.brief, turn.language)), event


def _conversation(calls: CallPorts, file: CallFile, event: SpokenEvent) -> Conversation:
    """Tell the engine what it needs; silence and noise need no model, and neither its tools nor its price."""
    if file.brief is None:
        raise AssertionError("a turn is only opened on a call with a brief")
    asks_model = not isinstance(event, CallerSilent | CallerUnclear)
    specs = calls.tool_specs if asks_model else {}
    return Conversation(
        instructions=file.brief.instructions,
        greeting=file.brief.greeting,
        history=history(file.turns),
        tools=tuple(specs[name] for name in file.brief.tools if name in specs),
        on_failure=file.brief.on_failure,
        silences=silences_before_now(file.turns),
        turns=len(file.turns),
        closing=bool(file.turns) and file.turns[-1].end is TurnEnd.HANG_UP,
        menu=file.brief.menu,
        has_colleague=bool(file.brief.transfer_to),
        is_spent=asks_model and _is_spent(calls, file),
        promised=promised_transfer(file.turns),
        other_end=other_end_of(file),
        conduct=file.brief.conduct,
        reasons=tuple(turn.reason for turn in file.turns),
        done=tuple(run.name for turn in file.turns for run in turn.tools if run.done),
        is_late=asks_model and _is_late(calls, file),
        own_language=file.brief.language,
        languages=file.brief.languages,
        number=file.call.number,
    )


def _is_late(calls: CallPorts, file: CallFile) -> bool:
    """Tell whether the carrier is about to cut the call, so that there is just time for a goodbye."""
    if file.brief is None or file.brief.max_duration_s is None or file.call.answered_at is None:
        return False
    lasted_s = (calls.clock.now() - file.call.answered_at).total_seconds()
    return lasted_s >= file.brief.max_duration_s - _GOODBYE_S


def _is_spent(calls: CallPorts, file: CallFile) -> bool:
    """Tell whether the call has cost what it may, as far as we can tell now."""
    if file.brief is None or file.brief.max_spend is None:
        return False
    asked = file.asked(calls.ai.model.name)
    spend = estimated_spend(file.call, file.brief.transport, asked, calls.clock.now())
    return spend >= file.brief.max_spend
