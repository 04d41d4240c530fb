"""Ending calls that wait: for whoever calls one off, and when the number has asked not to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import add_event
from chalicelib.calls.domain.lifecycle import cancel, refuse
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.permission import decide, standing_of
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.calls.domain.calls import Call, CallEvent
    from chalicelib.calls.ports.calls import CallPorts

_LOOKED_AT = 50


def call_off(calls: CallPorts, call_id: str, reason: str, act: CallEvent | None = None) -> Call:
    """End a call that nobody has asked the carrier for, and free its number; any other stays as it is.

    Gives the call as it is then; `act` is what is noted on it when it is ended.
    """
    now = cut_to_millis(calls.clock.now())

    def ended(newest: Call) -> Call:
        if newest.state is not CallState.QUEUED:
            return newest
        return cancel(add_event(newest, act) if act else newest, reason, now)

    return _end(calls, call_id, ended)


def end_waiting(calls: CallPorts, contact_id: str) -> None:
    """End those of a contact's 50 newest calls that wait and may not be dialed any more, as not permitted.

    Each is judged as it would be before it is dialed, so that nothing ends that may be dialed; an older one
    is refused then. Safe to repeat.
    """
    for call in calls.book.of_contacts(_ids(calls, contact_id), _LOOKED_AT, None).items:
        if call.state is CallState.QUEUED:
            _judge(calls, call)


def _ids(calls: CallPorts, contact_id: str) -> tuple[str, ...]:
    try:
        return get_contact(calls.crm, contact_id).ids
    except NotFound:
        return (contact_id,)


def _judge(calls: CallPorts, call: Call) -> None:
    decision = decide(calls, call, standing_of(calls, call))
    if decision.verdict is Verdict.REFUSE:
        _end(calls, call.id, lambda newest: refuse(newest, decision))
        log("call.not_dialed", call_id=call.id, reason=decision.reason)


def _end(calls: CallPorts, call_id: str, how: Callable[[Call], Call]) -> Call:
    _, newest = calls.book.change(call_id, how)
    if newest.is_over:  # one that was taken back has kept its number
        calls.numbers.release(newest.number, call_id)
    return newest
