"""Placing a call, at most once: the decision, the commitment, the carrier, and finding out later."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

from chalicelib.calls.domain.allowances import longest_s
from chalicelib.calls.domain.calls import Call, Report
from chalicelib.calls.domain.checks import HELD
from chalicelib.calls.domain.lifecycle import (
    PATIENCE,
    apply_report,
    carrier_declined,
    carrier_unsure,
    forgotten,
    keep_in_line,
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
from chalicelib.calls.services.dispatching import SWEEP_LIMIT, wake_waiting
from chalicelib.calls.services.pacing import TOO_FAST, Terms, slow_down, take_start, too_fast
from chalicelib.calls.services.permission import decide, frame_of, standing_of
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.readying import Aside, make_ready
from chalicelib.calls.services.slots import free_line, free_slots, give_back, slots_left
from chalicelib.calls.services.templates import template_of_call
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log
from chalicelib.system.domain.settings import Stop, stop_of
from chalicelib.system.services.settings import current_settings, dialing_stop

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.calls.domain.slots import Slot
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.telephony import Telephony
    from chalicelib.calls.services.readying import Ready

# Longer than any request can be under way to the carrier: after this, not listed means not placed.
_CERTAINTY = timedelta(minutes=10)
_CARRIER_BUSY_WAIT = timedelta(seconds=20)
_SOON = timedelta(seconds=60)
# Longer than any call can last: a call that the carrier does not know by then is over.
_FORGOTTEN = timedelta(hours=3)
# A number stays taken until its call has certainly been found or given up, however short the call may
# be: otherwise the next call to the number could be mistaken for the lost one.
_LEASE_MARGIN = _CERTAINTY + timedelta(minutes=5)
_MOST_STARTS = 3
_LONGEST_LEAD = timedelta(seconds=1)
_MOST_COLLISIONS = 8
_COLLISION_PAUSE_S = 0.01


def dispatch_due(calls: CallPorts) -> int:
    """Wake the workers for every call that somebody must look at; give their number.

    Calls that have begun come first and always; those that wait are left alone while dialing is stopped.
    """
    woken = _wake(calls, calls.book.silent(calls.clock.now(), SWEEP_LIMIT))
    settings = current_settings(calls.system)
    stop = stop_of(settings, calls.system.stack)
    if stop:
        log("dispatch.stopped", reason=stop.code)
        return woken
    return woken + wake_waiting(calls, settings)


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
        free_line(calls, call)
        calls.wakeups.finish(call_id)
    else:
        reconcile(calls, call)


def dial(calls: CallPorts, call: Call) -> None:
    """Decide, make ready, commit, and only then ask the carrier; a lost race or a crash never dials twice."""
    template = template_of_call(calls, call.choice)
    frame = frame_of(calls, template, call.campaign_id)
    decision = decide(calls, call, standing_of(calls, call), frame)
    terms = Terms(frame.settings, frame.plan)
    if decision.verdict is not Verdict.ALLOW:
        _set_aside(calls, call, decision, slots_left(calls, call, terms))
        return
    live_until = decision.decided_at + timedelta(seconds=template.max_duration_s) + _LEASE_MARGIN
    telephony = calls.telephony  # in a new process it takes long to build: before contact and switch are read
    ready = make_ready(calls, call, terms, decision, live_until)
    if ready is None:
        return
    if isinstance(ready, Aside):
        _set_aside(calls, call, ready.decision, ready.slots)
        return
    result = _commit(calls, ready, live_until)
    if result is Commit.DONE:
        _place_in_time(calls, telephony, ready, template, terms)
    elif result in {Commit.CALL_CHANGED, Commit.COLLIDED}:
        _leave_to_another(calls, ready)
    else:
        _set_aside(calls, call, decide(calls, call, standing_of(calls, call)), ready.slots)


def _commit(calls: CallPorts, ready: Ready, live_until: datetime) -> Commit:
    """Commit; again when the transaction only met another one about the same rows."""
    result = calls.book.commit_dial(ready.call, live_until)
    for tries in range(1, _MOST_COLLISIONS):
        if result is not Commit.COLLIDED:
            break
        calls.clock.pause(tries * _COLLISION_PAUSE_S)
        result = calls.book.commit_dial(ready.call, live_until)
    log("call.committed", call_id=ready.call.id, result=result)
    return result


def _leave_to_another(calls: CallPorts, ready: Ready) -> None:
    """Leave a call to whoever was faster; unless that one has dialed it, its places were taken in vain."""
    newest = calls.book.get(ready.call.id)
    if newest is None or newest.is_over or newest.state is CallState.QUEUED:
        give_back(calls, ready.slots)


def reconcile(calls: CallPorts, call: Call) -> None:
    """Find out from the carrier what became of a call that we have no news of.

    The next look is set before the carrier is asked, so that a carrier that fails is asked again later.
    """
    now = calls.clock.now()
    calls.book.change(call.id, lambda newest: look_again(newest, now + PATIENCE))
    report = calls.telephony.find(call)
    if report:
        record_report(calls, call.id, report)
    elif call.sid and now - (call.dialed_at or call.created_at) > _FORGOTTEN:
        _end_unplaced(calls, call, forgotten, "carrier_forgot")
    elif not call.sid and call.dialed_at and now - call.dialed_at > _CERTAINTY:
        _end_unplaced(calls, call, never_placed, "carrier_never_accepted")


def _wake(calls: CallPorts, call_ids: list[str]) -> int:
    for call_id in call_ids:
        calls.wakeups.attend(call_id)
    return len(call_ids)


def _set_aside(calls: CallPorts, call: Call, decision: Decision, slots: tuple[Slot, ...]) -> None:
    """Store why a call is not dialed, end it or keep it for later, and give back what it had taken.

    One that was taken back before may have kept its number until this ends it.
    """
    log("call.not_dialed", call_id=call.id, reason=decision.reason)
    old, newest = calls.book.change(call.id, lambda newest: _put_aside(newest, decision))
    if old.state is CallState.QUEUED:  # otherwise another worker was faster, and uses the places
        give_back(calls, slots)
        if decision.reason == TOO_FAST and not _waits_for_start(old):  # in a crowd the sweep wakes by turns
            _wake_in_time(calls, newest)
    if newest.is_over:
        calls.numbers.release(call.number, call.id)


def _waits_for_start(call: Call) -> bool:
    return call.decision is not None and call.decision.reason == TOO_FAST


def _put_aside(call: Call, decision: Decision) -> Call:
    if decision.verdict is Verdict.REFUSE:
        return refuse(call, decision)
    in_line = decision.verdict is Verdict.NOT_YET and decision.not_before is None
    return keep_in_line(call, decision) if in_line else postpone(call, decision)


def _place_in_time(
    calls: CallPorts, telephony: Telephony, ready: Ready, template: CallTemplate, terms: Terms
) -> None:
    """Ask the carrier, unless dialing was stopped since the decision, and not later than the start allows.

    Nobody has asked it yet, so until then the call can be taken back. Who is late takes another start, as far
    ahead as the last look at the switch took: where storage is slow, everybody would be late for ever.
    """
    call, start, clock = ready.call, ready.start, calls.clock
    for _ in range(_MOST_STARTS):
        looked_at = clock.now()
        if stop := _stop_of_now(calls, call):
            _take_back(calls, call, stopped(stop.code, stop.explanation, clock.now()))
            return
        lead = min(clock.now() - looked_at, _LONGEST_LEAD)
        if (left_s := start.left_s(clock.now())) > 0:
            clock.pause(left_s)
        if not start.is_late(clock.now()):
            _place(calls, telephony, call, template)
            return
        start = take_start(calls, terms, lead)
        if start.not_before:
            break
    _take_back(calls, call, too_fast(start, calls.clock.now()))


def _take_back(calls: CallPorts, call: Call, decision: Decision) -> None:
    """Keep a call that was committed and not asked for; its number stays with it, its places do not."""
    log("call.not_dialed", call_id=call.id, reason=decision.reason)
    _, newest = calls.book.change(call.id, lambda newest: take_back(newest, decision))
    if newest.state is CallState.QUEUED:
        free_slots(calls, call)
        if decision.reason == TOO_FAST:
            _wake_in_time(calls, newest)


def _wake_in_time(calls: CallPorts, call: Call) -> None:
    """Have a call that waits for seconds looked at then; the sweep would come up to a minute later."""
    left = call.look_at - calls.clock.now() if call.look_at else _CARRIER_BUSY_WAIT
    if call.state is CallState.QUEUED and timedelta(0) <= left <= _SOON:
        with suppress(Unavailable):
            calls.wakeups.attend(call.id, ceil(left.total_seconds()))


def _stop_of_now(calls: CallPorts, call: Call) -> Stop | None:
    """Read the switch and the stops of number and campaign again; when nobody can tell, nothing is dialed.

    The commitment has looked at the number, but a start that came late may have kept the call for seconds.
    """
    try:
        if stop := _stop_of_number(calls, call) or dialing_stop(calls.system):
            return stop
        plan = calls.plans.get(call.campaign_id) if call.campaign_id else None
    except Unavailable as error:
        return Stop(UNREADABLE, f"Nobody could tell whether dialing is stopped: {error.message}")
    if call.campaign_id and plan is None:
        return Stop("campaign_gone", "This call's campaign is not there any more.")
    return plan.stop if plan else None


def _stop_of_number(calls: CallPorts, call: Call) -> Stop | None:
    status = calls.numbers.status(call.number)
    if status.suppressed_at:
        return Stop("suppressed", "This number has just asked not to be called.")
    if status.is_held_at(calls.clock.now()):
        return Stop(HELD, "The number has just been held back.")
    return None


def _place(calls: CallPorts, telephony: Telephony, call: Call, template: CallTemplate) -> None:
    seconds = longest_s(template, call.reserved)
    order = PlaceOrder(call.id, call.number, call.line, seconds, template.on_machine)
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
    if not error.retryable:
        calls.book.change(call.id, carrier_unsure)
        return
    due_at = calls.clock.now() + _CARRIER_BUSY_WAIT
    # The number stays with this call: to release it now could free what the call takes again.
    _, newest = calls.book.change(call.id, lambda newest: carrier_declined(newest, due_at))
    if newest.state is CallState.QUEUED:
        free_slots(calls, call)
        _wake_in_time(calls, newest)
    slow_down(calls, error.code)


def _end_unplaced(
    calls: CallPorts, call: Call, how: Callable[[Call, str, datetime], Call], reason: str
) -> None:
    now = calls.clock.now()
    _, ended = calls.book.change(call.id, lambda newest: how(newest, reason, now))
    if ended.is_over:
        free_line(calls, ended)
    log("call.not_placed", call_id=call.id, reason=reason)
