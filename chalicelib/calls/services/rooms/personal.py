"""What rooms hold of one person: given as plain data, and erased."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict

# Longer than any leg may last: should the carrier's word for its end be lost.
_LONGEST = timedelta(hours=5)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.rooms import Participant
    from chalicelib.calls.ports.calls import CallPorts


def personal_rooms(calls: CallPorts, contact_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Give each time that a person was in a room, or called into one; nothing of the others in it."""
    return [{"room_id": room_id, **_plain(leg)} for room_id, leg in _legs(calls, contact_ids)]


def erase_rooms(calls: CallPorts, contact_ids: Sequence[str]) -> None:
    """Forget whose legs these were; when they were in which room stays.

    `Conflict` with code `contact_in_call` while the person is in a room: try again in a minute.
    """
    for room_id, leg in _legs(calls, contact_ids):
        if not leg.is_over and leg.asked_at > calls.clock.now() - _LONGEST:
            raise Conflict(
                "This contact is in a conference; try again in a minute.",
                code="contact_in_call",
                details={"call_id": room_id},
            )
        calls.rooms.move(
            room_id, leg.id, lambda known: replace(known, number=NO_NUMBER, label="", contact_id="", sid="")
        )


def _legs(calls: CallPorts, contact_ids: Sequence[str]) -> list[tuple[str, Participant]]:
    found = []
    for room_id, participant_id in calls.rooms.of_contacts(contact_ids):
        there = calls.rooms.load(room_id)
        leg = there.find(participant_id) if there else None
        if leg:
            found.append((room_id, leg))
    return found


def _plain(leg: Participant) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in asdict(leg).items()}
