"""Machines that answer a call that we placed: found, met with a message or not, doubted when a person talks.

A message is begun once. What is stored first decides, so that a repeated or late delivery changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.ai.domain.conduct import EMERGENCY
from chalicelib.ai.domain.machines import MACHINE_WAITS, SCREENING_ANSWERED, SCREENING_HOLDS
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.machines import (
    HEARD,
    VERDICTS,
    claim,
    has_person,
    is_doubted,
    is_machine_verdict,
    may_begin,
    message_for,
    unclaim,
)
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.files import CallFile
    from chalicelib.calls.domain.turns import Turn
    from chalicelib.calls.ports.calls import CallPorts


def note_verdict(calls: CallPorts, call_id: str, answered_by: str) -> None:
    """Keep what the carrier found to have answered, and have a machine's call taken over.

    The first verdict stands, also one that comes after the end, until the books are closed. Said again, a
    call that is not yet taken over is asked for again: who said it before may have died.
    """
    file = _load(calls, call_id)
    kind = _kind_of(file, answered_by)

    def keep(call: Call) -> Call:
        known = call.finished_at or call.erased_at or has_happened(call, *VERDICTS)
        return call if known else add_event(call, CallEvent(iso(calls.clock.now()), kind, kind, answered_by))

    _, call = calls.book.change(call_id, keep)
    log("call.answered_by", call_id=call_id, verdict=answered_by[:40])
    if is_machine_verdict(answered_by) and may_begin(call, file.brief):
        _have_taken_over(calls, call)


def note_turn(calls: CallPorts, call_id: str, turn: Turn) -> None:
    """Keep what a turn has shown of a machine or an emergency; a machine that waits for a message gets it."""
    if turn.reason in {SCREENING_ANSWERED, SCREENING_HOLDS}:
        _add(calls, call_id, Happening.SCREENED, f"{Happening.SCREENED}_{turn.number}")
    elif turn.reason == MACHINE_WAITS:
        _have_taken_over(calls, _add(calls, call_id, Happening.MACHINE, Happening.MACHINE, HEARD))
    elif turn.reason == EMERGENCY:
        _add(calls, call_id, Happening.EMERGENCY, Happening.EMERGENCY, str(turn.number))


def take_over(calls: CallPorts, call_id: str) -> None:
    """Take a call from the conversation and send it where machines are met; harmless when repeated.

    Not when a person has talked meanwhile. Whoever asks the carrier has claimed the call first; a claim that
    came to nothing is good for one more try, when it is old enough to be that of a dead process. When the
    carrier has certainly done nothing, the claim is given back, so that the next delivery may try at once.
    """
    file = _load(calls, call_id)
    if not file.call.sid or not _is_wanted(file.call):
        return
    if has_person(file):
        log("call.machine_doubted", call_id=call_id)
        _add(calls, call_id, Happening.MACHINE_DOUBTED, Happening.MACHINE_DOUBTED)
        return
    old, new = calls.book.change(call_id, lambda call: claim(call, calls.clock.now()))
    if new != old:
        _redirect(calls, new)


def _redirect(calls: CallPorts, claimed: Call) -> None:
    try:
        calls.telephony.take_over(claimed.sid, claimed.id)
    except Unavailable as error:
        if error.retryable:
            calls.book.change(claimed.id, lambda call: unclaim(call, claimed))
        raise
    log("call.taken_over", call_id=claimed.id)


def begin_message(calls: CallPorts, call_id: str) -> tuple[CallFile, str]:
    """Give a call and what its machine is told; empty: hang up. Given again until it was said to its end."""
    file = _load(calls, call_id)
    message = message_for(file.call, file.brief)
    if not message or file.call.is_over or has_happened(file.call, Happening.MESSAGE_LEFT):
        return file, ""
    _add(calls, call_id, Happening.MESSAGE_BEGUN, Happening.MESSAGE_BEGUN)
    log("call.message_begun", call_id=call_id)
    return file, message


def end_message(calls: CallPorts, call_id: str) -> None:
    """Keep that a message that was begun was said to its end."""
    if has_happened(_load(calls, call_id).call, Happening.MESSAGE_BEGUN):
        _add(calls, call_id, Happening.MESSAGE_LEFT, Happening.MESSAGE_LEFT)
        log("call.message_left", call_id=call_id)


def _kind_of(file: CallFile, answered_by: str) -> Happening:
    if not is_machine_verdict(answered_by):
        return Happening.PERSON
    return Happening.MACHINE_DOUBTED if has_person(file) else Happening.MACHINE


def _have_taken_over(calls: CallPorts, call: Call) -> None:
    if _is_wanted(call) and not call.is_over:
        calls.wakeups.take_over(call.id)


def _is_wanted(call: Call) -> bool:
    """Tell whether a machine was found that nobody doubts, and that was not given its message yet."""
    is_machine = has_happened(call, Happening.MACHINE) and not is_doubted(call)
    return is_machine and not has_happened(call, Happening.MESSAGE_BEGUN)


def _add(calls: CallPorts, call_id: str, kind: Happening, key: str, detail: str = "") -> Call:
    """Keep what happened, once by its key; nothing is added to a call whose books are closed."""
    event = CallEvent(iso(calls.clock.now()), key, kind, detail)

    def add(call: Call) -> Call:
        known = any(known.key == key for known in call.events)
        return call if known or call.finished_at or call.erased_at else add_event(call, event)

    return calls.book.change(call_id, add)[1]


def _load(calls: CallPorts, call_id: str) -> CallFile:
    file = calls.book.load(call_id)
    if file is None:
        raise NotFound(f"There is no call {call_id}.", code="call_not_found")
    return file
