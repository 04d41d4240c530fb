"""What rooms hold of one person: given as plain data, and erased."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.paging import Page

# Longer than any leg may last: should the carrier's word for its end be lost.
_LONGEST = timedelta(hours=5)
MAX_STEP = 25

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.rooms import Participant
    from chalicelib.calls.ports.calls import CallPorts


def personal_rooms(
    calls: CallPorts, owners: Sequence[str], start: str | None = None, limit: int = MAX_STEP
) -> Page[dict[str, Any]]:
    """Give times that a person was in a room, or called into one, from after `start`; nothing of the others.

    `owners` are all ids that the person has had, and their numbers.
    """
    page = calls.rooms.of_people(owners, limit, start)
    found = ((room_id, calls.rooms.leg(room_id, leg_id)) for room_id, leg_id in page.items)
    return Page([{"room_id": room_id, **_plain(leg)} for room_id, leg in found if leg], page.next_start)


def erase_rooms(calls: CallPorts, owners: Sequence[str], start: str | None = None) -> str | None:
    """Forget whose 25 legs these were, and what the rooms were called; when they were in which room stays.

    Gives where to go on, None when nothing is left. `Conflict` with code `contact_in_call` while the person
    is in a room: try again in a minute.
    """
    page = calls.rooms.of_people(owners, MAX_STEP, start)
    for room_id, leg_id in page.items:
        leg = calls.rooms.leg(room_id, leg_id)
        if leg:
            _check_over(calls, room_id, leg)
            _forget(calls, room_id, leg_id)
    return page.next_start


def _check_over(calls: CallPorts, room_id: str, leg: Participant) -> None:
    if not leg.is_over and leg.asked_at > calls.clock.now() - _LONGEST:
        raise Conflict(
            "This contact is in a conference; try again in a minute.",
            code="contact_in_call",
            details={"call_id": room_id},
        )


def _forget(calls: CallPorts, room_id: str, leg_id: str) -> None:
    """Forget the label first: as long as the leg is theirs, it is found again."""
    with suppress(NotFound):  # the room was erased with its call meanwhile
        calls.rooms.change(room_id, lambda room: replace(room, label=""))
        calls.rooms.move(
            room_id, leg_id, lambda known: replace(known, number=NO_NUMBER, label="", contact_id="", sid="")
        )


def _plain(leg: Participant) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in asdict(leg).items()}
