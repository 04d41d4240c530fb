"""A connected call: the brief is written, the greeting is spoken, the conversation can begin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import Conversation, Say
from chalicelib.ai.engine import greet
from chalicelib.ai.services.prompts import prompt_of_call
from chalicelib.calls.domain.calls import Call, CallEvent, Direction
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lifecycle import PATIENCE
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import GREETING_TURN, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.after_hours import Closed, template_at, turn_away
from chalicelib.calls.services.briefing import NO_APPOINTMENT, Occasion, nobody, write_brief
from chalicelib.calls.services.budgets import limit_brief
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.templates import template_of_call
from chalicelib.crm.services import contacts as crm
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.calls import Report
    from chalicelib.calls.domain.templates import Brief
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164

# The carrier asks us while it rings, and our answer takes the call.
TAKEN = "in-progress"
# Source of a contact that came into being because its number called.
CALLED = "inbound_call"
# The carrier's verdicts (twilio.com/docs/voice/trusted-calling-with-shakenstir): the caller's own provider
# knows them and their right to the number, at level A alone; or the signature is wrong.
_ATTESTED = "TN-Validation-Passed-A"
_DISPROVED = "TN-Validation-Failed"


@dataclass(frozen=True)
class Opening:
    """How a connected call begins."""

    call: Call
    brief: Brief
    directives: tuple[Directive, ...]


def answer_call(calls: CallPorts, call_id: str, report: Report) -> Opening | None:
    """Open the conversation on a call that was answered; None when the call is already over.

    Safe to repeat: the brief and the greeting are written once, and given again.
    """
    call = record_report(calls, call_id, report)
    if call.is_over:
        return None
    brief = _brief(calls, call)
    directives = _greeting(brief)
    spoken = "".join(directive.text for directive in directives if isinstance(directive, Say))
    greeting = Turn(GREETING_TURN, TurnKind.GREETING, report.at, answer=spoken, end=TurnEnd.LISTEN)
    calls.turns.open(call_id, greeting)
    log("call.answered", call_id=call_id, transport=brief.transport)
    return Opening(call, brief, directives)


def receive_call(
    calls: CallPorts, number: E164, line: E164, report: Report, attestation: str = ""
) -> Opening | Closed | None:
    """Take a call that somebody made to our number; None when no template answers there.

    `attestation` is what the carrier found out about the caller's right to the number. Whether it came
    after hours is judged by the time at which it came first, however often it is told.
    """
    route = calls.routes.get(line)
    if route is None:
        return None
    call_id = inbound_call_id(report.sid)
    if calls.book.get(call_id) is None:
        contact = crm.recognise_caller(calls.crm, number)
        call = Call(
            id=call_id,
            direction=Direction.INBOUND,
            state=CallState.RINGING,
            number=number,
            line=line,
            contact_id=contact.id,
            template_id=template_at(route, report.at),
            created_at=report.at,
            due_at=report.at,
            look_at=report.at + PATIENCE,
            sid=report.sid,
            events=_verified(contact, report, attestation),
        )
        calls.book.create(call)
    taken = replace(report, status=TAKEN)
    return turn_away(calls, route, call_id, taken) or answer_call(calls, call_id, taken)


def _verified(contact: Contact, report: Report, attestation: str) -> tuple[CallEvent, ...]:
    """Note whether the number is the caller's: the carrier says so, or we know it from more than calls.

    Anybody can show any number; who only ever called from it may have made it up.
    """
    if attestation.startswith(_ATTESTED):
        detail = "attested"
    elif contact.source != CALLED and not attestation.startswith(_DISPROVED):
        detail = "known"
    else:
        return ()
    kind = Happening.CALLER_VERIFIED
    return (CallEvent(iso(report.at), kind, kind, detail),)


def inbound_call_id(sid: str) -> str:
    """Give the id of an inbound call: the same for every delivery of its webhook."""
    return derived_id("call", sid)


def _brief(calls: CallPorts, call: Call) -> Brief:
    """Write down what the call is held by; what is written once stays, also when templates change."""
    file = calls.book.load(call.id)
    if file and file.brief:
        return file.brief
    template = template_of_call(calls, call.choice)
    prompt = prompt_of_call(calls.ai, template.prompt_id, template.prompt_version)
    appointment = {**NO_APPOINTMENT, **call.appointment}
    occasion = Occasion(_partner(calls, call), call.direction, call.number, call.line, appointment)
    brief = limit_brief(calls, call, template, write_brief(calls, template, prompt, occasion))
    calls.book.put_brief(call.id, brief)
    return brief


def _partner(calls: CallPorts, call: Call) -> Contact:
    """Give who is on the line; one whose contact was deleted meanwhile is spoken to without a name."""
    try:
        return crm.get_contact(calls.crm, call.contact_id)
    except NotFound:
        return nobody(call)


def _greeting(brief: Brief) -> tuple[Directive, ...]:
    return tuple(greet(Conversation(brief.instructions, brief.greeting)))
