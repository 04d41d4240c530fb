"""Handing a caller over to a colleague, and taking them back when nobody was reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Hangup, Say, Transfer
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.handing import (
    Bridge,
    EnterRoom,
    Resume,
    TakeMessage,
    follow_up,
    noted,
    told,
)
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.rooms import (
    LEG_DEADLINE,
    LegState,
    Participant,
    Role,
    ask,
    fail,
    room_id_of,
    was_bridged,
)
from chalicelib.calls.domain.sayings import say_on
from chalicelib.calls.domain.templates import TransferMode, Transport, WhenNobody
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.attempts import attempt_of
from chalicelib.calls.services.rooms.legs import BY_OPERATOR, CALLER_GONE, give_up, objection_now
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.handing import Step
    from chalicelib.calls.domain.rooms import Room, RoomFile
    from chalicelib.calls.ports.calls import CallPorts

_MAX_TRIES = 5
_REACHED = frozenset({"completed", "answered"})
_REASONS = {"busy": "busy", "no-answer": "no_answer", "canceled": "canceled"}


@dataclass(frozen=True)
class Dialed:
    """How a dial ended: the carrier's word, its id of the leg, seconds, and whether the caller is gone."""

    status: str = ""
    sid: str = ""
    duration_s: int | None = None
    caller_gone: bool = False


def hand_over(calls: CallPorts, file: CallFile, directives: tuple[Directive, ...]) -> tuple[Step, ...]:
    """Carry out a hand-over among the directives; what the agent said before it is said first.

    Where the rules forbid the dial, the caller hears that nobody can be reached; once told, it stays so.
    """
    wish = next((each for each in directives if isinstance(each, Transfer)), None)
    if wish is None:
        return directives
    words = tuple(each for each in directives if isinstance(each, Say))
    steps = lead(calls, file, attempt_of(calls, file, wish.reason))
    pause = (Say(" "),) if words and isinstance(steps[0], Say) else ()
    return (*words, *pause, *steps)


def lead(calls: CallPorts, file: CallFile, attempt: Participant) -> tuple[Step, ...]:
    """Give what the caller's line does next: dial, wait in the room, or hear that nobody comes.

    What the carrier dials as soon as it reads our answer is asked about now, however old the wish is.
    """
    if attempt.mode == TransferMode.BLIND and attempt.is_expected:
        attempt = _allowed(calls, file, attempt)
    if attempt.state is LegState.FAILED:
        return _nobody(calls, file, attempt)
    if attempt.is_over:
        return (Hangup("transferred"),)
    _note(calls, file.call.id, Happening.TRANSFER_BEGUN, attempt, attempt.mode)
    room_id = room_id_of(file.call.id)
    if attempt.mode == TransferMode.BLIND:
        now = calls.clock.now()
        calls.rooms.move(room_id, attempt.id, lambda known: ask(known, now))
        return (Bridge(attempt.id, attempt.number),)
    caller_id = caller_of(attempt.id)
    caller = Participant(caller_id, file.call.number, Role.CALLER, attempt.asked_at, sid=file.call.sid)
    calls.rooms.add(room_id, replace(caller, contact_id=file.call.contact_id))
    calls.room_wakeups.see_to(RoomTask.CHECK, room_id, attempt.id, int(LEG_DEADLINE.total_seconds()))
    calls.room_wakeups.see_to(RoomTask.DIAL, room_id, attempt.id)
    return (EnterRoom(attempt.id, room_id, caller_id),)


def _allowed(calls: CallPorts, file: CallFile, attempt: Participant) -> Participant:
    there = calls.rooms.load(room_id_of(file.call.id))
    reason = objection_now(calls, there, attempt) if there else None
    return give_up(calls, there.room, attempt, reason) if there and reason else attempt


def caller_of(attempt_id: str) -> str:
    """Give the id under which the caller waits for this colleague."""
    return derived_id("participant", f"{attempt_id}:caller")


def seized(calls: CallPorts, file: CallFile, attempt_id: str) -> tuple[Step, ...]:
    """Hand a call over that an operator took from the AI."""
    there = calls.rooms.load(room_id_of(file.call.id))
    attempt = there.find(attempt_id) if there else None
    if attempt is None:
        raise NotFound(f"There is no hand-over {attempt_id}.", code="transfer_not_found")
    return _announced(file, lead(calls, file, attempt))


def taken(calls: CallPorts, file: CallFile) -> tuple[Step, ...]:
    """Hand a call over whose session ended because an operator took it; nothing when none did."""
    there = calls.rooms.load(room_id_of(file.call.id))
    attempt = there.attempt if there else None
    if attempt is None or attempt.why != BY_OPERATOR or not attempt.is_expected:
        return ()
    return _announced(file, lead(calls, file, attempt))


def _announced(file: CallFile, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Tell a caller whom the AI has not told that they are put through."""
    is_begun = isinstance(steps[0], Bridge | EnterRoom)
    return (say_on(file, Sentence.TRANSFERRING), *steps) if is_begun else steps


def came_back(calls: CallPorts, file: CallFile, attempt_id: str, dialed: Dialed) -> tuple[Step, ...]:
    """Decide what follows when the caller's line is done with a colleague: talked, or never reached one."""
    there = calls.rooms.load(room_id_of(file.call.id))
    attempt = (there.find(attempt_id) or there.attempt) if there else None
    if there is None or attempt is None:
        return (say_on(file, *told("failed", WhenNobody.HANG_UP)), Hangup("nobody_reached"))
    if attempt.mode == TransferMode.BLIND:
        attempt = _settle_blind(calls, there.room, attempt, dialed)
    elif not attempt.is_over:
        reason = CALLER_GONE if dialed.caller_gone else "ended"
        attempt = give_up(calls, there.room, attempt, reason, though_accepted=True)
    if attempt.state is not LegState.FAILED:
        _note(calls, file.call.id, Happening.TRANSFER_JOINED, attempt)
        return (Hangup("transferred"),)
    if dialed.caller_gone:
        _note(calls, file.call.id, Happening.TRANSFER_FAILED, attempt, attempt.reason)
        return (Hangup("caller_gone"),)
    return _nobody(calls, file, attempt)


def _settle_blind(calls: CallPorts, room: Room, attempt: Participant, dialed: Dialed) -> Participant:
    now = calls.clock.now()

    def settle(known: Participant) -> Participant:
        if known.is_over:
            return known
        known = replace(known, sid=dialed.sid, duration_s=dialed.duration_s)
        if dialed.status in _REACHED:
            return was_bridged(known, now)
        reason = CALLER_GONE if dialed.caller_gone else _REASONS.get(dialed.status, "failed")
        return fail(known, reason, now)

    return calls.rooms.move(room.id, attempt.id, settle)[1]


def joined(calls: CallPorts, room: Room, attempt: Participant) -> None:
    """Note that the colleague talks with the caller."""
    if room.call_id:
        _note(calls, room.call_id, Happening.TRANSFER_JOINED, attempt)


def bring_back(calls: CallPorts, there: RoomFile, attempt: Participant) -> None:
    """Take a caller out of the room for whom nobody came, unless they were told or are gone.

    Who never came there, because an operator's wish came to nothing, talks with the AI and is left alone.
    """
    call = calls.book.get(there.room.call_id) if attempt.state is LegState.FAILED else None
    if call is None or call.is_over or not call.sid:
        return
    waits = is_noted(call, Happening.TRANSFER_BEGUN, attempt)
    if waits and not is_noted(call, Happening.TRANSFER_FAILED, attempt):
        calls.switchboard.bring_back(call.id, call.sid, attempt.id)


def is_noted(call: Call, kind: Happening, attempt: Participant) -> bool:
    """Tell whether this has happened to a call in this attempt."""
    return any(event.key == _key(kind, attempt) for event in call.events)


def _nobody(calls: CallPorts, file: CallFile, attempt: Participant) -> tuple[Step, ...]:
    """Tell the caller what happened, and let follow what the template says."""
    _note(calls, file.call.id, Happening.TRANSFER_FAILED, attempt, attempt.reason)
    wanted = file.brief.when_nobody if file.brief else WhenNobody.HANG_UP
    following = follow_up(wanted, attempt.why)
    words = say_on(file, *told(attempt.reason, following))
    log("call.transfer_failed", call_id=file.call.id, reached=attempt.reason, following=following)
    match following:
        case WhenNobody.AGENT:
            turn = _remember(calls, file, attempt, words.text)
            return (words, Resume(turn + 1, by_relay=_has_relay(file)))
        case WhenNobody.VOICEMAIL:
            return (words, TakeMessage())
        case _:
            return (words, Hangup("nobody_reached"))


def _has_relay(file: CallFile) -> bool:
    uses_relay = file.brief is not None and file.brief.transport is Transport.RELAY
    return uses_relay and not has_happened(file.call, Happening.RELAY_LOST)


def _remember(calls: CallPorts, file: CallFile, attempt: Participant, words: str) -> int:
    """Let the conversation know what became of the hand-over, as a turn of its own; give its number."""
    found: CallFile | None = file
    for _ in range(_MAX_TRIES):
        turns = found.turns if found else ()
        known = next((turn.number for turn in turns if turn.reason == attempt.id), None)
        if known is not None:
            return max(turn.number for turn in turns)  # the talk may have gone on since
        number = max((turn.number for turn in turns), default=-1) + 1
        turn = Turn(
            number,
            TurnKind.TRANSFER,
            calls.clock.now(),
            said=noted(attempt.reason),
            answer=words,
            end=TurnEnd.LISTEN,
            reason=attempt.id,
        )
        if calls.turns.open(file.call.id, turn):
            return number
        found = calls.book.load(file.call.id)
    raise Unavailable("The turns of this call change too fast.", retryable=True, code="call_changed")


def _note(calls: CallPorts, call_id: str, kind: Happening, attempt: Participant, detail: str = "") -> None:
    event = CallEvent(iso(calls.clock.now()), _key(kind, attempt), kind, detail)
    calls.book.change(call_id, lambda call: call if is_noted(call, kind, attempt) else add_event(call, event))


def _key(kind: Happening, attempt: Participant) -> str:
    return f"{kind.value}:{attempt.id[-6:]}"
