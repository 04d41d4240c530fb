"""How a call goes from the wish to dial until its end; which state follows which, `states` tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import Signal, transition
from chalicelib.kernel.errors import Conflict

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call, Report
    from chalicelib.calls.domain.outcomes import Conclusion
    from chalicelib.calls.domain.permission import Decision

# How long a call may stay without news before somebody looks at it.
PATIENCE = timedelta(seconds=60)
_POST_CALL_TIME = timedelta(seconds=20)
# What a call that nobody placed has of its budgets.
_FREE: dict[str, Any] = {"reserved": None, "budgets": ()}

# Twilio's call statuses (docs/voice/api/call-resource) in the order in which a later one outweighs
# an earlier one, so that the merge of reports is the same in every order of arrival.
SIGNALS = {
    "queued": Signal.ACCEPT,
    "initiated": Signal.ACCEPT,
    "ringing": Signal.RING,
    "answered": Signal.ANSWER,
    "in-progress": Signal.ANSWER,
    "canceled": Signal.END,
    "failed": Signal.END,
    "no-answer": Signal.END,
    "busy": Signal.END,
    "completed": Signal.END,
}
_WEIGHT = {status: weight for weight, status in enumerate(("", *SIGNALS))}


def apply_report(call: Call, report: Report) -> Call:
    """Merge a carrier's report; the result depends on the set of reports, not on order or number.

    Every field moves one way only: the status to the weightiest, the state up its ranks, the answer
    and, among equals, the end to their earliest time. So duplicates and late reports change nothing
    that is already known. A status that we do not know changes nothing.
    """
    signal = SIGNALS.get(report.status)
    if signal is None:
        return call
    if signal is Signal.ANSWER:
        call = replace(call, answered_at=min(call.answered_at or report.at, report.at))
    outweighs = _outweighs(report, call)
    call = _move(replace(call, sid=call.sid or report.sid), signal)
    if not outweighs:
        return call
    call = replace(call, carrier_status=report.status)
    return _with_end(call, report) if signal is Signal.END else call


def _outweighs(report: Report, call: Call) -> bool:
    """Tell whether a report says more than the call knows: a weightier status, or the same end earlier."""
    said, known = _WEIGHT[report.status], _WEIGHT[call.carrier_status]
    if said != known or call.ended_at is None:
        return said > known
    end = (report.at, _length(report.duration_s), report.error, report.sip_code)
    return end < (call.ended_at, _length(call.duration_s), call.reason, call.sip_code)


def _length(duration_s: int | None) -> tuple[bool, int]:
    return duration_s is None, duration_s or 0


def _with_end(call: Call, report: Report) -> Call:
    """Keep how the carrier says that the call ended; why it ended stays once that was said."""
    reason = call.reason if call.outcome else report.error
    return replace(
        call, ended_at=report.at, duration_s=report.duration_s, sip_code=report.sip_code, reason=reason
    )


def commit(call: Call, decision: Decision, now: datetime) -> Call:
    """Decide to ask the carrier: from here on nobody asks for this call again.

    Most calls are over within two minutes; to look earlier would cost more than it finds out. Raises
    `Conflict` with code `call_not_queued` for a call that somebody has asked for, or that is over.
    """
    if not transition(call.state, Signal.COMMIT).applies:
        raise Conflict(f"The call {call.id} is not waiting to be dialed.", code="call_not_queued")
    hold = decision.hold
    return _move(
        call,
        Signal.COMMIT,
        decision=decision,
        dialed_at=now,
        look_at=now + 2 * PATIENCE,
        reserved=hold and hold.micros,
        budgets=tuple(hold.caps) if hold else (),
    )


def postpone(call: Call, decision: Decision) -> Call:
    """Keep a call that nobody asked the carrier for until its decision allows another look."""
    if decision.not_before is None:
        return call
    return _move(call, Signal.POSTPONE, decision=decision, **_waits_until(call, decision.not_before))


def keep_in_line(call: Call, decision: Decision) -> Call:
    """Keep a call that nobody asked the carrier for where it waits, and why it still does.

    Only another reason is written: it waits for the same, however often somebody looks.
    """
    if call.decision and call.decision.reason == decision.reason:
        return call
    return _move(call, Signal.POSTPONE, decision=decision)


def reschedule(call: Call, due_at: datetime) -> Call:
    """Move a call that nobody asked the carrier for to another time."""
    return _move(call, Signal.POSTPONE, **_waits_until(call, due_at))


def refuse(call: Call, decision: Decision) -> Call:
    """End a call that must not be dialed, with the decision that says why."""
    at, reason = decision.decided_at, decision.reason
    return _end(call, Signal.REFUSE, Outcome.NOT_PERMITTED, reason, at, decision=decision)


def cancel(call: Call, reason: str, now: datetime) -> Call:
    """End a call that nobody has asked the carrier for; any other stays as it is."""
    return _end(call, Signal.CANCEL, Outcome.CANCELED, reason, now)


def carrier_declined(call: Call, due_at: datetime) -> Call:
    """Take a commitment back, because the carrier certainly did not accept (HTTP 429)."""
    if call.sid:  # a callback that came first proves that the carrier has it
        return call
    undone: dict[str, Any] = {"dialed_at": None, "slots": (), **_FREE}
    return _move(call, Signal.TAKE_BACK, **_waits_until(call, due_at), **undone)


def take_back(call: Call, decision: Decision) -> Call:
    """Take a commitment back before the carrier was asked, and keep the call for later."""
    due_at = decision.not_before or call.due_at
    return postpone(carrier_declined(call, due_at), decision)


def carrier_unsure(call: Call) -> Call:
    """Remember that the carrier's answer was lost; only the carrier can tell what happened."""
    return _move(call, Signal.UNSURE)


def never_placed(call: Call, reason: str, now: datetime) -> Call:
    """End a call that the carrier refused or never had."""
    return call if call.sid else _end(call, Signal.NEVER_PLACED, Outcome.FAILED, reason, now, **_FREE)


def forgotten(call: Call, reason: str, now: datetime) -> Call:
    """End a call that the carrier had and does not know any more."""
    return _end(call, Signal.FORGOTTEN, Outcome.FAILED, reason, now)


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


def settle(call: Call, conclusion: Conclusion) -> Call:
    """Say what came of a call, and why; said once."""
    if call.outcome:
        return call
    return replace(call, outcome=conclusion.outcome, reason=conclusion.reason)


def finish(call: Call, now: datetime, cost: int) -> Call:
    """Close the books on a call that has ended, with its cost; nobody needs to look at it again."""
    return call if call.finished_at else replace(call, finished_at=now, look_at=None, cost=cost)


def _end(call: Call, signal: Signal, outcome: Outcome, reason: str, now: datetime, **more: Any) -> Call:
    ended: dict[str, Any] = {"ended_at": now, "finished_at": now, "look_at": None, **more}
    return _move(call, signal, outcome=outcome, reason=reason, **ended)


def _waits_until(call: Call, due_at: datetime) -> dict[str, Any]:
    """Give when a call is to be dialed, and when somebody looks at it: at its end at the latest."""
    return {"due_at": due_at, "look_at": min(due_at, call.not_after or due_at)}


def _move(call: Call, signal: Signal, **changes: Any) -> Call:
    """Carry a signal out as the table says; where it does not apply, the call stays as it is."""
    step = transition(call.state, signal)
    return replace(call, state=step.to, **changes) if step.applies else call
