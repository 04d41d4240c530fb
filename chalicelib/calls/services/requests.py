"""Wishes to call: accepted or refused at once, kept until they are dialed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calls import Call, Direction
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.templates import TemplateChoice
from chalicelib.calls.services.permission import decide, refuse_hopeless, standing_of_contact
from chalicelib.calls.services.templates import get_chosen
from chalicelib.crm.services import contacts as crm
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Invalid, Unavailable, about_field
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.permission import Standing
    from chalicelib.kernel.phones import E164


_HORIZON = timedelta(days=366)


@dataclass(frozen=True)
class CallWish:
    """Whom to call, by contact or by number, how, not before when, and not after when.

    `appointment` is what texts may say of the appointment of which the call is to remind.
    `template_version` None is the version that is current when the call is answered.
    Whoever asks for many at once spreads their wake-ups over the time that they take to start: `wake_in_s`.
    """

    template_id: str
    contact_id: str | None = None
    number: E164 | None = None
    not_before: datetime | None = None
    priority: int = 5
    requested_by: str = ""
    call_id: str | None = None
    campaign_id: str = ""
    attempt: int = 0
    line: E164 | None = None
    wake_in_s: int = 0
    template_version: int | None = None
    not_after: datetime | None = None
    appointment: Mapping[str, str] = field(default_factory=dict)


def request_call(calls: CallPorts, wish: CallWish) -> Call:
    """Accept a wish to call: it will end in exactly one outcome, whatever breaks on the way.

    A wish that brings its own `call_id` is accepted once; again, it gives the call that exists, or is
    refused for what has changed since.

    Raises `NotFound` for a missing contact or template, `Forbidden` with the rule's code when the
    rules already refuse the number, `Invalid` when no caller number is configured.
    """
    with about_field("/template_id"):
        get_chosen(calls, TemplateChoice(wish.template_id, wish.template_version))
    number, standing = _whom(calls, wish)
    now = cut_to_millis(calls.clock.now())
    with about_field("/not_before"):
        due = due_at(wish.not_before, now, wish.not_after)
    call = Call(
        id=wish.call_id or new_id("call"),
        direction=Direction.OUTBOUND,
        state=CallState.QUEUED,
        number=number,
        line=wish.line or _line(calls),
        contact_id=standing.contact_id,
        template_id=wish.template_id,
        template_version=wish.template_version,
        created_at=now,
        due_at=due,
        look_at=due,
        not_after=wish.not_after and cut_to_millis(wish.not_after),
        priority=wish.priority,
        requested_by=wish.requested_by,
        appointment=wish.appointment,
        campaign_id=wish.campaign_id,
        attempt=wish.attempt,
        version=1,
    )
    refuse_hopeless(decide(calls, call, standing))
    if not calls.book.create(call):
        return calls.book.get(call.id) or call
    log("call.requested", call_id=call.id)
    if due <= now:
        with suppress(Unavailable):  # a lost wake-up costs a minute: the sweep finds the call
            calls.wakeups.attend(call.id, wish.wake_in_s)
    return call


def _whom(calls: CallPorts, wish: CallWish) -> tuple[E164, Standing]:
    if wish.contact_id:
        contact = crm.get_contact(calls.crm, wish.contact_id)
    elif wish.number:
        contact = crm.recognise_caller(calls.crm, wish.number, name=wish.number)
    else:
        raise Invalid("Give a contact_id or a number to call.", code="nobody_to_call")
    number = wish.number or contact.phone
    return number, standing_of_contact(calls, contact, number)


def due_at(not_before: datetime | None, now: datetime, not_after: datetime | None = None) -> datetime:
    """Say when a call is to be dialed that is wanted not before an instant.

    `Invalid` with code `too_far_ahead` in more than a year, and with `after_its_end` when it is over by then.
    """
    if not_before and not_after and not_before >= not_after:
        message = "The call is not to be dialed by then any more; give a not_before before its not_after."
        raise Invalid(message, code="after_its_end")
    due = cut_to_millis(max(not_before or now, now))
    if due > now + _HORIZON:
        raise Invalid("A call can wait for a year at most; give an earlier not_before.", code="too_far_ahead")
    return due


def _line(calls: CallPorts) -> E164:
    if not calls.lines:
        raise Invalid("No caller number is configured; set TWILIO_FROM_NUMBERS.", code="no_caller_number")
    return calls.lines[0]
