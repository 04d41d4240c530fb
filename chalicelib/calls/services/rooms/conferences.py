"""Conferences by API: called together, looked at, changed, ended; supervisors come in here too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.calls.domain.rooms import (
    LegState,
    Listening,
    Role,
    Room,
    call_id_of,
    close,
    room_id_of,
)
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.invitations import (
    Guest,
    check_space,
    have_called,
    invited,
)
from chalicelib.calls.services.rooms.legs import find_room, give_up
from chalicelib.kernel.clock import cut_to_millis, to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.calls.domain.rooms import Participant, RoomFile
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164

_TALK = 2  # people; the carrier lets a coach in only where a conversation goes on
_REMEDY = (
    "This call is held by the AI and in no conference. Transfer it warm to a person first "
    "(POST /v1/calls/{call_id}/transfer), or follow its transcript live."
)


@dataclass(frozen=True)
class NewConference:
    """Who is to be called together, from which of our numbers."""

    id: str
    guests: Sequence[Guest]
    line: E164 | None = None
    label: str = ""
    requested_by: str = ""


def create_conference(calls: CallPorts, wanted: NewConference) -> RoomFile:
    """Call people together; the same id again gives the conference that exists.

    Raises `Forbidden` with the rule's code when one of them may not be called; then nobody is.
    """
    known = calls.rooms.load(wanted.id)
    if known is None:
        room = Room(
            wanted.id,
            _line(calls, wanted.line),
            cut_to_millis(calls.clock.now()),
            label=wanted.label,
            requested_by=wanted.requested_by,
        )
        calls.rooms.create(room, _guests(calls, wanted))
        known = find_room(calls, wanted.id)
        log("conference.created", room_id=wanted.id, participants=len(known.participants))
    for leg in known.participants:
        if leg.state is LegState.WAITING:
            have_called(calls, wanted.id, leg.id)
    return known


def _guests(calls: CallPorts, wanted: NewConference) -> list[Participant]:
    at = to_millis(calls.clock.now())
    legs = [
        invited(calls, guest, derived_id("participant", wanted.id, at, place), Role.PARTICIPANT)
        for place, guest in enumerate(wanted.guests)
    ]
    if len({leg.number for leg in legs}) < len(legs):
        raise Invalid("A number is named twice.", code="named_twice")
    return legs


def _line(calls: CallPorts, line: E164 | None) -> E164:
    if not calls.lines:
        raise Invalid("No caller number is configured; set TWILIO_FROM_NUMBERS.", code="no_caller_number")
    if line is not None and line not in calls.lines:
        raise NotFound(f"{line} is not one of our numbers (TWILIO_FROM_NUMBERS).", code="line_not_found")
    return line or calls.lines[0]


def list_conferences(calls: CallPorts, page_size: int, start: str | None) -> Page[Room]:
    """List the conferences that go on, newest first."""
    return calls.rooms.live(page_size, start)


def add_participant(calls: CallPorts, room_id: str, guest: Guest, participant_id: str) -> Participant:
    """Call one more into a live conference; the same id again gives who exists."""
    invite = partial(invited, calls, guest, participant_id, Role.PARTICIPANT)
    return _call_in(calls, _live(calls, room_id), participant_id, invite)


def _call_in(
    calls: CallPorts, there: RoomFile, participant_id: str, invite: Callable[[], Participant]
) -> Participant:
    known = there.find(participant_id)
    if known is None:
        leg = invite()
        check_space(there, leg.number)
        calls.rooms.add(there.room.id, leg)
        known = leg
    if known.state is LegState.WAITING:
        have_called(calls, there.room.id, participant_id)
    return known


def _live(calls: CallPorts, room_id: str) -> RoomFile:
    there = find_room(calls, room_id)
    if not there.room.is_listed:
        raise Conflict("This conference is over.", code="conference_over")
    return there


def find_participant(there: RoomFile, participant_id: str) -> Participant:
    """Give one who takes part, or `NotFound`."""
    leg = there.find(participant_id)
    if leg is None:
        raise NotFound(f"There is no participant {participant_id}.", code="participant_not_found")
    return leg


def change_participant(
    calls: CallPorts, room_id: str, participant_id: str, *, muted: bool | None, held: bool | None
) -> Participant:
    """Mute, hold or release somebody; what the carrier reports of it shows a moment later."""
    leg = find_participant(_live(calls, room_id), participant_id)
    if leg.role is Role.SUPERVISOR:
        raise Conflict("How a supervisor takes part is its mode.", code="participant_is_supervisor")
    _check_there(leg)
    _, leg = calls.rooms.move(
        room_id,
        participant_id,
        lambda known: replace(
            known,
            wants_muted=known.wants_muted if muted is None else muted,
            wants_held=known.wants_held if held is None else held,
        ),
    )
    calls.room_wakeups.see_to(RoomTask.ADJUST, room_id, participant_id)
    return leg


def _check_there(leg: Participant) -> None:
    if leg.is_over:
        raise Conflict("This participant is not there any more.", code="participant_gone")


def remove_participant(calls: CallPorts, room_id: str, participant_id: str) -> None:
    """End somebody's leg, whether it rings or talks; nothing when it is over."""
    there = find_room(calls, room_id)
    leg = find_participant(there, participant_id)
    if leg.role is Role.CALLER:
        raise Conflict("The caller is not removed: hang the call up.", code="participant_is_caller")
    leg = give_up(calls, there.room, leg, "removed")
    if not leg.is_over:
        calls.room_wakeups.see_to(RoomTask.DROP, room_id, participant_id)


def end_conference(calls: CallPorts, room_id: str) -> Room:
    """End a conference for everybody in it or on the way to it; again, nothing more happens."""
    now = calls.clock.now()
    _, room = calls.rooms.change(room_id, lambda known: close(known, now))
    calls.room_wakeups.see_to(RoomTask.CLOSE, room_id)
    return room


def add_supervisor(
    calls: CallPorts, place: str, guest: Guest, participant_id: str, mode: Listening
) -> Participant:
    """Call a supervisor into a live conference, named by its id or by the call whose room it is."""
    room_id = room_id_of(place) if place.startswith("call_") else place
    there = calls.rooms.load(room_id)
    if there is None or not there.room.is_listed:
        _explain(calls, room_id, there)
        raise Conflict("This conference is over.", code="conference_over")
    if mode is Listening.WHISPER:
        _check_whisper(there)
    invite = partial(invited, calls, guest, participant_id, Role.SUPERVISOR, mode)
    return _call_in(calls, there, participant_id, invite)


def _explain(calls: CallPorts, room_id: str, there: RoomFile | None) -> None:
    """Say what to do when a call is in no conference."""
    call = calls.book.get(call_id_of(room_id))
    if call and not call.is_over:
        raise Conflict(_REMEDY, code="call_not_in_conference")
    if there is None:
        raise NotFound(f"There is no conference {room_id}.", code="conference_not_found")


def _check_whisper(there: RoomFile) -> None:
    if len(there.present(Role.CALLER, Role.COLLEAGUE, Role.PARTICIPANT)) < _TALK:
        raise Conflict("There is nobody to whisper to yet.", code="nobody_to_coach")


def change_mode(calls: CallPorts, room_id: str, participant_id: str, mode: Listening) -> Participant:
    """Let a supervisor listen, whisper or barge in."""
    there = _live(calls, room_id)
    leg = find_participant(there, participant_id)
    if leg.role is not Role.SUPERVISOR:
        raise Conflict("Only a supervisor has a mode.", code="participant_is_no_supervisor")
    _check_there(leg)
    if mode is Listening.WHISPER:
        _check_whisper(there)
    _, leg = calls.rooms.move(room_id, participant_id, lambda known: replace(known, mode=mode.value))
    calls.room_wakeups.see_to(RoomTask.ADJUST, room_id, participant_id)
    return leg
