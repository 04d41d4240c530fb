"""Wishes to send a text message: accepted or refused at once; and what is read of threads."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.messages import Message, MessageState
from chalicelib.calls.domain.permission import NumberStatus, Verdict
from chalicelib.calls.domain.segments import MAX_CHARACTERS, segments_of
from chalicelib.calls.domain.texting import TextFacts, may_text
from chalicelib.crm.domain.details import ContactStatus
from chalicelib.crm.services import contacts as crm
from chalicelib.crm.services.refusals import forbids_texts
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import FieldError, Forbidden, Invalid, NotFound, Unavailable, about_field
from chalicelib.kernel.ids import is_id, new_id
from chalicelib.kernel.logs import log
from chalicelib.kernel.numbering import plan_of
from chalicelib.system.domain.settings import stop_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


@dataclass(frozen=True)
class MessageWish:
    """To whom to write, by contact or by number, and what: a plain `text`, or one with variables.

    `template` is a text with variables, `template_id` names a stored one; `variables` come beside those of
    the contact. A text that a model wrote is always plain.
    """

    contact_id: str | None = None
    number: E164 | None = None
    text: str = ""
    template: str = ""
    template_id: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    line: E164 | None = None
    requested_by: str = ""
    call_id: str = ""
    message_id: str | None = None


def request_message(calls: CallPorts, wish: MessageWish) -> Message:
    """Accept a wish to write: it will end in exactly one state, whatever breaks on the way.

    A wish that brings its own `message_id` is accepted once; again, it gives the message that exists. Raises
    `NotFound` for a missing contact, template or line, `Forbidden` with the rule's code when the rules refuse
    the number, `Invalid` for a text that is empty, too long or cannot be filled in.
    """
    known = calls.messages.place_of(wish.message_id) if wish.message_id else None
    if known:
        return _present(calls.messages.get(known))
    contact = _whom(calls, wish)
    number, line = wish.number or contact.phone, _line(calls, wish.line)
    body = checked_body(_body(calls, wish, contact, number, line))
    now, segments = cut_to_millis(calls.clock.now()), segments_of(body)
    message = Message(
        id=wish.message_id or new_id("message"),
        contact_id=contact.id,
        number=number,
        line=line,
        direction=Direction.OUTBOUND,
        body=body,
        state=MessageState.QUEUED,
        created_at=now,
        segments=segments.count,
        encoding=segments.encoding,
        template_id=wish.template_id,
        requested_by=wish.requested_by,
        call_id=wish.call_id,
        look_at=now,
    )
    return _accept(calls, message)


def _accept(calls: CallPorts, message: Message) -> Message:
    decision = decide_text(calls, message)
    if decision.verdict is Verdict.REFUSE:
        raise Forbidden(decision.explanation, code=decision.reason)
    if not calls.messages.create(message):
        return read_message(calls, message.id)
    log("message.requested", message_id=message.id, segments=message.segments)
    with suppress(Unavailable):  # a lost wake-up costs a minute: the sweep finds the message
        calls.wakeups.send_message(message.place)
    return message


def decide_text(calls: CallPorts, message: Message, *, to_confirm: bool = False) -> Decision:
    """Collect the facts of now and ask whether this message may be sent.

    `to_confirm`: it tells somebody that they will not be contacted, which neither the suppression nor the
    revocation itself forbids (47 CFR 64.1200(a)(12)).
    """
    settings = current_settings(calls.system)
    stop = stop_of(settings, calls.system.stack)
    people = _people(calls, message)
    return may_text(
        TextFacts(
            plan=plan_of(message.number),
            status=NumberStatus() if to_confirm else calls.numbers.status(message.number),
            allowed_countries=frozenset(settings.allowed_countries),
            contact_refuses=any(each.status is ContactStatus.DO_NOT_CONTACT for each in people),
            contact_gone=not people,
            is_counted=not (message.answers or message.commits),
            texts_revoked=not to_confirm and any(forbids_texts(calls.crm, each) for each in people),
            now=calls.clock.now(),
            stop=(stop.code, stop.explanation) if stop else None,
        )
    )


def checked_body(body: str) -> str:
    """Give a text as it can be sent, without blanks around it, or raise `Invalid` that names the field."""
    body = body.strip()
    if not body:
        raise _bad_body("Give a text to send.", "body_missing")
    if len(body) > MAX_CHARACTERS:
        message = f"A text message has {MAX_CHARACTERS} characters at most; this one has {len(body)}."
        raise _bad_body(message, "body_too_long")
    return body


def read_message(calls: CallPorts, message_id: str) -> Message:
    """Give a message by its id, or raise `NotFound` with code `message_not_found`."""
    place = calls.messages.place_of(message_id) if is_id(message_id, "message") else None
    return _present(calls.messages.get(place) if place else None)


def list_messages(
    calls: CallPorts, contact_ids: Sequence[str], page_size: int, start: str | None = None
) -> Page[Message]:
    """List the messages with one person, newest first, by all ids that the person has had."""
    return calls.messages.thread(contact_ids, page_size, start)


def _present(message: Message | None) -> Message:
    if message is None:
        raise NotFound("There is no such message.", code="message_not_found")
    return message


def _bad_body(message: str, code: str) -> Invalid:
    return Invalid(message, code=code, errors=(FieldError("/body", message),))


def _people(calls: CallPorts, message: Message) -> list[Contact]:
    """Give the contact and whoever has the number now; nobody when the contact is gone."""
    try:
        contact = crm.get_contact(calls.crm, message.contact_id)
    except NotFound:
        return []
    owner = contact if message.number in contact.phones else crm.find_contact(calls.crm, message.number)
    return [contact] if owner in (None, contact) else [contact, owner]


def _whom(calls: CallPorts, wish: MessageWish) -> Contact:
    if wish.contact_id:
        return crm.get_contact(calls.crm, wish.contact_id)
    if wish.number is None:
        raise Invalid("Give a contact_id or a number to write to.", code="nobody_to_text")
    return crm.recognise_caller(calls.crm, wish.number, name=wish.number)


def _line(calls: CallPorts, wanted: E164 | None) -> E164:
    if not calls.lines:
        raise Invalid(
            "No number to write from is configured; set TWILIO_FROM_NUMBERS.", code="no_caller_number"
        )
    if wanted is not None and wanted not in calls.lines:
        error = NotFound(f"{wanted} is not one of our numbers (TWILIO_FROM_NUMBERS).", code="line_not_found")
        error.errors = (FieldError("/line", error.message),)
        raise error
    return wanted or calls.lines[0]


def _body(calls: CallPorts, wish: MessageWish, contact: Contact, number: E164, line: E164) -> str:
    """Give the text, filled in where it has variables; only then the renderer is imported."""
    if not (wish.template or wish.template_id):
        return wish.text
    from chalicelib.calls.services.message_templates import fill, get_message_template  # noqa: PLC0415

    with about_field("/template_id" if wish.template_id else "/body"):
        stored = get_message_template(calls, wish.template_id).text if wish.template_id else ""
        return fill(calls, stored or wish.template, contact, (number, line), wish.variables)
