"""A call from the wish to dial until its end: states, what moves them, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.permission import Decision
    from chalicelib.kernel.phones import E164


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class CallState(StrEnum):
    """Where a call stands; a later state is never left for an earlier one."""

    QUEUED = "queued"  # accepted; nobody has asked the carrier for it
    DIALING = "dialing"  # committed: the carrier is being asked, once and never again
    UNKNOWN = "unknown"  # the carrier's answer was lost: found out by callback or list, never by dialing
    RINGING = "ringing"  # the carrier has it
    IN_PROGRESS = "in_progress"  # somebody, or something, answered
    ENDED = "ended"  # nothing happens any more


# How long a call may stay without news before somebody looks at it.
PATIENCE = timedelta(seconds=60)
_POST_CALL_TIME = timedelta(seconds=20)

_RANK = {state: rank for rank, state in enumerate(CallState)}


class Outcome(StrEnum):
    """What came of a call, in the field's terms."""

    COMPLETED = "completed"
    OPTED_OUT = "opted_out"
    TRANSFERRED = "transferred"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    CANCELED = "canceled"
    NOT_PERMITTED = "not_permitted"


# Twilio's call statuses (docs/voice/api/call-resource) in the order in which a later one outweighs
# an earlier one, so that the merge of reports is the same in every order of arrival.
_STATE_OF_STATUS = {
    "queued": CallState.RINGING,
    "initiated": CallState.RINGING,
    "ringing": CallState.RINGING,
    "answered": CallState.IN_PROGRESS,
    "in-progress": CallState.IN_PROGRESS,
    "canceled": CallState.ENDED,
    "failed": CallState.ENDED,
    "no-answer": CallState.ENDED,
    "busy": CallState.ENDED,
    "completed": CallState.ENDED,
}
_WEIGHT = {status: weight for weight, status in enumerate(("", *_STATE_OF_STATUS))}
_OUTCOME_OF_STATUS = {
    "completed": Outcome.COMPLETED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELED,
}
TRANSFER_FAILED = "transfer_failed"


@dataclass(frozen=True, order=True)
class CallEvent:
    """Something that happened to a call; `key` makes a repeated report recognisable."""

    at: str
    key: str
    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Report:
    """What the carrier says of a call: a status callback, or a row of its call list."""

    status: str
    sid: str
    at: datetime
    sequence: int | None = None
    duration_s: int | None = None
    sip_code: str = ""
    error: str = ""


@dataclass(frozen=True)
class Call:
    """One call to or from one number: for an outbound call, one attempt (see ADR 1).

    `cost` is the sum of its lines in micro-dollars, known when its books are closed. An erased call has lost
    its number and all that was said, and keeps what counts and cost are made of.
    """

    id: str
    direction: Direction
    state: CallState
    number: E164
    line: E164
    contact_id: str
    template_id: str
    created_at: datetime
    due_at: datetime
    priority: int = 5
    requested_by: str = ""
    decision: Decision | None = None
    dialed_at: datetime | None = None
    sid: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    carrier_status: str = ""
    duration_s: int | None = None
    reason: str = ""
    outcome: Outcome | None = None
    finished_at: datetime | None = None
    cost: int | None = None
    look_at: datetime | None = None
    erased_at: datetime | None = None
    events: tuple[CallEvent, ...] = ()
    version: int = 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can happen on the line any more."""
        return self.state is CallState.ENDED


def add_event(call: Call, event: CallEvent) -> Call:
    """Remember what happened, once, with its earliest time, in the order of time."""
    known = {known.key: known for known in call.events}
    known[event.key] = min(known.get(event.key, event), event)
    return replace(call, events=tuple(sorted(known.values())))


def apply_report(call: Call, report: Report) -> Call:
    """Merge a carrier's report; the result depends on the set of reports, not on order or number.

    Every field moves one way only: the status to the weightiest, the state up its ranks, the answer
    and, among equals, the end to their earliest time. So duplicates and late reports change nothing
    that is already known.
    """
    if report.status not in _STATE_OF_STATUS:
        return call
    state = _STATE_OF_STATUS[report.status]
    if state is CallState.IN_PROGRESS:
        call = replace(call, answered_at=min(call.answered_at or report.at, report.at))
    call = replace(call, sid=call.sid or report.sid)
    if not _outweighs(report, call):
        return call
    call = replace(call, carrier_status=report.status, state=max(call.state, state, key=_RANK.__getitem__))
    if state is not CallState.ENDED:
        return call
    reason = call.reason if call.outcome else report.error
    return replace(call, ended_at=report.at, duration_s=report.duration_s, reason=reason)


def _outweighs(report: Report, call: Call) -> bool:
    """Tell whether a report says more than the call knows: a weightier status, or the same end earlier."""
    said, known = _WEIGHT[report.status], _WEIGHT[call.carrier_status]
    if said != known or call.ended_at is None:
        return said > known
    end = (report.at, report.duration_s is None, report.duration_s or 0, report.error)
    return end < (call.ended_at, call.duration_s is None, call.duration_s or 0, call.reason)


def commit(call: Call, decision: Decision, now: datetime) -> Call:
    """Decide to ask the carrier: from here on nobody asks for this call again.

    Most calls are over within two minutes; to look earlier would cost more than it finds out.
    """
    return replace(
        call, state=CallState.DIALING, decision=decision, dialed_at=now, look_at=now + 2 * PATIENCE
    )


def postpone(call: Call, decision: Decision) -> Call:
    """Keep a call that nobody asked the carrier for until its decision allows another look."""
    if call.state is not CallState.QUEUED or decision.not_before is None:
        return call
    return replace(call, decision=decision, due_at=decision.not_before, look_at=decision.not_before)


def reschedule(call: Call, due_at: datetime) -> Call:
    """Move a call that nobody asked the carrier for to another time."""
    return replace(call, due_at=due_at, look_at=due_at) if call.state is CallState.QUEUED else call


def refuse(call: Call, decision: Decision) -> Call:
    """End a call that must not be dialed, with the decision that says why."""
    if call.state is not CallState.QUEUED:
        return call
    call = replace(call, decision=decision)
    return _end(call, Outcome.NOT_PERMITTED, decision.reason, decision.decided_at)


def cancel(call: Call, reason: str, now: datetime) -> Call:
    """End a call that nobody has asked the carrier for; any other stays as it is."""
    return _end(call, Outcome.CANCELED, reason, now) if call.state is CallState.QUEUED else call


def carrier_declined(call: Call, due_at: datetime) -> Call:
    """Take a commitment back, because the carrier certainly did not accept (HTTP 429)."""
    if call.state is not CallState.DIALING or call.sid:
        return call
    return replace(call, state=CallState.QUEUED, due_at=due_at, look_at=due_at, dialed_at=None)


def take_back(call: Call, decision: Decision) -> Call:
    """Take a commitment back before the carrier was asked, and keep the call for later."""
    due_at = decision.not_before or call.due_at
    return postpone(carrier_declined(call, due_at), decision)


def carrier_unsure(call: Call) -> Call:
    """Remember that the carrier's answer was lost; only the carrier can tell what happened."""
    return replace(call, state=CallState.UNKNOWN) if call.state is CallState.DIALING else call


def never_placed(call: Call, reason: str, now: datetime) -> Call:
    """End a call that the carrier refused or never had."""
    if call.is_over or call.sid:
        return call
    return _end(call, Outcome.FAILED, reason, now)


def forgotten(call: Call, reason: str, now: datetime) -> Call:
    """End a call that the carrier had and does not know any more."""
    return call if call.is_over else _end(call, Outcome.FAILED, reason, now)


def look_again(call: Call, at: datetime) -> Call:
    """Have somebody look at an unfinished call at `at`."""
    return call if call.finished_at else replace(call, look_at=at)


def look_after_end(call: Call, ended_at: datetime) -> Call:
    """Have a call that has just ended looked at within two `PATIENCE`, should its post-call job be lost.

    A time that is already set stands when that job can be done by then: moving it costs two index writes.
    """
    latest = ended_at + 2 * PATIENCE
    stands = call.look_at is not None and ended_at + _POST_CALL_TIME <= call.look_at <= latest
    return call if stands else look_again(call, ended_at + PATIENCE)


def settle(call: Call, outcome: Outcome) -> Call:
    """Say what came of a call; said once."""
    return replace(call, outcome=call.outcome or outcome)


def finish(call: Call, now: datetime, cost: int) -> Call:
    """Close the books on a call that has ended, with its cost; nobody needs to look at it again."""
    return call if call.finished_at else replace(call, finished_at=now, look_at=None, cost=cost)


def _end(call: Call, outcome: Outcome, reason: str, now: datetime) -> Call:
    return replace(
        call,
        state=CallState.ENDED,
        outcome=outcome,
        reason=reason,
        ended_at=now,
        finished_at=now,
        look_at=None,
    )


def outcome_of(call: Call, *, opted_out: bool, transferred: bool) -> Outcome:
    """Say what came of a call that has ended: from what our turns did, and from the carrier's status."""
    if call.outcome:
        return call.outcome
    if opted_out:
        return Outcome.OPTED_OUT
    if transferred and not any(event.kind == TRANSFER_FAILED for event in call.events):
        return Outcome.TRANSFERRED
    return _OUTCOME_OF_STATUS.get(call.carrier_status, Outcome.FAILED)
