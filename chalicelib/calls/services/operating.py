"""What an operator does about a call that goes on: reads along, notes something, ends it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.outcomes import BY_OPERATOR
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.transcripts import transcript_since
from chalicelib.calls.services.progress import get_call, record_report
from chalicelib.calls.services.withdrawing import call_off
from chalicelib.crm.domain.notes import NewNote, NoteKind
from chalicelib.crm.services.notes import add_note
from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Conflict, Forbidden, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.listing import LiveCalls
    from chalicelib.calls.domain.transcripts import Transcript
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.notes import Note

_SHOWN = 200


def list_live_calls(calls: CallPorts) -> LiveCalls:
    """List the calls that are going on now, newest first, 200 at most.

    The list follows the calls within a second or so.
    """
    return calls.lists.live(_SHOWN)


def read_transcript(calls: CallPorts, call_id: str, since: int) -> Transcript:
    """Tell what was said from the turn `since` on; `NotFound` for an unknown call.

    The head is read first: of a call that it says is over, the turns are all there.
    """
    call = get_call(calls, call_id)
    return transcript_since(call, calls.turns.since(call_id, since), since)


def note_on_call(calls: CallPorts, call_id: str, body: str, author: str, note_id: str) -> Note:
    """Add a note about a call to its contact; `NotFound` when one of them is not there."""
    call = get_call(calls, call_id)
    new = NewNote(call.contact_id, NoteKind.GENERAL, body, author, call_id=call.id, id=note_id)
    return add_note(calls.crm, new)


def hang_up(calls: CallPorts, call_id: str) -> Call:
    """End a call for whoever acts: one that waits at once, one that goes on through the carrier.

    `Conflict` with code `call_over`, or `call_being_dialed` as long as the carrier's id is not known;
    `Unavailable` or `Forbidden` when the carrier certainly did not do it. When nobody knows, the call is
    given as it is: whether it ended is told by the carrier's reports, and to ask again is harmless.
    """
    call = get_call(calls, call_id)
    if call.state is CallState.QUEUED:
        call = _canceled(calls, call)
        if call.is_over and has_happened(call, Happening.HUNG_UP):
            return call
    _refuse_over(call)
    sid = call.sid or _searched(calls, call)
    mark = _mark(calls)
    old, call = calls.book.change(
        call_id, lambda newest: newest if newest.is_over else add_event(newest, mark)
    )
    _refuse_over(call)
    try:
        _end_at_carrier(calls, call, sid)
    except (Forbidden, Unavailable) as error:
        if isinstance(error, Unavailable) and not error.retryable:
            return call
        if not has_happened(old, Happening.HUNG_UP):
            calls.book.change(call_id, _unmarked)
        raise _refused(error) from error
    return call


def _canceled(calls: CallPorts, call: Call) -> Call:
    call = call_off(calls, call.id, BY_OPERATOR, _mark(calls))
    if call.is_over:
        log("call.hung_up", call_id=call.id, was=CallState.QUEUED)
    return call


def _end_at_carrier(calls: CallPorts, call: Call, sid: str) -> None:
    accepted = calls.telephony.hang_up(sid)
    log("call.hung_up", call_id=call.id, was=call.state, accepted=accepted)
    if not accepted:
        report = calls.telephony.find(call)
        _refuse_over(record_report(calls, call.id, report) if report else call)


def _searched(calls: CallPorts, call: Call) -> str:
    """Find the carrier's id of a call whose order is under way, or whose answer was lost."""
    report = calls.telephony.find(call)
    if report is None:
        raise Conflict(
            "The carrier is just being asked for it; try again in a few seconds.", code="call_being_dialed"
        )
    _refuse_over(record_report(calls, call.id, report))
    return report.sid


def _refused(error: Forbidden | Unavailable) -> Forbidden | Unavailable:
    if isinstance(error, Forbidden):
        return Forbidden(f"The carrier refused to end the call: {error.message}", code="carrier_refused")
    return Unavailable("The carrier takes no requests now; try again.", retryable=True, code="carrier_busy")


def _refuse_over(call: Call) -> None:
    if call.is_over:
        raise Conflict("The call is over.", code="call_over")


def _mark(calls: CallPorts) -> CallEvent:
    """Tell that somebody asked for the end; noted before it comes, for then the outcome is made of it."""
    return CallEvent(iso(calls.clock.now()), Happening.HUNG_UP, Happening.HUNG_UP, actor())


def _unmarked(call: Call) -> Call:
    return replace(call, events=tuple(each for each in call.events if each.key != Happening.HUNG_UP))
