"""The attempts to hand a call over: each stored once, for what it comes of, and no more than a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.rooms import Participant, Role, Room, fail, room_id_of
from chalicelib.calls.domain.templates import TransferMode
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.services.transfers import transfer_objection
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.rooms import RoomFile
    from chalicelib.calls.ports.calls import CallPorts

# How often one call may be handed over; each is a dial that costs.
MAX_ATTEMPTS = 3


def attempt_of(calls: CallPorts, file: CallFile, why: str) -> Participant:
    """Give the attempt that the conversation decided on, stored once a turn; one that goes on serves too."""
    attempt_id = derived_id("participant", f"{file.call.id}:{_cause(file, why)}")
    there = calls.rooms.load(room_id_of(file.call.id))
    known = (there.find(attempt_id) or _going_on(there)) if there else None
    if known:
        return known
    now, target = calls.clock.now(), file.brief.transfer_to if file.brief else ""
    mode = file.brief.transfer_mode if file.brief else TransferMode.BLIND
    number = E164(target) if target else NO_NUMBER
    attempt = Participant(attempt_id, number, Role.COLLEAGUE, now, mode=mode, why=why)
    if objection := _objection(calls, there, attempt):
        attempt = fail(attempt, objection, now)
    return store_attempt(calls, file.call, there, attempt)


def _cause(file: CallFile, why: str) -> str:
    """Name what a hand-over comes of, the same however often it is delivered: the newest turn, and why.

    What a hand-over came to is a turn too, but no cause of another one.
    """
    last = next((turn for turn in reversed(file.turns) if turn.kind is not TurnKind.TRANSFER), None)
    if last is None:
        return f"0:{why}"
    return f"{last.number}:{last.reason if last.end is TurnEnd.TRANSFER else why}"


def _going_on(there: RoomFile) -> Participant | None:
    return there.attempt if there.attempt and not there.attempt.is_over else None


def _objection(calls: CallPorts, there: RoomFile | None, attempt: Participant) -> str | None:
    """Give what forbids a hand-over from the start; of a blind one the rules are asked when it is dialed."""
    if not attempt.number:
        return "no_target"
    if too_often(there):
        return "transfer_limit"
    return None if attempt.mode == TransferMode.BLIND else transfer_objection(calls, attempt.number)


def too_often(there: RoomFile | None) -> bool:
    """Tell whether a call was handed over as often as it may be."""
    made = [each for each in there.participants if each.role is Role.COLLEAGUE] if there else []
    return len(made) >= MAX_ATTEMPTS


def store_attempt(calls: CallPorts, call: Call, there: RoomFile | None, attempt: Participant) -> Participant:
    """Store an attempt in the room of its call, which is made where it is the first; once, by its id."""
    room_id = room_id_of(call.id)
    room = Room(room_id, call.line, attempt.asked_at, call_id=call.id)
    if there is not None or not calls.rooms.create(room, (attempt,)):
        calls.rooms.add(room_id, attempt)
    stored = calls.rooms.load(room_id)
    found = stored.find(attempt.id) if stored else None
    if found is None:
        raise Unavailable("The hand-over was not stored.", retryable=True, code="storage_unavailable")
    return found
