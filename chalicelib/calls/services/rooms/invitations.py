"""Whom an operator may call into a room: every number obeys the rules of every dial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.erasing import NO_NUMBER
from chalicelib.calls.domain.rooms import LEG_DEADLINE, MAX_PARTICIPANTS, Participant, Role
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.transfers import transfer_objection
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services.contacts import find_contact, get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Forbidden, Unavailable

if TYPE_CHECKING:
    from chalicelib.calls.domain.rooms import RoomFile
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.phones import E164

_UNREADABLE = "settings_unavailable"
_WHY = {
    "suppressed": "This number asked not to be called.",
    "do_not_contact": "This contact is marked do-not-contact.",
    "number_kind_refused": "Numbers of this kind are not called.",
    "country_not_allowed": "Calls to this country are not enabled (settings, allowed_countries).",
    "kill_switch": "Dialing is stopped by the kill switch.",
    "dialing_disabled": "Dialing is switched off by the deployment (DialingEnabled).",
}


@dataclass(frozen=True)
class Guest:
    """Somebody to be called in: by a contact's id or by a number."""

    contact_id: str = ""
    number: E164 | None = None
    label: str = ""


def check_number(calls: CallPorts, number: E164) -> None:
    """Refuse with the rule as code what may not be dialed now: `Forbidden`, or `Unavailable` when unknown."""
    code = transfer_objection(calls, number)
    if code is None and calls.numbers.status(number).suppressed_at:
        code = "suppressed"
    if code == _UNREADABLE:
        raise Unavailable("Nobody could tell whether dialing is stopped.", retryable=True, code=code)
    if code:
        raise Forbidden(_WHY.get(code, "The rules forbid to call this number."), code=code)


def invited(calls: CallPorts, guest: Guest, participant_id: str, role: Role, mode: str = "") -> Participant:
    """Give the leg of somebody who may be called; `NotFound`, or `Forbidden` with the rule's code."""
    if guest.number:
        contact = find_contact(calls.crm, guest.number)
    else:
        contact = get_contact(calls.crm, guest.contact_id)
    number = guest.number or (contact.phone if contact else NO_NUMBER)
    if contact and contact.status is ContactStatus.DO_NOT_CONTACT:
        raise Forbidden(_WHY["do_not_contact"], code="do_not_contact")
    check_number(calls, number)
    return Participant(
        participant_id,
        number,
        role,
        cut_to_millis(calls.clock.now()),
        label=guest.label,
        mode=mode,
        contact_id=contact.id if contact else "",
    )


def check_space(there: RoomFile, number: E164) -> None:
    """Refuse a room that is full, or in which this number already is."""
    live = [each for each in there.participants if not each.is_over]
    if any(each.number == number for each in live):
        raise Conflict("This number is in the conference already.", code="already_in_conference")
    if len(live) >= MAX_PARTICIPANTS:
        raise Conflict(f"A conference has {MAX_PARTICIPANTS} people at most.", code="conference_full")


def have_called(calls: CallPorts, room_id: str, participant_id: str) -> None:
    """Have somebody called in, and given up at the deadline."""
    calls.room_wakeups.see_to(RoomTask.CHECK, room_id, participant_id, int(LEG_DEADLINE.total_seconds()))
    calls.room_wakeups.see_to(RoomTask.DIAL, room_id, participant_id)
