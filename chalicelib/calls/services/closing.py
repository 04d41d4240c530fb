"""When the conversation leaves the socket: hang up, hand over, or go on in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Hangup, OnFailure, Transfer
from chalicelib.ai.domain.sentences import Sentence
from chalicelib.calls.domain.machines import is_taken_over
from chalicelib.calls.domain.sayings import say_on
from chalicelib.calls.domain.turns import TurnEnd, TurnKind
from chalicelib.calls.services.relay_loss import relay_lost
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.handing import Step
    from chalicelib.calls.ports.calls import CallPorts

_DECISIONS = (TurnEnd.TRANSFER, TurnEnd.HANG_UP)


def session_ended(
    calls: CallPorts, call_id: str, status: str, error: str = ""
) -> tuple[CallFile, tuple[Step, ...]] | None:
    """Decide what follows when the carrier reports the end of a ConversationRelay session.

    `ended`: we asked for it, so carry out how the last turn ended. `failed`: the socket is lost and
    the caller is still there, so the same conversation goes on without it. Otherwise nobody is there, for
    whom nobody else is called.
    Nothing follows when the call was taken from the conversation, because a machine answered it.
    """
    file = calls.book.load(call_id)
    if file is None or file.brief is None or not file.turns:
        return None
    log("session.ended", call_id=call_id, status=status)
    if is_taken_over(file.call):
        return file, ()
    if status not in {"ended", "failed"}:
        return file, (Hangup("caller_gone"),)
    if file.turns[-1].end not in _DECISIONS:
        from chalicelib.calls.services.rooms.handover import taken  # noqa: PLC0415  few calls need it

        if steps := taken(calls, file):
            return file, steps
    if status == "failed":
        return file, relay_lost(calls, file, error)
    return file, hand_over(calls, file, _last_ending(file))


def _last_ending(file: CallFile) -> tuple[Directive, ...]:
    """Carry out how the last turn ended; with no such decision we have failed, and apologise."""
    last = file.turns[-1]
    if last.kind is TurnKind.TRANSFER:  # the same news once more: the hand-over was tried and told
        last = next((turn for turn in reversed(file.turns) if turn.end is TurnEnd.TRANSFER), last)
    if last.end is None and len(file.turns) > 1 and file.turns[-2].end in _DECISIONS:
        last = file.turns[-2]  # the caller spoke on while the session was ending
    if last.end is TurnEnd.TRANSFER:
        return (Transfer(last.reason),)
    if last.end is TurnEnd.HANG_UP:
        return (Hangup(last.reason),)
    if file.brief and file.brief.on_failure is OnFailure.TRANSFER:
        return (say_on(file, Sentence.APOLOGY_TRANSFER), Transfer("turn_failed"))
    return (say_on(file, Sentence.APOLOGY), Hangup("turn_failed"))


def hand_over(calls: CallPorts, file: CallFile, directives: tuple[Directive, ...]) -> tuple[Step, ...]:
    """Carry out a hand-over, if there is one among the directives."""
    if not any(isinstance(directive, Transfer) for directive in directives):
        return directives
    from chalicelib.calls.services.rooms import handover  # noqa: PLC0415  few calls need it

    return handover.hand_over(calls, file, directives)


def end_session(calls: CallPorts, call_id: str, turn: int, connection_id: str, handoff: str) -> None:
    """Close the socket after the last words, unless the caller has said something since."""
    file = calls.book.load(call_id)
    if file is None or file.call.is_over or not file.turns or file.turns[-1].number != turn:
        return
    calls.socket.post(connection_id, handoff)
