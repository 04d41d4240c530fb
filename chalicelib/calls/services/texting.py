"""Sending a text message, at most once: the decision, the commitment, the carrier, and finding out later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.messages import (
    LONGEST_WAIT,
    MessageState,
    StatusReport,
    apply_status,
    commit_message,
    fail_message,
    is_too_old,
    look_at_message_later,
    postpone_message,
    take_back_message,
    unsure_of_message,
)
from chalicelib.calls.domain.permission import UNREADABLE, Verdict
from chalicelib.calls.domain.texting import SMS_SOURCE
from chalicelib.calls.ports.messages import SendCommit, SendOrder
from chalicelib.calls.services.messages import decide_text
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from chalicelib.kernel.logs import log
from chalicelib.system.services.settings import dialing_stop

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.messages import Message, Place
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.ports.messages import Texting

# Longer than any request can be under way to the carrier: after this, not listed means not sent.
_CERTAINTY = timedelta(minutes=10)
_BUSY_WAIT = timedelta(seconds=20)
_SWEEP_LIMIT = 200
_SIBLINGS = 100  # messages of one thread among which a lost one is told from its likes
TOO_OLD = "too_old"
OPTED_OUT_AT_CARRIER = "carrier_21610"


def dispatch_messages(calls: CallPorts) -> int:
    """Wake the workers for every message that somebody must look at; give their number.

    Those that wait to be sent are left alone while everything is stopped, unless they are too old by now.
    """
    now = calls.clock.now()
    places = calls.messages.silent(now, _SWEEP_LIMIT)
    waiting = calls.messages.waiting(now, _SWEEP_LIMIT)
    if dialing_stop(calls.system) is not None:
        waiting = [place for place in waiting if now - place.at > LONGEST_WAIT]
    places = places + waiting
    for place in places:
        calls.wakeups.send_message(place)
    return len(places)


def attend_message(calls: CallPorts, place: Place) -> None:
    """Look at a message and do what its state asks for; harmless when repeated, late or in vain."""
    message = calls.messages.get(place)
    now = calls.clock.now()
    if message is None or message.look_at is None or message.look_at > now:
        return
    if message.state is MessageState.QUEUED:
        _send(calls, message)
    else:
        _reconcile(calls, message, now)


def record_status(calls: CallPorts, place: Place, status: str, sid: str, error: str = "") -> Message:
    """Merge what the carrier reports; again, or late, it changes nothing. `NotFound` when it was deleted."""
    report = StatusReport(status, sid, cut_to_millis(calls.clock.now()), error)
    return _merge(calls, place, report)


def _merge(calls: CallPorts, place: Place, report: StatusReport) -> Message:
    old, new = calls.messages.change(place, lambda message: apply_status(message, report))
    if new.state is not old.state:
        log("message.reported", message_id=new.id, state=new.state.value, reason=new.reason)
    return new


def _send(calls: CallPorts, message: Message) -> None:
    if is_too_old(message, calls.clock.now()):
        log("message.not_sent", message_id=message.id, reason=TOO_OLD)
        _fail(calls, message, TOO_OLD)
        return
    texting = calls.texting  # in a new process it takes long to build: before the facts are read
    decision = decide_text(calls, message)
    if decision.verdict is not Verdict.ALLOW:
        _set_aside(calls, message, decision)
        return
    committed = commit_message(message, decision.decided_at)
    result = calls.messages.commit_send(committed)
    log("message.committed", message_id=message.id, result=result)
    if result in (SendCommit.NUMBER_SUPPRESSED, SendCommit.TOO_MANY):
        _set_aside(calls, message, decide_text(calls, message))
    elif result is SendCommit.DONE:
        _ask_unless_stopped(calls, texting, committed)


def _set_aside(calls: CallPorts, message: Message, decision: Decision) -> None:
    """End a message that must not be sent, or keep it for later."""
    log("message.not_sent", message_id=message.id, reason=decision.reason)
    if decision.verdict is Verdict.REFUSE:
        _fail(calls, message, decision.reason)
    elif until := decision.not_before:
        calls.messages.change(message.place, lambda newest: postpone_message(newest, until))


def _ask_unless_stopped(calls: CallPorts, texting: Texting, message: Message) -> None:
    """Ask the carrier, unless everything was stopped since the decision: then nobody has asked it yet."""
    stop = _stop_of_now(calls)
    if stop is None:
        _ask(calls, texting, message)
        return
    log("message.not_sent", message_id=message.id, reason=stop)
    _take_back(calls, message, calls.clock.now() + _BUSY_WAIT)


def _stop_of_now(calls: CallPorts) -> str | None:
    """Read the switch again; when nobody can tell how it stands, nothing is sent."""
    try:
        stop = dialing_stop(calls.system)
    except Unavailable:
        return UNREADABLE
    return stop.code if stop else None


def _ask(calls: CallPorts, texting: Texting, message: Message) -> None:
    try:
        report = texting.send(SendOrder(message.place, message.number, message.line, message.body))
    except (Invalid, Forbidden, NotFound) as error:
        _refused(calls, message, error.code)
    except Unavailable as error:
        log("message.carrier_unavailable", message_id=message.id, code=error.code, certain=error.retryable)
        if error.retryable:
            _take_back(calls, message, calls.clock.now() + _BUSY_WAIT)
        else:
            calls.messages.change(message.place, unsure_of_message)
    else:
        _merge(calls, message.place, report)


def _refused(calls: CallPorts, message: Message, code: str) -> None:
    """End a message that the carrier refused; a STOP that only the carrier knew of holds for calls too."""
    if code == OPTED_OUT_AT_CARRIER:
        stop_calling(calls, message.number, f"{SMS_SOURCE}:{message.id}")
    _fail(calls, message, code)


def _fail(calls: CallPorts, message: Message, reason: str) -> None:
    now = cut_to_millis(calls.clock.now())
    calls.messages.change(message.place, lambda newest: fail_message(newest, reason, now))


def _take_back(calls: CallPorts, message: Message, until: datetime) -> None:
    calls.messages.change(message.place, lambda newest: take_back_message(newest, until))


def _reconcile(calls: CallPorts, message: Message, now: datetime) -> None:
    """Find out from the carrier what became of a message that we have no news of.

    The next look is set before the carrier is asked, so that a carrier that fails is asked again later.
    """
    calls.messages.change(message.place, lambda newest: look_at_message_later(newest, now))
    report = calls.texting.find(message, _taken(calls, message))
    if report:
        _merge(calls, message.place, report)
    elif not message.sid and message.asked_at and now - message.asked_at > _CERTAINTY:
        _fail(calls, message, "carrier_never_accepted")


def _taken(calls: CallPorts, message: Message) -> frozenset[str]:
    """Give the carrier's ids of the thread's other messages: none of them is the lost one."""
    if message.sid:
        return frozenset()
    thread = calls.messages.thread([message.contact_id], _SIBLINGS, None)
    return frozenset(each.sid for each in thread.items if each.sid and each.id != message.id)
