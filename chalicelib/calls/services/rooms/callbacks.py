"""What the carrier reports of conferences: merged into the room, in any order and any number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.calls.domain.rooms import (
    LegState,
    Listening,
    Role,
    end_conference,
    enter,
    hold_conference,
    leave,
    set_flags,
)
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.handover import caller_of, joined
from chalicelib.calls.services.rooms.legs import CALLER_GONE, find_room, give_up

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.rooms import Participant, RoomFile
    from chalicelib.calls.ports.calls import CallPorts


@dataclass(frozen=True)
class RoomEvent:
    """One event of a conference; `label` names the participant, `flags` are `muted` and `held`."""

    kind: str
    sid: str
    sequence: int
    at: datetime
    label: str = ""
    flags: dict[str, bool] = field(default_factory=dict)


def room_event(calls: CallPorts, room_id: str, event: RoomEvent) -> None:
    """Merge an event; repeated and late ones change nothing, those of an older conference neither."""
    change = end_conference if event.kind == "conference-end" else hold_conference
    calls.rooms.change(room_id, lambda room: change(room, event.sid, event.at))
    there = find_room(calls, room_id)
    leg = there.find(event.label)
    if event.kind == "conference-end" and there.room.sid == event.sid:
        _all_left(calls, there, event.at)
    elif leg and event.kind.startswith("participant-"):
        _participant_event(calls, there, leg, event)


def _all_left(calls: CallPorts, there: RoomFile, at: datetime) -> None:
    """Nobody is in a conference that is over, should the carrier's word for each be lost."""
    for leg in there.participants:
        if leg.state is LegState.JOINED:
            calls.rooms.move(there.room.id, leg.id, lambda known: leave(known, at))


def _participant_event(calls: CallPorts, there: RoomFile, leg: Participant, event: RoomEvent) -> None:
    room_id = there.room.id
    match event.kind:
        case "participant-join":
            _, leg = calls.rooms.move(room_id, leg.id, lambda known: enter(known, event.at))
            _came(calls, there, leg)
        case "participant-leave":
            _, leg = calls.rooms.move(room_id, leg.id, lambda known: leave(known, event.at))
            _went(calls, there, leg)
        case _ if event.flags:
            calls.rooms.move(room_id, leg.id, lambda known: set_flags(known, event.sequence, event.flags))


def _came(calls: CallPorts, there: RoomFile, leg: Participant) -> None:
    if leg.role is Role.COLLEAGUE and leg.state is not LegState.FAILED:
        joined(calls, there.room, leg)
    if leg.state is not LegState.JOINED:
        return
    if leg.wants_muted is not None or leg.wants_held is not None:
        calls.room_wakeups.see_to(RoomTask.ADJUST, there.room.id, leg.id)
    for each in (leg, *there.participants):
        if _whispers(each) and (each.id == leg.id) is (leg.role is Role.SUPERVISOR):
            calls.room_wakeups.see_to(RoomTask.ADJUST, there.room.id, each.id)


def _whispers(leg: Participant) -> bool:
    """Tell whether this is a supervisor who is heard by nobody unless there is somebody to coach."""
    is_there = leg.state is LegState.JOINED
    return is_there and leg.role is Role.SUPERVISOR and leg.mode == Listening.WHISPER


def _went(calls: CallPorts, there: RoomFile, leg: Participant) -> None:
    """Give the colleague up whom a caller waited for who is gone."""
    awaited = next((each for each in there.participants if caller_of(each.id) == leg.id), None)
    if awaited and not awaited.is_over:
        give_up(calls, there.room, awaited, CALLER_GONE, though_accepted=True)
