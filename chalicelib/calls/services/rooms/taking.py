"""An operator takes a call from the AI and hands it to a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.rooms import LEG_DEADLINE, Participant, Role, room_id_of
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import TransferMode
from chalicelib.calls.ports.rooms import RoomTask
from chalicelib.calls.services.rooms.attempts import store_attempt, too_often
from chalicelib.calls.services.rooms.invitations import check_number
from chalicelib.calls.services.rooms.legs import BY_OPERATOR
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, NotFound, about_field
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.rooms import RoomFile
    from chalicelib.calls.ports.calls import CallPorts

# What the AI does not hold: a machine that is spoken to, a message that is taken.
_NOT_HELD = (Happening.MESSAGE_BEGUN, Happening.VOICEMAIL_BEGUN, Happening.AFTER_HOURS)


@dataclass(frozen=True)
class TransferWish:
    """To whom a call is to be handed, and how; the template says it where None."""

    attempt_id: str
    number: E164 | None = None
    mode: TransferMode | None = None


def transfer_call(calls: CallPorts, call_id: str, wish: TransferWish) -> Participant:
    """Have a live call that the AI holds handed over; the same attempt again gives the one that exists.

    Raises `NotFound`; `Conflict` when the call is not live, not held by the AI, handed over already or too
    often, or nobody is named; `Forbidden` with the rule's code when the number may not be dialed.
    """
    file = calls.book.load(call_id)
    if file is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    there = calls.rooms.load(room_id_of(call_id))
    known = there.find(wish.attempt_id) if there else None
    if known is None:
        _check_live(file)
        _check_free(there)
        known = store_attempt(calls, file.call, there, _attempt(calls, file, wish))
    if known.is_expected and not has_begun(file, known):
        see_to = calls.room_wakeups.see_to
        see_to(RoomTask.CHECK, room_id_of(call_id), known.id, int(LEG_DEADLINE.total_seconds()))
        see_to(RoomTask.SEIZE, room_id_of(call_id), known.id)
    return known


def has_begun(file: CallFile, attempt: Participant) -> bool:
    """Tell whether the caller's line was given to this hand-over."""
    return any(event.key.endswith(attempt.id[-6:]) for event in file.call.events)


def _attempt(calls: CallPorts, file: CallFile, wish: TransferWish) -> Participant:
    brief = file.brief
    target = wish.number or (brief.transfer_to if brief else "")
    if not target:
        raise Conflict("This call's template names nobody; give a number.", code="no_transfer_target")
    with about_field("/number"):
        check_number(calls, E164(target))
    mode = wish.mode or (brief.transfer_mode if brief else TransferMode.BLIND)
    now = cut_to_millis(calls.clock.now())
    return Participant(wish.attempt_id, E164(target), Role.COLLEAGUE, now, mode=mode, why=BY_OPERATOR)


def _check_live(file: CallFile) -> None:
    if file.call.state is not CallState.IN_PROGRESS or not file.call.sid:
        raise Conflict("Nobody is on the line of this call.", code="call_not_live")
    if file.brief is None or has_happened(file.call, *_NOT_HELD):
        raise Conflict("The AI does not hold this call.", code="call_not_held")


def _check_free(there: RoomFile | None) -> None:
    if there and there.attempt and not there.attempt.is_over:
        raise Conflict("This call is being handed over, or was.", code="call_in_transfer")
    if too_often(there):
        raise Conflict("This call was handed over as often as it may be.", code="transfer_limit")
