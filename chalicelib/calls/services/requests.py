"""Wishes to call: accepted or refused at once, kept until they are dialed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Call, Direction
from chalicelib.calls.domain.permission import DialFacts, Verdict, may_dial
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services import contacts as crm
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Forbidden, Invalid, NotFound, Unavailable, about_field
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.numbering import plan_of
from chalicelib.system.domain.settings import stop_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164


_HORIZON = timedelta(days=366)


class Standing(Enum):
    """What the contact's own record says about calling."""

    WELCOME = "welcome"
    REFUSES = "refuses"
    GONE = "gone"


@dataclass(frozen=True)
class CallWish:
    """Whom to call, by contact or by number, how, and not before when."""

    template_id: str
    contact_id: str | None = None
    number: E164 | None = None
    not_before: datetime | None = None
    priority: int = 5
    requested_by: str = ""
    call_id: str | None = None


def request_call(calls: CallPorts, wish: CallWish) -> Call:
    """Accept a wish to call: it will end in exactly one outcome, whatever breaks on the way.

    A wish that brings its own `call_id` is accepted once; again, it gives the call that exists, or is
    refused for what has changed since.

    Raises `NotFound` for a missing contact or template, `Forbidden` with the rule's code when the
    rules already refuse the number, `Invalid` when no caller number is configured.
    """
    with about_field("/template_id"):
        template = get_template(calls, wish.template_id)
    contact_id, number, standing = _whom(calls, wish)
    now = cut_to_millis(calls.clock.now())
    with about_field("/not_before"):
        due_at = _due(wish, now)
    call = Call(
        id=wish.call_id or new_id("call"),
        direction=Direction.OUTBOUND,
        state=CallState.QUEUED,
        number=number,
        line=_line(calls),
        contact_id=contact_id,
        template_id=template.id,
        created_at=now,
        due_at=due_at,
        look_at=due_at,
        priority=wish.priority,
        requested_by=wish.requested_by,
        version=1,
    )
    refuse_hopeless(decide(calls, call, standing))
    if not calls.book.create(call):
        return calls.book.get(call.id) or call
    log("call.requested", call_id=call.id)
    if due_at <= now:
        with suppress(Unavailable):  # a lost wake-up costs a minute: the sweep finds the call
            calls.wakeups.attend(call.id)
    return call


def decide(calls: CallPorts, call: Call, standing: Standing) -> Decision:
    """Collect the facts of now and ask whether this call may be dialed."""
    settings = current_settings(calls.system)
    stop = stop_of(settings, calls.system.stack)
    facts = DialFacts(
        plan=plan_of(call.number),
        status=calls.numbers.status(call.number),
        allowed_countries=frozenset(settings.allowed_countries),
        contact_refuses=standing is Standing.REFUSES,
        contact_gone=standing is Standing.GONE,
        call_id=call.id,
        now=calls.clock.now(),
        stop=(stop.code, stop.explanation) if stop else None,
    )
    return may_dial(facts)


def refuse_hopeless(decision: Decision) -> None:
    """Raise `Forbidden` for a refusal that waiting cannot change."""
    if decision.verdict is Verdict.REFUSE:
        raise Forbidden(decision.explanation, code=decision.reason)


def standing_of(calls: CallPorts, call: Call) -> Standing:
    """Tell whether the contact is there, and whether it and who has the number now may be called."""
    try:
        contact = crm.get_contact(calls.crm, call.contact_id)
    except NotFound:
        return Standing.GONE
    return _standing(calls, contact, call.number)


def _standing(calls: CallPorts, contact: Contact, number: E164) -> Standing:
    owner = contact if number in contact.phones else crm.find_contact(calls.crm, number)
    refuses = any(one and one.status is ContactStatus.DO_NOT_CONTACT for one in (contact, owner))
    return Standing.REFUSES if refuses else Standing.WELCOME


def _whom(calls: CallPorts, wish: CallWish) -> tuple[str, E164, Standing]:
    if wish.contact_id:
        contact = crm.get_contact(calls.crm, wish.contact_id)
    elif wish.number:
        contact = crm.recognise_caller(calls.crm, wish.number, name=wish.number)
    else:
        raise Invalid("Give a contact_id or a number to call.", code="nobody_to_call")
    number = wish.number or contact.phone
    return contact.id, number, _standing(calls, contact, number)


def _due(wish: CallWish, now: datetime) -> datetime:
    due_at = cut_to_millis(max(wish.not_before or now, now))
    if due_at > now + _HORIZON:
        raise Invalid("A call can wait for a year at most; give an earlier not_before.", code="too_far_ahead")
    return due_at


def _line(calls: CallPorts) -> E164:
    if not calls.lines:
        raise Invalid("No caller number is configured; set TWILIO_FROM_NUMBERS.", code="no_caller_number")
    return calls.lines[0]
