"""Answers to text messages as TwiML; pure.

Source: Twilio, docs/messaging/twiml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twilio.twiml.messaging_response import MessagingResponse

if TYPE_CHECKING:
    from chalicelib.calls.adapters.addresses import Addresses
    from chalicelib.calls.domain.messages import Message


def answer(reply: Message | None, addresses: Addresses) -> str:
    """Give the carrier the message to send back, or nothing; it reports at our address what became of it."""
    response = MessagingResponse()
    if reply is not None:
        response.message(reply.body, action=addresses.message_status(reply.place), method="POST")
    return str(response)
