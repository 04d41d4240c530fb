"""Calls that wait are ended when their number has asked not to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.lifecycle import refuse
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.permission import decide, standing_of
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.ports.calls import CallPorts

_LOOKED_AT = 50


def end_waiting(calls: CallPorts, contact_id: str) -> None:
    """End those of a contact's 50 newest calls that wait and may not be dialed any more, as not permitted.

    Each is judged as it would be before it is dialed, so that nothing ends that may be dialed; an older one
    is refused then. Safe to repeat.
    """
    for call in calls.book.of_contacts(_ids(calls, contact_id), _LOOKED_AT, None).items:
        if call.state is CallState.QUEUED:
            _end(calls, call)


def _ids(calls: CallPorts, contact_id: str) -> tuple[str, ...]:
    try:
        return get_contact(calls.crm, contact_id).ids
    except NotFound:
        return (contact_id,)


def _end(calls: CallPorts, call: Call) -> None:
    decision = decide(calls, call, standing_of(calls, call))
    if decision.verdict is Verdict.REFUSE:
        _, newest = calls.book.change(call.id, lambda newest: refuse(newest, decision))
        if newest.is_over:
            calls.numbers.release(call.number, call.id)
        log("call.not_dialed", call_id=call.id, reason=decision.reason)
