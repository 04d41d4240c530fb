"""When the conversation leaves the socket: hang up, hand over, or go on in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Hangup, Listen, Say, Transfer
from chalicelib.ai.domain.wording import APOLOGY
from chalicelib.calls.domain.lifecycle import TRANSFER_FAILED, CallEvent, add_event
from chalicelib.calls.domain.turns import TurnEnd
from chalicelib.kernel.clock import iso
from chalicelib.kernel.logs import log
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.ports.calls import CallPorts

_DECISIONS = (TurnEnd.TRANSFER, TurnEnd.HANG_UP)
BRIDGE = "Sorry, the line was bad for a moment. Please go on."
NOBODY = "I am sorry, nobody can take the call right now. We will call you back. Goodbye."


def session_ended(
    calls: CallPorts, call_id: str, status: str
) -> tuple[CallFile, tuple[Directive, ...]] | None:
    """Decide what follows when the carrier reports the end of a ConversationRelay session.

    `ended`: we asked for it, so carry out how the last turn ended. `failed`: the socket is lost and
    the caller is still there, so the same conversation goes on without it. Otherwise: nobody is there.
    """
    file = calls.book.load(call_id)
    if file is None or file.brief is None or not file.turns:
        return None
    log("session.ended", call_id=call_id, status=status)
    if status == "failed":
        return file, (Say(BRIDGE, last=True), Listen())
    return file, hand_over(calls, file, _last_ending(file))


def _last_ending(file: CallFile) -> tuple[Directive, ...]:
    """Carry out how the last turn ended; with no such decision we have failed, and apologise."""
    last = file.turns[-1]
    if last.end is None and len(file.turns) > 1 and file.turns[-2].end in _DECISIONS:
        last = file.turns[-2]  # the caller spoke on while the session was ending
    if last.end is TurnEnd.TRANSFER:
        return (Transfer(last.reason),)
    if last.end is TurnEnd.HANG_UP:
        return (Hangup(last.reason),)
    return (Say(APOLOGY, last=True), Hangup("turn_failed"))


def hand_over(calls: CallPorts, file: CallFile, directives: tuple[Directive, ...]) -> tuple[Directive, ...]:
    """Let a hand-over among the directives pass when its number may be dialed now.

    Otherwise the caller is told what they would be told had nobody been reached; once told, it stays so.
    """
    target = file.brief.transfer_to if file.brief else ""
    if not target or not any(isinstance(directive, Transfer) for directive in directives):
        return directives
    objection = _objection(calls, file, E164(target))
    if objection is None:
        return directives
    words = tuple(directive for directive in directives if isinstance(directive, Say))
    told = transfer_ended(calls, file.call.id, objection)
    return (*words, Say(" "), *told) if words else told


def _objection(calls: CallPorts, file: CallFile, target: E164) -> str | None:
    """Say why nobody is dialed: as was told before, or as the settings say now."""
    for event in file.call.events:
        if event.kind == TRANSFER_FAILED:
            return event.detail
    from chalicelib.calls.services.transfers import transfer_objection  # noqa: PLC0415  few calls need it

    return transfer_objection(calls, target)


def transfer_ended(calls: CallPorts, call_id: str, reached: str) -> tuple[Directive, ...]:
    """Decide what follows when the person who was dialed hung up, or was never reached."""
    if reached in {"completed", "answered"}:
        return (Hangup("transferred"),)
    event = CallEvent(iso(calls.clock.now()), TRANSFER_FAILED, TRANSFER_FAILED, reached)
    calls.book.change(call_id, lambda call: add_event(call, event))
    log("call.transfer_failed", call_id=call_id, reached=reached)
    return (Say(NOBODY, last=True), Hangup("nobody_reached"))


def end_session(calls: CallPorts, call_id: str, turn: int, connection_id: str, handoff: str) -> None:
    """Close the socket after the last words, unless the caller has said something since."""
    file = calls.book.load(call_id)
    if file is None or file.call.is_over or not file.turns or file.turns[-1].number != turn:
        return
    calls.socket.post(connection_id, handoff)
