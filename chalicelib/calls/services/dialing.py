"""Placing a call, at most once: the decision, the commitment, the carrier, and finding out later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Call, Report
from chalicelib.calls.domain.lifecycle import (
    PATIENCE,
    apply_report,
    carrier_declined,
    carrier_unsure,
    commit,
    forgotten,
    look_again,
    never_placed,
    postpone,
    refuse,
    take_back,
)
from chalicelib.calls.domain.permission import UNREADABLE, Decision, Verdict, stopped
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.books import Commit
from chalicelib.calls.ports.telephony import PlaceOrder
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.requests import Standing, decide, standing_of
from chalicelib.calls.services.templates import template_of_call
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log
from chalicelib.system.domain.settings import Stop
from chalicelib.system.services.settings import dialing_stop

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Telephony

# Longer than any request can be under way to the carrier: after this, not listed means not placed.
_CERTAINTY = timedelta(minutes=10)
_CARRIER_BUSY_WAIT = timedelta(seconds=20)
# Longer than any call can last: a call that the carrier does not know by then is over.
_FORGOTTEN = timedelta(hours=3)
# A number stays taken until its call has certainly been found or given up, however short the call may
# be: otherwise the next call to the number could be mistaken for the lost one.
_LEASE_MARGIN = _CERTAINTY + timedelta(minutes=5)
_SWEEP_LIMIT = 200


def dispatch_due(calls: CallPorts) -> int:
    """Wake the workers for every call that somebody must look at; give their number.

    Calls that have begun come first and always; those that wait are left alone while dialing is stopped.
    """
    now = calls.clock.now()
    woken = _wake(calls, calls.book.silent(now, _SWEEP_LIMIT))
    stop = dialing_stop(calls.system)
    if stop:
        log("dispatch.stopped", reason=stop.code)
        return woken
    return woken + _wake(calls, calls.book.due(now, _SWEEP_LIMIT))


def attend(calls: CallPorts, call_id: str) -> None:
    """Look at a call and do what its state asks for; harmless when repeated, late or in vain."""
    call = calls.book.get(call_id)
    now = calls.clock.now()
    if call is None or call.look_at is None or call.look_at > now:
        return
    if call.state is CallState.QUEUED:
        dial(calls, call)
    elif call.is_over:
        calls.book.change(call_id, lambda newest: look_again(newest, now + PATIENCE))
        calls.numbers.release(call.number, call_id)
        calls.wakeups.finish(call_id)
    else:
        reconcile(calls, call)


def dial(calls: CallPorts, call: Call) -> None:
    """Decide, commit, and only then ask the carrier; a lost race or a crash never dials twice."""
    decision = decide(calls, call, standing_of(calls, call))
    if decision.verdict is not Verdict.ALLOW:
        _set_aside(calls, call, decision)
        return
    template = template_of_call(calls, call.template_id)
    live_until = decision.decided_at + timedelta(seconds=template.max_duration_s) + _LEASE_MARGIN
    telephony = calls.telephony  # in a new process it takes long to build: before contact and switch are read
    standing = standing_of(calls, call)
    if standing is not Standing.WELCOME:
        _set_aside(calls, call, decide(calls, call, standing))
        return
    committed = commit(call, decision, decision.decided_at)
    result = calls.book.commit_dial(committed, live_until)
    log("call.committed", call_id=call.id, result=result)
    if result is Commit.NUMBER_CHANGED:
        _set_aside(calls, call, decide(calls, call, Standing.WELCOME))
    elif result is Commit.DONE:
        _place_unless_stopped(calls, telephony, committed, template)


def reconcile(calls: CallPorts, call: Call) -> None:
    """Find out from the carrier what became of a call that we have no news of.

    The next look is set before the carrier is asked, so that a carrier that fails is asked again later.
    """
    now = calls.clock.now()
    calls.book.change(call.id, lambda newest: look_again(newest, now + PATIENCE))
    report = calls.telephony.find(call)
    if report:
        record_report(calls, call.id, report)
    elif call.sid and now - call.created_at > _FORGOTTEN:
        _end_unplaced(calls, call, forgotten, "carrier_forgot")
    elif not call.sid and call.dialed_at and now - call.dialed_at > _CERTAINTY:
        _end_unplaced(calls, call, never_placed, "carrier_never_accepted")


def _wake(calls: CallPorts, call_ids: list[str]) -> int:
    for call_id in call_ids:
        calls.wakeups.attend(call_id)
    return len(call_ids)


def _set_aside(calls: CallPorts, call: Call, decision: Decision) -> None:
    """Store why a call is not dialed, and end it or keep it for later."""
    log("call.not_dialed", call_id=call.id, reason=decision.reason)
    change = refuse if decision.verdict is Verdict.REFUSE else postpone
    calls.book.change(call.id, lambda newest: change(newest, decision))


def _place_unless_stopped(calls: CallPorts, telephony: Telephony, call: Call, template: CallTemplate) -> None:
    """Ask the carrier, unless dialing was stopped since the decision: then nobody has asked it yet."""
    stop = _stop_of_now(calls)
    if stop is None:
        _place(calls, telephony, call, template)
        return
    log("call.not_dialed", call_id=call.id, reason=stop.code)
    decision = stopped(stop.code, stop.explanation, calls.clock.now())
    # The number stays with this call, as when the carrier is busy.
    calls.book.change(call.id, lambda newest: take_back(newest, decision))


def _stop_of_now(calls: CallPorts) -> Stop | None:
    """Read the switch again; when nobody can tell how it stands, nothing is dialed."""
    try:
        return dialing_stop(calls.system)
    except Unavailable as error:
        return Stop(UNREADABLE, f"Nobody could tell whether dialing is stopped: {error.message}")


def _place(calls: CallPorts, telephony: Telephony, call: Call, template: CallTemplate) -> None:
    order = PlaceOrder(call.id, call.number, call.line, template.max_duration_s, template.on_machine)
    try:
        sid = telephony.place(order)
    except (Invalid, Forbidden, NotFound) as error:
        _end_unplaced(calls, call, never_placed, error.code)
    except Unavailable as error:
        _carrier_unavailable(calls, call, error)
    else:
        accepted = Report("queued", sid, calls.clock.now())
        calls.book.change(call.id, lambda newest: apply_report(newest, accepted))
        log("call.placed", call_id=call.id, call_sid=sid)


def _carrier_unavailable(calls: CallPorts, call: Call, error: Unavailable) -> None:
    """Wait when the carrier certainly has nothing; otherwise leave it to callbacks and its list."""
    log("call.carrier_unavailable", call_id=call.id, code=error.code, certain=error.retryable)
    if error.retryable:
        due_at = calls.clock.now() + _CARRIER_BUSY_WAIT
        # The number stays with this call: to release it now could free what the call takes again.
        calls.book.change(call.id, lambda newest: carrier_declined(newest, due_at))
    else:
        calls.book.change(call.id, carrier_unsure)


def _end_unplaced(
    calls: CallPorts, call: Call, how: Callable[[Call, str, datetime], Call], reason: str
) -> None:
    now = calls.clock.now()
    _, ended = calls.book.change(call.id, lambda newest: how(newest, reason, now))
    if ended.is_over:
        calls.numbers.release(call.number, call.id)
    log("call.not_placed", call_id=call.id, reason=reason)
