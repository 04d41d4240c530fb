"""What somebody must see to in a room, one task at a time; each may come twice, late, or in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.rooms import LegState, Listening, Role, RoomState
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.handover import bring_back, is_noted
from chalicelib.calls.services.rooms.legs import CALLER_GONE, check_leg, dial_leg, give_up
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.rooms import Participant, RoomFile
    from chalicelib.calls.ports.calls import CallPorts

# Whom a supervisor whispers to, rather the first of them.
_COACHED = (Role.COLLEAGUE, Role.PARTICIPANT)


def see_to(calls: CallPorts, task: str, room_id: str, participant_id: str) -> None:
    """Do a task; nothing when the room or the participant is gone, or the carrier refuses for good."""
    there = calls.rooms.load(room_id)
    leg = there.find(participant_id) if there else None
    if there is None or (leg is None and task != RoomTask.CLOSE):
        return
    try:
        if leg is None:
            _close(calls, there)
        else:
            _TASKS[RoomTask(task)](calls, there, leg)
    except Forbidden as error:
        log("room.task_refused", room_id=room_id, task=task, code=error.code)


def _drop(calls: CallPorts, _there: RoomFile, leg: Participant) -> None:
    if leg.sid:
        calls.switchboard.hang_up(leg.sid)


def _seize(calls: CallPorts, there: RoomFile, attempt: Participant) -> None:
    """Take a call from the AI, unless that was done or the call is over."""
    call = calls.book.get(there.room.call_id)
    if call is None or call.state is not CallState.IN_PROGRESS or not call.sid:
        give_up(calls, there.room, attempt, CALLER_GONE)
    elif attempt.is_expected and not is_noted(call, Happening.TRANSFER_BEGUN, attempt):
        calls.switchboard.seize(call.id, call.sid, attempt.id)


def _adjust(calls: CallPorts, there: RoomFile, leg: Participant) -> None:
    """Set at the carrier what was asked for; who has not joined is set then."""
    if leg.state is not LegState.JOINED or not there.room.sid:
        return
    if leg.role is Role.SUPERVISOR:
        coached = coached_sid(there)
        mode = Listening.LISTEN if leg.mode == Listening.WHISPER and not coached else Listening(leg.mode)
        calls.switchboard.set_mode(there.room, leg.sid, mode, coached)
        return
    muted = leg.muted if leg.wants_muted is None else leg.wants_muted
    held = leg.held if leg.wants_held is None else leg.wants_held
    calls.switchboard.set_flags(there.room, leg.sid, muted=muted, held=held)


def coached_sid(there: RoomFile) -> str:
    """Give the carrier's id of whom a supervisor whispers to: the colleague, or who came first.

    Only of somebody in the conference: the carrier refuses a supervisor who coaches anybody else.
    """
    there_now = [each for each in there.participants if each.state is LegState.JOINED]
    coached = [each.sid for role in _COACHED for each in there_now if each.role is role]
    return coached[0] if coached else ""


def _close(calls: CallPorts, there: RoomFile) -> None:
    """End the conference, and the legs that are still on their way to it."""
    if there.room.state is not RoomState.ENDED:
        return
    calls.switchboard.end(there.room)
    for leg in there.participants:
        if leg.role is not Role.CALLER and not leg.is_over:
            give_up(calls, there.room, leg, "conference_ended")


_TASKS = {
    RoomTask.DIAL: dial_leg,
    RoomTask.CHECK: check_leg,
    RoomTask.DROP: _drop,
    RoomTask.SEIZE: _seize,
    RoomTask.BRING_BACK: bring_back,
    RoomTask.ADJUST: _adjust,
}
