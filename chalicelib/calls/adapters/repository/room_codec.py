"""Rooms and participants to items and back; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.calls.adapters.repository.writes import instant_of, text_of
from chalicelib.calls.adapters.tables import ParticipantItem, RoomItem
from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.rooms import LegState, Participant, Role, Room, RoomState
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.phones import E164, is_e164

if TYPE_CHECKING:
    from datetime import datetime

LIST = "ROOMS"
_KEPT = timedelta(days=400)  # longer than any conference lasts, and than numbers of it are read
_INSTANTS = ("dialed_at", "accepted_at", "joined_at", "left_at")
_TEXTS = ("label", "mode", "why", "sid", "reason")
_PLAIN = ("muted", "held", "wants_muted", "wants_held")


def room_key(room_id: str) -> str:
    """Give the hash key of everything that belongs to a room."""
    return f"ROOM#{room_id}"


def participant_key(participant_id: str) -> str:
    """Give the range key of a participant."""
    return f"PARTICIPANT#{participant_id}"


def owner_key(owner: str) -> str:
    """Give the index key of the participations of a contact, or of a number that was no contact's."""
    return f"ROOMS#{owner}"


def room_item(room: Room) -> RoomItem:
    """Write a room's head; the list holds it while it is a live conference."""
    return RoomItem(
        room_key(room.id),
        "ROOM",
        expires_at=_expiry(room.created_at),
        listed_in=LIST if room.is_listed else None,
        listed_at=f"{iso(room.created_at)}#{room.id}" if room.is_listed else None,
        call_id=room.call_id or None,
        line=room.line,
        label=room.label or None,
        state=room.state.value,
        sid=room.sid or None,
        sid_at=text_of(room.sid_at),
        created_at=iso(room.created_at),
        ended_at=text_of(room.ended_at),
        requested_by=room.requested_by or None,
        version=room.version,
        changed_by=actor(),
    )


def room_of(item: RoomItem) -> Room:
    """Read a room's head."""
    return Room(
        id=item.pk.removeprefix("ROOM#"),
        line=E164(item.line),
        created_at=from_iso(item.created_at),
        call_id=item.call_id or "",
        label=item.label or "",
        state=RoomState(item.state),
        sid=item.sid or "",
        sid_at=instant_of(item.sid_at),
        ended_at=instant_of(item.ended_at),
        requested_by=item.requested_by or "",
        version=int(item.version),
    )


def participant_item(room_id: str, leg: Participant) -> ParticipantItem:
    """Write a participant."""
    fields: dict[str, Any] = {name: getattr(leg, name) or None for name in _TEXTS}
    fields |= {name: text_of(getattr(leg, name)) for name in _INSTANTS}
    fields |= {name: getattr(leg, name) for name in _PLAIN}
    owner = leg.contact_id or leg.number
    return ParticipantItem(
        room_key(room_id),
        participant_key(leg.id),
        expires_at=_expiry(leg.asked_at),
        contact_id=owner_key(owner) if owner else None,
        started_key=f"{room_id}#{leg.id}" if owner else None,
        number=leg.number or None,
        role=leg.role.value,
        state=leg.state.value,
        asked_at=iso(leg.asked_at),
        duration_s=leg.duration_s,
        flags_seen=leg.flags_seen,
        version=leg.version,
        changed_by=actor(),
        **fields,
    )


def participant_of(item: ParticipantItem) -> Participant:
    """Read a participant."""
    leg = Participant(
        id=item.sk.removeprefix("PARTICIPANT#"),
        number=E164(item.number) if item.number else NO_NUMBER,
        role=Role(item.role),
        asked_at=from_iso(item.asked_at),
        state=LegState(item.state),
        contact_id=_contact_of(item.contact_id or ""),
        duration_s=None if item.duration_s is None else int(item.duration_s),
        flags_seen=int(item.flags_seen),
        version=int(item.version),
    )
    fields: dict[str, Any] = {name: getattr(item, name) or "" for name in _TEXTS}
    fields |= {name: instant_of(getattr(item, name)) for name in _INSTANTS}
    return replace(leg, **fields, **{name: getattr(item, name) for name in _PLAIN})


def _contact_of(key: str) -> str:
    owner = key.removeprefix("ROOMS#")
    return "" if is_e164(owner) else owner


def _expiry(made_at: datetime) -> int:
    return int((made_at + _KEPT).timestamp())
