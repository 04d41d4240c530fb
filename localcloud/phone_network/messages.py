"""Text messages in both directions: opting out, delivery, callbacks; the REST resource is elsewhere.

Source: twilio.com/docs/messaging/api/message-resource and /guides/webhook-request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from localcloud.phone_network.calls import Callback
from localcloud.phone_network.pace import now, rfc2822
from localcloud.phone_network.segments import segments
from localcloud.phone_network.sids import new_sid
from localcloud.phone_network.webhooks import Request, WebhookFailedError

if TYPE_CHECKING:
    from datetime import datetime

    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.numbers import OwnedNumber

_DELIVERY_SECONDS = 1.0
_OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_OPT_IN = frozenset({"START", "YES", "UNSTOP"})
_HELP = frozenset({"HELP", "INFO"})
_FAILURES = {"undelivered": 30003, "failed": 30008}
SCHEMA_WARNING = 12200
OPTED_OUT = 21610


@dataclass(slots=True)
class Message:
    """One text message."""

    sid: str
    account_sid: str
    to: str
    from_: str
    body: str
    direction: str
    callback: Callback = field(default_factory=Callback)
    status: str = "queued"
    error_code: int | None = None
    created_at: datetime = field(default_factory=now)
    sent_at: datetime | None = None

    def view(self) -> dict[str, Any]:
        """Return the message as the REST API shows it."""
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{self.sid}"
        return {
            "sid": self.sid,
            "account_sid": self.account_sid,
            "to": self.to,
            "from": self.from_,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "error_code": self.error_code,
            "error_message": None,
            "num_segments": str(segments(self.body)),
            "num_media": "0",
            "messaging_service_sid": None,
            "price": None,
            "price_unit": "USD",
            "date_created": rfc2822(self.created_at),
            "date_updated": rfc2822(now()),
            "date_sent": rfc2822(self.sent_at),
            "api_version": "2010-04-01",
            "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"},
        }


def send(exchange: Exchange, to: str, from_: str, body: str, callback: Callback) -> Message:
    """Accept a message to a person; it is delivered in the background."""
    return _accept(exchange, to, from_, body, "outbound-api", callback)


def _accept(  # noqa: PLR0913, PLR0917  what a message consists of
    exchange: Exchange, to: str, from_: str, body: str, direction: str, callback: Callback
) -> Message:
    message = Message(new_sid("SM"), exchange.options.account_sid, to, from_, body, direction, callback)
    exchange.messages[message.sid] = message
    exchange.log.record("message.created", message.sid, to=to, from_=from_, body=body)
    exchange.tasks.start(_deliver(exchange, message))
    return message


async def _deliver(exchange: Exchange, message: Message) -> None:
    final = exchange.callee(message.to).sms_status
    for status in ("sent", final):
        await exchange.pace.sleep(_DELIVERY_SECONDS)
        message.status = status
        message.sent_at = message.sent_at or now()
        message.error_code = _FAILURES.get(status)
        exchange.log.record("message.status", message.sid, status=status)
        _report(exchange, message)
    if message.status == "delivered":
        await _answer(exchange, message)


async def _answer(exchange: Exchange, message: Message) -> None:
    """Let the person write back, as the script says."""
    number = exchange.numbers.get(message.from_)
    for rule in exchange.callee(message.to).sms_replies:
        given = exchange.sms_replies[message.to, rule]
        if number and rule.hears.matches(message.body) and (rule.times is None or given < rule.times):
            exchange.sms_replies[message.to, rule] += 1
            await exchange.pace.sleep(rule.delay)
            receive_message(exchange, number, message.to, rule.text)
            return


def _report(exchange: Exchange, message: Message) -> None:
    params = _addresses(message) | {
        "MessageStatus": message.status,
        "SmsStatus": message.status,
    }
    if message.error_code:
        params["ErrorCode"] = str(message.error_code)
    exchange.progress.send(message.sid, f"message.{message.status}", message.callback, params)


def receive_message(
    exchange: Exchange, number: OwnedNumber, from_: str, body: str, *, handles_words: bool = True
) -> Message:
    """Take a message from a person; STOP and START change what may be sent to them.

    ``handles_words`` false is an account in which Twilio's own handling of these words was switched off.
    """
    account_sid = exchange.options.account_sid
    message = Message(
        new_sid("SM"), account_sid, number.phone_number, from_, body, "inbound", status="received"
    )
    exchange.messages[message.sid] = message
    kind = _opt(exchange, message) if handles_words else ""
    exchange.log.record("message.received", message.sid, from_=from_, body=body, opt=kind)
    if number.sms_url:
        exchange.tasks.start(_inbound_webhook(exchange, number, message, kind))
    return message


def _opt(exchange: Exchange, message: Message) -> str:
    word = message.body.strip().upper()
    pair = (message.to, message.from_)
    if word in _OPT_OUT:
        exchange.opted_out.add(pair)
        return "STOP"
    if word in _OPT_IN:
        exchange.opted_out.discard(pair)
        return "START"
    return "HELP" if word in _HELP else ""


async def _inbound_webhook(exchange: Exchange, number: OwnedNumber, message: Message, kind: str) -> None:
    params = _addresses(message) | {
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(segments(message.body)),
        "SmsStatus": "received",
    }
    if kind:
        params["OptOutType"] = kind
    try:
        request = Request(message.sid, "message.inbound", number.sms_url, number.sms_method, params)
        reply = await exchange.webhooks.fetch(request)
    except WebhookFailedError:
        return
    for text, address in _replies(exchange, reply.body.decode("utf-8", "replace")):
        if (message.to, message.from_) in exchange.opted_out:
            exchange.log.record_error(OPTED_OUT, f"the answer to {message.from_} was not sent: it opted out")
        else:
            _accept(exchange, message.from_, message.to, text, "outbound-reply", Callback(address))


def _replies(exchange: Exchange, document: str) -> list[tuple[str, str]]:
    """Return text and callback address of each ``<Message>`` in a messaging TwiML document."""
    if not document.strip():
        return []
    if "<!DOCTYPE" in document or "<!ENTITY" in document:
        exchange.log.record_error(SCHEMA_WARNING, "message reply has a document type, which is not TwiML")
        return []
    try:
        root = ET.fromstring(document.strip())  # noqa: S314  entities were refused above
    except ET.ParseError as error:
        exchange.log.record_error(SCHEMA_WARNING, f"message reply is not TwiML: {error}")
        return []
    return [
        ("".join(node.itertext()).strip(), node.get("action", node.get("statusCallback", "")))
        for node in root.iter("Message")
    ]


def _addresses(message: Message) -> dict[str, str]:
    return {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsMessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "ApiVersion": "2010-04-01",
    }
