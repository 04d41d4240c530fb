"""A text message arrives: kept once, obeyed at once when it says STOP, START or HELP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.wording import is_opt_out
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.message_templates import HELP_TEMPLATE
from chalicelib.calls.domain.messages import Message, MessageState, commit_message
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.segments import segments_of
from chalicelib.calls.domain.texting import SMS_SOURCE, Keyword, keyword_of
from chalicelib.calls.services.messages import decide_text
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.crm.domain.consents import MAX_WORDING, ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import recognise_caller
from chalicelib.crm.services.refusals import forbids_calls
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, Conflict, NotFound, Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164

CONTACT_SOURCE = "inbound_sms"
CONFIRMATION = (
    "You will get no more calls or messages from us. Reply START if you want to hear from us again."
)
HELP = (
    "This number belongs to an automated assistant. To talk to us, call {line}. Reply STOP to be left alone."
)
_RELEASED = "START by text message {id}."


@dataclass(frozen=True)
class Incoming:
    """A text message as the carrier brings it.

    `opt_out_type` (STOP, START or HELP) says that the carrier understood the word, and answered it itself.
    """

    sid: str
    number: E164
    line: E164
    body: str
    media: int = 0
    opt_out_type: str = ""

    @property
    def message_id(self) -> str:
        """The id of the message: the same for every delivery of its webhook."""
        return derived_id("message", self.sid)


def receive_text(calls: CallPorts, incoming: Incoming) -> Message | None:
    """Keep a message and do what it asks for; give the answer to it, if there is one.

    That the message is stored is the mark that all is done: a delivery that died on the way is done again,
    and one that comes after it changes nothing and gets the same answer.
    """
    asked = _asked(incoming)
    if _is_known(calls, incoming, asked):
        return _present_reply(calls, incoming)
    was_suppressed = _suppress(calls, incoming) if asked is Keyword.STOP else False
    contact = recognise_caller(calls.crm, incoming.number, CONTACT_SOURCE)
    reason = _obey(calls, incoming, contact, asked)
    message = _received(calls, incoming, contact, reason)
    reply = None
    if asked and not incoming.opt_out_type and not was_suppressed:
        reply = _reply(calls, message, asked)
    calls.messages.create(message)
    log("message.received", message_id=message.id, reason=reason)
    return reply


def _asked(incoming: Incoming) -> Keyword | None:
    """Read what is asked for: as the carrier understood it, by a reserved word, or in a sentence."""
    said = incoming.opt_out_type.lower()
    if said in {word.value for word in Keyword}:
        return Keyword(said)
    return keyword_of(incoming.body) or (Keyword.STOP if is_opt_out(incoming.body) else None)


def _is_known(calls: CallPorts, incoming: Incoming, asked: Keyword | None) -> bool:
    """Tell whether this message was received before; while nobody can tell, a STOP is kept all the same."""
    try:
        return calls.messages.place_of(incoming.message_id) is not None
    except Unavailable:
        if asked is Keyword.STOP:
            stop_calling(calls, incoming.number, _source(incoming))
        raise


def _suppress(calls: CallPorts, incoming: Incoming) -> bool:
    """Suppress the number, for calls and messages; tell whether somebody else had asked for it before."""
    source = _source(incoming)
    stop_calling(calls, incoming.number, source)
    return calls.numbers.status(incoming.number).suppression_source != source


def _source(incoming: Incoming) -> str:
    return f"{SMS_SOURCE}:{incoming.message_id}"


def _obey(calls: CallPorts, incoming: Incoming, contact: Contact, asked: Keyword | None) -> str:
    """Do what is asked for, and say what came of it."""
    match asked:
        case Keyword.STOP:
            _record(calls, incoming, contact, ConsentAnswer.REVOKED)
            return "opted_out"
        case Keyword.START:
            return _start(calls, incoming, contact)
        case Keyword.HELP:
            return "help"
    return ""


def _start(calls: CallPorts, incoming: Incoming, contact: Contact) -> str:
    """Lift what a text message asked for, and nothing else: what was said otherwise needs an operator."""
    status = calls.numbers.status(incoming.number)
    if status.suppressed_at is None:
        return ""
    is_ours = status.suppression_source.startswith(f"{SMS_SOURCE}:")
    if not is_ours or forbids_calls(calls.crm, contact):
        return "still_suppressed"
    _record(calls, incoming, contact, ConsentAnswer.GRANTED)
    calls.numbers.lift(incoming.number, _RELEASED.format(id=incoming.message_id), calls.clock.now())
    log("number.released", number=incoming.number)
    return "opted_in"


def _record(calls: CallPorts, incoming: Incoming, contact: Contact, answer: ConsentAnswer) -> None:
    """Keep the answer with the contact's consents; the number's row is what stops and allows messages."""
    new = NewConsent(
        kind=ConsentKind.SMS,
        answer=answer,
        source=ConsentSource.SMS,
        wording=incoming.body[:MAX_WORDING] or incoming.opt_out_type,
        reference=incoming.message_id,
        number=incoming.number,
    )
    try:
        consent_id = derived_id("consent", incoming.message_id)
        record_consent(calls.crm, contact.id, new, CONTACT_SOURCE, consent_id)
    except (Conflict, NotFound) as error:
        log("message.consent_not_recorded", message_id=incoming.message_id, code=error.code)


def _received(calls: CallPorts, incoming: Incoming, contact: Contact, reason: str) -> Message:
    segments = segments_of(incoming.body)
    return Message(
        id=incoming.message_id,
        contact_id=contact.id,
        number=incoming.number,
        line=incoming.line,
        direction=Direction.INBOUND,
        body=incoming.body,
        state=MessageState.RECEIVED,
        created_at=cut_to_millis(calls.clock.now()),
        segments=segments.count,
        encoding=segments.encoding,
        reason=reason,
        media=incoming.media,
        sid=incoming.sid,
    )


def _reply(calls: CallPorts, received: Message, asked: Keyword) -> Message | None:
    """Write the answer to a word, if the rules allow one; it is stored before the carrier gets it.

    A revocation is confirmed in this moment, so within the five minutes of 47 CFR 64.1200(a)(12).
    """
    text = _text(calls, received, asked)
    if not text:
        return None
    now, segments = cut_to_millis(calls.clock.now()), segments_of(text)
    draft = Message(
        id=_reply_id(received.id),
        contact_id=received.contact_id,
        number=received.number,
        line=received.line,
        direction=Direction.OUTBOUND,
        body=text,
        state=MessageState.QUEUED,
        created_at=now,
        segments=segments.count,
        encoding=segments.encoding,
        requested_by=CONTACT_SOURCE,
        answers=received.id,
    )
    if decide_text(calls, draft, to_confirm=asked is Keyword.STOP).verdict is not Verdict.ALLOW:
        return None
    reply = commit_message(draft, now)
    return reply if calls.messages.create(reply) else _stored_reply(calls, received.id)


def _text(calls: CallPorts, received: Message, asked: Keyword) -> str:
    match asked:
        case Keyword.STOP:
            return CONFIRMATION
        case Keyword.HELP:
            return _help(calls, received)
    return ""


def _help(calls: CallPorts, received: Message) -> str:
    """Give the text of the template named `help`, filled in with our number, or one that is always true."""
    otherwise = HELP.format(line=received.line)
    stored = [each for each in calls.message_templates.all() if each.name.lower() == HELP_TEMPLATE]
    if not stored:
        return otherwise
    try:
        return calls.ai.renderer.render(stored[0].text, {"line": received.line}).strip() or otherwise
    except AppError as error:
        log("message.help_unusable", code=error.code)
        return otherwise


def _present_reply(calls: CallPorts, incoming: Incoming) -> Message | None:
    return None if incoming.opt_out_type else _stored_reply(calls, incoming.message_id)


def _stored_reply(calls: CallPorts, received_id: str) -> Message | None:
    place = calls.messages.place_of(_reply_id(received_id))
    return calls.messages.get(place) if place else None


def _reply_id(received_id: str) -> str:
    return derived_id("message", f"{received_id}#reply")
