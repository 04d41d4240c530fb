"""ConversationRelay's messages: checking those of the product and composing those of the network.

Source: twilio.com/docs/voice/conversationrelay/websocket-messages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.phone_network.calls import Call
    from localcloud.phone_network.twiml import Verb

_DIGITS = frozenset("0123456789w#*")

# Message type -> its fields: name -> (type, required).
_SHAPES: dict[str, dict[str, tuple[type, bool]]] = {
    "text": {
        "token": (str, True),
        "last": (bool, False),
        "lang": (str, False),
        "interruptible": (bool, False),
        "preemptible": (bool, False),
    },
    "play": {
        "source": (str, True),
        "loop": (int, False),
        "preemptible": (bool, False),
        "interruptible": (bool, False),
    },
    "sendDigits": {"digits": (str, True)},
    "language": {"ttsLanguage": (str, False), "transcriptionLanguage": (str, False)},
    "end": {"handoffData": (str, False)},
}


class MalformedFrameError(Exception):
    """A message of the product that ConversationRelay does not understand (error 64107)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A checked message of the product."""

    type: str
    fields: dict[str, Any]


def parse_frame(text: str) -> Frame:
    """Return the message; raise ``MalformedFrameError`` saying what is wrong with it."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedFrameError("not JSON") from None
    shape = _SHAPES.get(str(body.get("type"))) if isinstance(body, dict) else None
    if shape is None:
        raise MalformedFrameError(f"type must be one of {', '.join(_SHAPES)}")
    for name, (kind, required) in shape.items():
        _check_field(body, name, kind, required=required)
    if set(body.get("digits", "")) - _DIGITS:
        raise MalformedFrameError("digits must consist of 0-9, w, # and *")
    return Frame(body["type"], body)


def _check_field(body: dict[str, Any], name: str, kind: type, *, required: bool) -> None:
    if name not in body:
        if required:
            raise MalformedFrameError(f"{body['type']} needs {name}")
    elif type(body[name]) is not kind:
        raise MalformedFrameError(f"{name} must be of type {kind.__name__}")


def setup_frame(call: Call, session_id: str, relay: Verb) -> dict[str, Any]:
    """Return the first message of a session."""
    parameters = [child for child in relay.children if child.name == "Parameter"]
    return {
        "type": "setup",
        "sessionId": session_id,
        "accountSid": call.account_sid,
        "parentCallSid": call.parent_sid,
        "callSid": call.sid,
        "from": call.from_,
        "to": call.to,
        "forwardedFrom": "",
        "callType": "PSTN",
        "callerName": "",
        "direction": call.direction.value,
        "callStatus": call.status.value.upper(),
        "customParameters": {child.get("name"): child.get("value") for child in parameters},
    }
