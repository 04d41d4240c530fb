"""Text messages that the agent sends during a call: to the number on the line, a few at most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import may_be_somebody_else
from chalicelib.calls.services.messages import MessageWish, checked_body, request_message
from chalicelib.calls.services.progress import get_call
from chalicelib.kernel.errors import Conflict, Forbidden
from chalicelib.kernel.ids import derived_id

if TYPE_CHECKING:
    from chalicelib.calls.domain.messages import Message
    from chalicelib.calls.ports.calls import CallPorts

MAX_A_CALL = 3
_NOT_VERIFIED = (
    "The phone network does not vouch for the number of this caller, so that nobody can write to it."
)


def send_on_call(calls: CallPorts, call_id: str, text: str) -> Message:
    """Accept a message to who is on the call, from the line that the call is on.

    The messages of a call have ids of their own, so that there are never more than three, whoever asks at
    once; the same text again is the same message. `Conflict` with code `too_many_messages`; `Forbidden` with
    code `caller_not_verified` when somebody called us and may have made the number up; refusals as
    `request_message`.
    """
    call, body = get_call(calls, call_id), checked_body(text)
    if may_be_somebody_else(call):
        raise Forbidden(_NOT_VERIFIED, code="caller_not_verified")
    for number in range(MAX_A_CALL):
        message_id = derived_id("message", f"{call_id}#sms#{number}")
        wish = MessageWish(
            contact_id=call.contact_id,
            number=call.number,
            text=body,
            line=call.line,
            requested_by=f"call:{call_id}",
            call_id=call_id,
            message_id=message_id,
        )
        message = request_message(calls, wish)
        if message.body == body:
            return message
    raise Conflict(f"A call sends {MAX_A_CALL} text messages at most.", code="too_many_messages")
