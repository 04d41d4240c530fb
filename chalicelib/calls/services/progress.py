"""What the carrier reports of a call: merged into it, once each, in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Call, CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lateness import words_pause_s
from chalicelib.calls.domain.lifecycle import SIGNALS, apply_report, finish, look_after_end, settle
from chalicelib.calls.domain.outcomes import UNANSWERED, came_to_nothing, outcome_of
from chalicelib.calls.services.slots import free_line
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Report
    from chalicelib.calls.ports.calls import CallPorts

_LONGEST_STATUS = 40


def record_report(calls: CallPorts, call_id: str, report: Report) -> Call:
    """Merge a report; when it ends the call, free the number and have the post-call job done.

    Raises `NotFound` for an unknown call; nothing is added to an erased one. A crash after the merge loses
    nothing: the call keeps a time to be looked at until the post-call job has finished it. A call that came
    to nothing needs no such job: the same write closes its books, and its number is free before that.
    """
    now = calls.clock.now()
    if report.status in UNANSWERED:
        _free(calls, get_call(calls, call_id))

    def merge(call: Call) -> Call:
        if call.erased_at:
            return call
        merged = apply_report(add_event(call, _event(report)), report)
        return _ended(merged, report.at, now) if merged.is_over and not call.is_over else merged

    old, new = calls.book.change(call_id, merge)
    if report.status not in SIGNALS and new != old:
        log("call.unknown_status", call_id=call_id, status=report.status[:_LONGEST_STATUS])
    if new.is_over and not old.is_over:
        log("call.ended", call_id=call_id, status=new.carrier_status)
        _follow_up(calls, new)
    return new


def _free(calls: CallPorts, call: Call) -> None:
    """Let others dial the number of a call of which the carrier says that it is over; once is enough."""
    if not call.is_over:
        free_line(calls, call)


def _ended(call: Call, at: datetime, now: datetime) -> Call:
    """Close the books of a call that came to nothing; have any other looked after until that is done."""
    if came_to_nothing(call):
        return finish(settle(call, outcome_of(call)), now, cost=0)
    return look_after_end(call, at)


def _follow_up(calls: CallPorts, call: Call) -> None:
    """Have the post-call job of a call done that has just ended, unless its books are closed."""
    if call.finished_at:
        log("call.finished", call_id=call.id, outcome=call.outcome, reason=call.reason)
        return
    free_line(calls, call)
    calls.wakeups.finish(call.id, _pause_s(calls, call))


def _pause_s(calls: CallPorts, call: Call) -> int:
    """Say for how long (seconds) words that were said while somebody hung up may be under way."""
    file = calls.book.load(call.id) if call.answered_at or call.carrier_status == "completed" else None
    return words_pause_s(file) if file else 0


def get_call(calls: CallPorts, call_id: str) -> Call:
    """Give the head of a call, or `NotFound`."""
    call = calls.book.get(call_id)
    if call is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    return call


def _event(report: Report) -> CallEvent:
    """Name an event by the status that it tells; the same status told twice is one event.

    A status that we do not know is kept as it was told: it is the sign that the carrier has changed.
    """
    if report.status not in SIGNALS:
        status = report.status[:_LONGEST_STATUS]
        kind = Happening.UNKNOWN_STATUS
        return CallEvent(iso(report.at), f"{kind}:{status}", kind, status)
    detail = " ".join(filter(None, (report.error, report.sip_code and f"SIP {report.sip_code}")))
    return CallEvent(iso(report.at), report.status, report.status, detail)
