"""Webhooks of text messages: one arrives, and what became of those that we sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import Response

from chalicelib.bootstrap import container
from chalicelib.entrypoints.carrier.hook import posted, webhooks, xml
from chalicelib.kernel.clock import from_millis
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.logs import log
from chalicelib.kernel.phones import E164, is_e164

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.calls.services.receiving import Incoming

_MOST_DIGITS = 14


@webhooks.post("/sms/inbound")
def message_received() -> Response[Any]:
    """Keep a message to one of our numbers, and do what it asks for."""
    # Calls are the most of what comes here, and need none of this.
    from chalicelib.calls.adapters.twiml import messages as twiml  # noqa: PLC0415
    from chalicelib.calls.services.receiving import Incoming, receive_text  # noqa: PLC0415

    form, calls = posted(), container().calls
    number, line, sid = form.get("From", ""), form.get("To", ""), form.get("MessageSid", "")
    if not (is_e164(number) and is_e164(line) and sid):
        log("message.not_kept", reason="no_number")  # short codes and names: nobody to answer
        return xml(twiml.answer(None, calls.addresses))
    incoming = Incoming(
        sid,
        E164(number),
        E164(line),
        form.get("Body", ""),
        _count(form, "NumMedia"),
        form.get("OptOutType", ""),
    )
    reply = receive_text(calls, incoming)
    _follow(incoming)
    return xml(twiml.answer(reply, calls.addresses))


def _follow(incoming: Incoming) -> None:
    """Confirm the appointment of whoever answers a reminder with a yes, or tell how to move it."""
    from chalicelib.scheduling.services import replies  # noqa: PLC0415  as above

    if replies.confirms(incoming.body):
        replies.confirm_by_text(container().scheduling, incoming.number, incoming.message_id)
    elif replies.asks_to_move(incoming.body):
        replies.tell_how_to_move(container().scheduling, incoming.number, incoming.line, incoming.message_id)


@webhooks.post("/sms/<contact_id>/<at>/<message_id>/status")
def message_status(contact_id: str, at: str, message_id: str) -> Response[Any]:
    """Merge what the carrier reports of a message; repeated and late reports change nothing."""
    from chalicelib.calls.domain.messages import Place  # noqa: PLC0415  as above
    from chalicelib.calls.services.texting import record_status  # noqa: PLC0415

    if not (at.isdecimal() and at.isascii() and len(at) <= _MOST_DIGITS):
        raise NotFound("There is no such message.", code="message_not_found")
    form = posted()
    error = f"carrier_{form['ErrorCode'][:8]}" if form.get("ErrorCode") else ""
    place = Place(contact_id, from_millis(int(at)), message_id)
    record_status(container().calls, place, form.get("MessageStatus", ""), form.get("MessageSid", ""), error)
    return Response(204)


def _count(form: Mapping[str, str], name: str) -> int:
    value = form.get(name, "")
    return int(value) if value.isdecimal() and value.isascii() and len(value) <= 3 else 0  # noqa: PLR2004
