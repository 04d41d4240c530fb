"""A text message arrives: kept once, obeyed at once when it says STOP, START or HELP."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.wording import is_text_opt_out
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.message_templates import HELP_TEMPLATE
from chalicelib.calls.domain.messages import Message, MessageState, commit_message
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.segments import segments_of
from chalicelib.calls.domain.suppression import is_by_text
from chalicelib.calls.domain.texting import SMS_SOURCE, Keyword, day_of, keyword_of
from chalicelib.calls.services.messages import checked_body, decide_text
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.calls.services.withdrawing import end_waiting
from chalicelib.crm.domain.consents import MAX_WORDING, ConsentAnswer, ConsentKind, ConsentSource, NewConsent
from chalicelib.crm.services.consents import record_consent
from chalicelib.crm.services.contacts import recognise_caller
from chalicelib.crm.services.refusals import forbids_calls, texts_revoked_by
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, Conflict, NotFound, Unavailable
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164

CONTACT_SOURCE = "inbound_sms"
MAX_HELP_A_DAY = 3  # answers to HELP that one number gets on one day (UTC)
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
        return _present_reply(calls, incoming, asked)
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
    return keyword_of(incoming.body) or (Keyword.STOP if is_text_opt_out(incoming.body) else None)


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
    try:
        before = calls.numbers.status(incoming.number)
    finally:
        stop_calling(calls, incoming.number, source)
    return before.suppressed_at is not None and before.suppression_source != source


def _source(incoming: Incoming) -> str:
    return f"{SMS_SOURCE}:{incoming.message_id}"


def _obey(calls: CallPorts, incoming: Incoming, contact: Contact, asked: Keyword | None) -> str:
    """Do what is asked for, and say what came of it."""
    match asked:
        case Keyword.STOP:
            _record(calls, incoming, contact, ConsentAnswer.REVOKED)
            with suppress(Unavailable):  # what then still waits is refused when it is due
                end_waiting(calls, contact.id)
            return "opted_out"
        case Keyword.START:
            return _start(calls, incoming, contact)
        case Keyword.HELP:
            return "help"
    return ""


def _start(calls: CallPorts, incoming: Incoming, contact: Contact) -> str:
    """Lift what a text message asked for, and nothing else: what was said otherwise needs an operator.

    The grant keeps the time at which this START came first: it lifts no STOP that came later, neither one
    that comes in this moment nor one that came before the carrier brought the START again.
    """
    status = calls.numbers.status(incoming.number)
    if status.suppressed_at is None:
        return _grant_again(calls, incoming, contact)
    source = status.suppression_source
    if not is_by_text(source) or forbids_calls(calls.crm, contact):
        return "still_suppressed"
    came_at = _record(calls, incoming, contact, ConsentAnswer.GRANTED)
    reason, now = _RELEASED.format(id=incoming.message_id), calls.clock.now()
    if came_at < status.suppressed_at or not calls.numbers.lift(incoming.number, reason, now, source):
        return "still_suppressed"
    log("number.released", number=incoming.number)
    return "opted_in"


def _grant_again(calls: CallPorts, incoming: Incoming, contact: Contact) -> str:
    """Allow texts again to a number that an operator released, when a text had revoked them."""
    if texts_revoked_by(calls.crm, contact) is not ConsentSource.SMS:
        return ""
    _record(calls, incoming, contact, ConsentAnswer.GRANTED)
    return "opted_in"


def _record(calls: CallPorts, incoming: Incoming, contact: Contact, answer: ConsentAnswer) -> datetime:
    """Keep the answer with the contact's consents, and give when it came first.

    The number's row is what stops and allows messages.
    """
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
        return record_consent(calls.crm, contact.id, new, CONTACT_SOURCE, consent_id).consent.at
    except (Conflict, NotFound) as error:
        log("message.consent_not_recorded", message_id=incoming.message_id, code=error.code)
        return calls.clock.now()


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
        id="",
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
    return _keep_reply(calls, commit_message(draft, now), _reply_ids(received, asked))


def _keep_reply(calls: CallPorts, reply: Message, ids: Sequence[str]) -> Message | None:
    """Store an answer by the first of these ids that is free, or give the one that is stored already."""
    for each in ids:
        if calls.messages.create(replace(reply, id=each)):
            return replace(reply, id=each)
        if (stored := _stored_reply(calls, each)) and stored.answers == reply.answers:
            return stored
    return None


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
        return checked_body(calls.ai.renderer.render(stored[0].text, {"line": received.line}))
    except AppError as error:
        log("message.help_unusable", code=error.code)
        return otherwise


def _present_reply(calls: CallPorts, incoming: Incoming, asked: Keyword | None) -> Message | None:
    """Give the answer that a message got when it came first."""
    place = calls.messages.place_of(incoming.message_id)
    received = calls.messages.get(place) if place else None
    if received is None or asked is None or incoming.opt_out_type:
        return None
    found = (_stored_reply(calls, each) for each in _reply_ids(received, asked))
    return next((reply for reply in found if reply and reply.answers == received.id), None)


def _stored_reply(calls: CallPorts, reply_id: str) -> Message | None:
    place = calls.messages.place_of(reply_id)
    return calls.messages.get(place) if place else None


def _reply_ids(received: Message, asked: Keyword) -> tuple[str, ...]:
    """Give the ids that the answer may have: a number has only so many answers to HELP on one day."""
    if asked is not Keyword.HELP:
        return (derived_id("message", f"{received.id}#reply"),)
    day = f"{received.number}#help#{day_of(received.created_at)}"
    return tuple(derived_id("message", f"{day}#{place}") for place in range(MAX_HELP_A_DAY))
