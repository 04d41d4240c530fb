"""Calling somebody into a room, once: the commitment, the carrier, the key that they press, the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.rooms import (
    JOIN_DEADLINE,
    LegState,
    Role,
    RoomState,
    accept,
    ask,
    fail,
    is_missing,
    miss,
    report_leg,
    take_back,
    unsure,
)
from chalicelib.calls.domain.templates import TransferMode
from chalicelib.calls.ports.rooms import LegOrder, RoomTask
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.rooms import Participant, Room, RoomFile
    from chalicelib.calls.ports.calls import CallPorts

JOIN_KEY = "1"
BY_OPERATOR = "operator"
CALLER_GONE = "caller_gone"
_RING_S, _LONGEST_S = 25, 4 * 3600
_BUSY_WAIT_S = 3


def dial_leg(calls: CallPorts, there: RoomFile, leg: Participant) -> None:
    """Check, commit, and only then ask the carrier; a lost race or a crash never dials twice."""
    if leg.state is not LegState.WAITING:
        return
    switchboard = calls.switchboard  # in a new process it takes long to build: before the switch is read
    if reason := objection_now(calls, there, leg):
        give_up(calls, there.room, leg, reason)
        return
    now = calls.clock.now()
    before, _ = calls.rooms.move(there.room.id, leg.id, lambda newest: ask(newest, now))
    if before.state is not LegState.WAITING:
        return
    log("leg.committed", room_id=there.room.id, participant_id=leg.id)
    order = LegOrder(there.room.id, leg.id, leg.number, there.room.line, _RING_S, _LONGEST_S)
    try:
        sid = switchboard.call_in(order)
    except (Invalid, Forbidden, NotFound) as error:
        give_up(calls, there.room, leg, error.code)
    except Unavailable as error:
        _carrier_unavailable(calls, there.room, leg, error)
    else:
        _placed(calls, there.room, leg, sid)


def _placed(calls: CallPorts, room: Room, leg: Participant, sid: str) -> None:
    accepted = Report("queued", sid, calls.clock.now())
    _, newest = calls.rooms.move(room.id, leg.id, lambda known: report_leg(known, accepted))
    log("leg.placed", room_id=room.id, participant_id=leg.id, call_sid=sid)
    if newest.state is LegState.FAILED:  # given up while the carrier was asked
        calls.switchboard.hang_up(sid)


def _carrier_unavailable(calls: CallPorts, room: Room, leg: Participant, error: Unavailable) -> None:
    """Try again when the carrier certainly has nothing; otherwise its webhooks, or the deadline, tell."""
    log("leg.carrier_unavailable", room_id=room.id, code=error.code, certain=error.retryable)
    if error.retryable:
        calls.rooms.move(room.id, leg.id, take_back)
        calls.room_wakeups.see_to(RoomTask.DIAL, room.id, leg.id, _BUSY_WAIT_S)
    else:
        calls.rooms.move(room.id, leg.id, unsure)


def objection_now(calls: CallPorts, there: RoomFile, leg: Participant) -> str | None:
    """Give the code of what forbids to dial this leg now; every leg is asked about, right before it is."""
    from chalicelib.calls.services.transfers import transfer_objection  # noqa: PLC0415  number plans cost

    if there.room.call_id:
        call = calls.book.get(there.room.call_id)
        if call is None or call.is_over:
            return CALLER_GONE
    elif there.room.state is RoomState.ENDED:
        return "conference_ended"
    chosen = leg.role is not Role.COLLEAGUE or leg.why == BY_OPERATOR
    if chosen and calls.numbers.status(leg.number).suppressed_at:
        return "suppressed"
    return transfer_objection(calls, leg.number)


def check_leg(calls: CallPorts, there: RoomFile, leg: Participant) -> None:
    """Give up who has not come by the deadline, whatever became of their leg, and mend what was lost.

    Who has just said yes is looked at again: the carrier may tell a moment later that they are there.
    """
    if leg.mode == TransferMode.BLIND and leg.state is not LegState.WAITING:
        return  # the carrier itself dials and tells
    if leg.is_expected or is_missing(leg, calls.clock.now()):
        give_up(calls, there.room, leg, "no_answer", though_accepted=True)
    elif leg.state is LegState.FAILED:
        _tell_waiting(calls, there.room, leg)
    elif not leg.is_over and leg.joined_at is None:
        delay_s = int(JOIN_DEADLINE.total_seconds())
        calls.room_wakeups.see_to(RoomTask.CHECK, there.room.id, leg.id, delay_s)


def give_up(  # noqa: PLR0913  what is given up, why, and two exceptions
    calls: CallPorts,
    room: Room,
    leg: Participant,
    reason: str,
    *,
    drop: bool = True,
    though_accepted: bool = False,
) -> Participant:
    """Expect somebody no longer who has not said yes; whoever waits for them is told.

    With `drop` their leg is ended. Who is there, or is over, stays as they are; who has said yes and is not
    there only with `though_accepted`.
    """
    now, change = calls.clock.now(), miss if though_accepted else fail
    _, newest = calls.rooms.move(room.id, leg.id, lambda known: change(known, reason, now))
    if newest.state is not LegState.FAILED:
        return newest
    log("leg.given_up", room_id=room.id, participant_id=leg.id, reason=newest.reason)
    if drop and newest.sid:
        calls.room_wakeups.see_to(RoomTask.DROP, room.id, leg.id)
    _tell_waiting(calls, room, newest)
    return newest


def _tell_waiting(calls: CallPorts, room: Room, leg: Participant) -> None:
    if leg.role is Role.COLLEAGUE and leg.mode == TransferMode.WARM and leg.reason != CALLER_GONE:
        calls.room_wakeups.see_to(RoomTask.BRING_BACK, room.id, leg.id)


def leg_reported(calls: CallPorts, room_id: str, participant_id: str, report: Report) -> Participant:
    """Merge what the carrier reports of a leg; repeated and late reports change nothing.

    What follows a failure is asked for each time, because whoever saw it first may have died then.
    """
    _, leg = calls.rooms.move(room_id, participant_id, lambda known: report_leg(known, report))
    if leg.state is LegState.FAILED:
        is_live = report.status in {"queued", "initiated", "ringing", "in-progress", "answered"}
        there = find_room(calls, room_id)
        if is_live:
            calls.room_wakeups.see_to(RoomTask.DROP, room_id, participant_id)
        else:
            _tell_waiting(calls, there.room, leg)
    return leg


def leg_answered(
    calls: CallPorts, room_id: str, participant_id: str, report: Report
) -> tuple[RoomFile, Participant]:
    """Note that somebody, or something, took the call; give them as they are, over when nobody waits."""
    leg = leg_reported(calls, room_id, participant_id, report)
    there = find_room(calls, room_id)
    if leg.is_expected and _is_deserted(calls, there):
        leg = give_up(calls, there.room, leg, CALLER_GONE, drop=False)
    return there, leg


def _is_deserted(calls: CallPorts, there: RoomFile) -> bool:
    if not there.room.call_id:
        return there.room.state is RoomState.ENDED
    call = calls.book.get(there.room.call_id)
    return call is None or call.is_over


def leg_pressed(
    calls: CallPorts, room_id: str, participant_id: str, digits: str
) -> tuple[RoomFile, Participant]:
    """Let in who pressed 1; anything else, or nothing, is a no. What was decided first stands."""
    there = find_room(calls, room_id)
    leg = there.find(participant_id)
    if leg is None:
        raise NotFound(f"There is no participant {participant_id}.", code="participant_not_found")
    if digits == JOIN_KEY:
        now = calls.clock.now()
        _, leg = calls.rooms.move(room_id, participant_id, lambda known: accept(known, now))
    else:
        leg = give_up(calls, there.room, leg, "declined", drop=False)
    return find_room(calls, room_id), leg


def find_room(calls: CallPorts, room_id: str) -> RoomFile:
    """Give a room with its participants, or `NotFound`."""
    there = calls.rooms.load(room_id)
    if there is None:
        raise NotFound(f"There is no conference {room_id}.", code="conference_not_found")
    return there
