"""Rooms in which people talk with each other: who is called in, how far that got, what moves them; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Report
    from chalicelib.kernel.phones import E164

# How long a leg may take from the wish to the accepted call; longer, and somebody who waits is told.
LEG_DEADLINE = timedelta(seconds=75)
# How long who has said yes may take until the carrier tells that they are in the conference.
JOIN_DEADLINE = timedelta(seconds=20)
MAX_PARTICIPANTS = 20


class RoomState(StrEnum):
    """Whether people can still be called in."""

    OPEN = "open"
    ENDED = "ended"


class Role(StrEnum):
    """Why somebody is in a room."""

    CALLER = "caller"  # whom the AI talked with
    COLLEAGUE = "colleague"  # to whom they are handed over
    PARTICIPANT = "participant"
    SUPERVISOR = "supervisor"


class LegState(StrEnum):
    """How far somebody is; a later state is never left for an earlier one, but for `waiting`."""

    WAITING = "waiting"  # nobody has asked the carrier
    DIALING = "dialing"  # committed: the carrier is being asked, once and never again
    UNKNOWN = "unknown"  # its answer was lost: webhooks or the deadline tell
    RINGING = "ringing"
    ANSWERED = "answered"  # somebody, or something, is asked to press 1
    JOINED = "joined"
    LEFT = "left"
    FAILED = "failed"  # never came; `reason` says why


class Listening(StrEnum):
    """How a supervisor takes part."""

    LISTEN = "listen"  # hears everybody, is heard by nobody
    WHISPER = "whisper"  # is heard by the colleague alone
    BARGE = "barge"  # is heard by everybody


_RANK = {state: rank for rank, state in enumerate(LegState)}
_OVER = frozenset({LegState.LEFT, LegState.FAILED})
# Twilio's call statuses (docs/voice/api/call-resource) that tell how far a leg is, and why none came.
_STATE_OF_STATUS = {
    "queued": LegState.RINGING,
    "initiated": LegState.RINGING,
    "ringing": LegState.RINGING,
    "in-progress": LegState.ANSWERED,
    "answered": LegState.ANSWERED,
}
_REASON_OF_STATUS = {
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
    "completed": "declined",
}


@dataclass(frozen=True)
class Participant:
    """One person's leg into a room; `number` is empty for whom nobody could be dialed or was erased.

    `mode` is how a colleague is reached (`blind`, `warm`) or a supervisor takes part. `why` is why the caller
    was handed over. `muted` and `held` are as the carrier reports, `wants_…` what was asked for.
    """

    id: str
    number: E164
    role: Role
    asked_at: datetime
    state: LegState = LegState.WAITING
    label: str = ""
    mode: str = ""
    why: str = ""
    contact_id: str = ""
    sid: str = ""
    reason: str = ""
    dialed_at: datetime | None = None
    accepted_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    duration_s: int | None = None
    muted: bool = False
    held: bool = False
    wants_muted: bool | None = None
    wants_held: bool | None = None
    flags_seen: int = -1
    version: int = 0

    @property
    def is_over(self) -> bool:
        """Tell whether this leg is gone, or never came."""
        return self.state in _OVER

    @property
    def is_expected(self) -> bool:
        """Tell whether somebody is being called and has not said yes."""
        return not self.is_over and self.accepted_at is None and self.state is not LegState.JOINED


@dataclass(frozen=True)
class Room:
    """A conference, of a call (`call_id`) or called together by an operator; the carrier knows it by `id`.

    `sid` is the carrier's newest conference of that name, first heard of at `sid_at`.
    """

    id: str
    line: E164
    created_at: datetime
    call_id: str = ""
    label: str = ""
    state: RoomState = RoomState.OPEN
    sid: str = ""
    sid_at: datetime | None = None
    ended_at: datetime | None = None
    requested_by: str = ""
    version: int = 0

    @property
    def is_listed(self) -> bool:
        """Tell whether it is a live conference: one that was called together, or that the carrier has."""
        return self.state is RoomState.OPEN and (not self.call_id or bool(self.sid))


@dataclass(frozen=True)
class RoomFile:
    """A room with all who are, were, or should be in it, in the order in which they were asked."""

    room: Room
    participants: tuple[Participant, ...] = ()

    def find(self, participant_id: str) -> Participant | None:
        """Give one of them."""
        return next((each for each in self.participants if each.id == participant_id), None)

    def present(self, *roles: Role) -> tuple[Participant, ...]:
        """Give those of these roles who are in the room, or on their way after they said yes."""
        return tuple(
            each
            for each in self.participants
            if each.role in roles and not each.is_over and not each.is_expected
        )

    @property
    def attempt(self) -> Participant | None:
        """Give the colleague whom the caller was handed over to last."""
        return next((each for each in reversed(self.participants) if each.role is Role.COLLEAGUE), None)


def room_id_of(call_id: str) -> str:
    """Give the id of a call's room."""
    return f"room_{call_id.partition('_')[2]}"


def call_id_of(room_id: str) -> str:
    """Give the id of the call that would have this room."""
    return f"call_{room_id.partition('_')[2]}"


def ask(leg: Participant, now: datetime) -> Participant:
    """Commit to ask the carrier: from here on nobody asks for this leg again."""
    if leg.state is not LegState.WAITING:
        return leg
    return replace(leg, state=LegState.DIALING, dialed_at=now)


def take_back(leg: Participant) -> Participant:
    """Take the commitment back, because the carrier certainly has nothing."""
    if leg.state is not LegState.DIALING or leg.sid:
        return leg
    return replace(leg, state=LegState.WAITING, dialed_at=None)


def unsure(leg: Participant) -> Participant:
    """Remember that the carrier's answer was lost."""
    return replace(leg, state=LegState.UNKNOWN) if leg.state is LegState.DIALING else leg


def report_leg(leg: Participant, report: Report) -> Participant:
    """Merge what the carrier says of a leg; the result depends on the set of reports, not on their order."""
    leg = replace(leg, sid=leg.sid or report.sid)
    if state := _STATE_OF_STATUS.get(report.status):
        return _rise(leg, state)
    if report.status not in _REASON_OF_STATUS:
        return leg
    leg = replace(leg, duration_s=report.duration_s if leg.duration_s is None else leg.duration_s)
    if leg.joined_at:
        return leave(leg, report.at)
    return miss(leg, _REASON_OF_STATUS[report.status], report.at)


def accept(leg: Participant, now: datetime) -> Participant:
    """Let somebody who pressed 1 come in, unless it is too late."""
    return replace(leg, accepted_at=now) if leg.is_expected else leg


def fail(leg: Participant, reason: str, now: datetime) -> Participant:
    """Give somebody up who has not said yes; who has, or is over, stays as they are."""
    return miss(leg, reason, now) if leg.is_expected else leg


def miss(leg: Participant, reason: str, now: datetime) -> Participant:
    """Give somebody up who is not in the conference, though they may have said yes."""
    if leg.is_over or leg.joined_at:
        return leg
    return replace(leg, state=LegState.FAILED, reason=reason, left_at=now)


def is_missing(leg: Participant, now: datetime) -> bool:
    """Tell whether somebody has said yes long ago, and the carrier does not have them in the conference."""
    has_come = leg.is_over or leg.joined_at
    return not has_come and leg.accepted_at is not None and now - leg.accepted_at >= JOIN_DEADLINE


def enter(leg: Participant, now: datetime) -> Participant:
    """Note that the carrier has them in the conference.

    Who was given up does not come back; but who had said yes, and entered before, was there after all: the
    carrier tells of legs and of conferences on two ways.
    """
    leg = _there_after_all(leg, now)
    if leg.state is LegState.FAILED:
        return leg
    leg = replace(leg, joined_at=min(leg.joined_at or now, now), accepted_at=leg.accepted_at or now)
    return _rise(leg, LegState.JOINED)


def leave(leg: Participant, now: datetime) -> Participant:
    """Note that they are out of the conference, in which they were then; the earliest time stands."""
    leg = _there_after_all(leg, now)
    if leg.state is LegState.FAILED:
        return leg
    leg = replace(leg, joined_at=leg.joined_at or now)
    return replace(_rise(leg, LegState.LEFT), left_at=min(leg.left_at or now, now))


def was_bridged(leg: Participant, now: datetime) -> Participant:
    """Note that somebody whom the carrier itself dialed has talked with the caller, in no conference."""
    if leg.is_over:
        return leg
    return replace(leg, state=LegState.LEFT, accepted_at=leg.accepted_at or now, left_at=now)


def _there_after_all(leg: Participant, at: datetime) -> Participant:
    """Take back that somebody who had said yes never came, when they were in the conference before that."""
    is_wrong = leg.state is LegState.FAILED and leg.accepted_at and leg.left_at and at <= leg.left_at
    return replace(leg, state=LegState.LEFT, reason="") if is_wrong else leg


def set_flags(leg: Participant, sequence: int, flags: dict[str, bool]) -> Participant:
    """Take over `muted` and `held` from the newest event that the carrier counted."""
    return replace(leg, flags_seen=sequence, **flags) if sequence > leg.flags_seen else leg  # type: ignore[arg-type]


def hold_conference(room: Room, sid: str, at: datetime) -> Room:
    """Note which conference of this name is the carrier's newest; an older one's events change nothing."""
    if sid == room.sid or (room.sid_at and at <= room.sid_at):
        return room
    state = RoomState.OPEN if room.call_id else room.state
    return replace(room, sid=sid, sid_at=at, state=state, ended_at=None if room.call_id else room.ended_at)


def end_conference(room: Room, sid: str, at: datetime) -> Room:
    """Note that the conference is over; of an older one, nothing."""
    room = hold_conference(room, sid, at)
    if room.sid != sid or room.state is RoomState.ENDED:
        return room
    return replace(room, state=RoomState.ENDED, ended_at=at)


def close(room: Room, now: datetime) -> Room:
    """End a room whatever the carrier has; nobody is called in any more."""
    return room if room.state is RoomState.ENDED else replace(room, state=RoomState.ENDED, ended_at=now)


def _rise(leg: Participant, state: LegState) -> Participant:
    return leg if leg.is_over else replace(leg, state=max(leg.state, state, key=_RANK.__getitem__))
