"""Numbers that are held back: from the moment a hold is stored, nothing dials them until it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.checks import HELD
from chalicelib.calls.domain.lifecycle import reschedule
from chalicelib.calls.domain.states import CallState
from chalicelib.crm.services.contacts import find_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import FieldError, Invalid, NotFound
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.holds import NumberHold
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164

# How many calls of whoever has the number are looked at: those that wait are among the latest.
_LOOKED_AT = 50


def hold_number(calls: CallPorts, hold: NumberHold) -> NumberHold:
    """Hold a number back, in place of a hold that there was; nothing is dialed after this was written.

    Calls with it can be asked for, and wait; a call that goes on, goes on. `Invalid` with code
    `hold_in_the_past` when its end has come already.
    """
    if not hold.holds(calls.clock.now()):
        wrong = (FieldError("/until", "Give a time to come, or leave it out."),)
        raise Invalid("The hold would be over already.", code="hold_in_the_past", errors=wrong)
    calls.holds.put(hold)
    log("number.held", number=hold.number)
    return hold


def list_holds(calls: CallPorts, page_size: int, start: str | None = None) -> Page[NumberHold]:
    """List the numbers that are held back now, by number."""
    return calls.holds.page(calls.clock.now(), page_size, start)


def release_hold(calls: CallPorts, number: E164) -> int:
    """Let a number be dialed again, wake the calls that waited for that, and give how many.

    `NotFound` with code `hold_not_found` when nobody holds it back. A call that is not found here, because
    another contact has the number by now, looks again by itself within a quarter of an hour.
    """
    now = cut_to_millis(calls.clock.now())
    if not calls.holds.remove(number, now):
        raise NotFound(f"The number {number} is not held back.", code="hold_not_found")
    woken = [call.id for call in _held_calls(calls, number) if _due_again(calls, call, now)]
    for call_id in woken:
        calls.wakeups.attend(call_id)
    log("number.unheld", number=number, woken=len(woken))
    return len(woken)


def _held_calls(calls: CallPorts, number: E164) -> list[Call]:
    contact = find_contact(calls.crm, number)
    latest = calls.book.of_contacts([contact.id], _LOOKED_AT, None).items if contact else []
    return [call for call in latest if call.number == number and _is_held(call)]


def _is_held(call: Call) -> bool:
    return call.state is CallState.QUEUED and call.decision is not None and call.decision.rule == HELD


def _due_again(calls: CallPorts, call: Call, now: datetime) -> bool:
    """Have a call looked at now that only waited for the number; what waits for something else waits on."""
    _, newest = calls.book.change(
        call.id, lambda newest: reschedule(newest, now) if _is_held(newest) else newest
    )
    return _is_held(newest) and newest.look_at == now
