"""ConversationRelay's frames to events and directives to frames; pure.

Source: Twilio, docs/voice/conversationrelay/websocket-messages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.ai.domain.conversation import (
    CallerInterrupted,
    CallerPressed,
    CallerSaid,
    CallerUnclear,
    Directive,
    Hangup,
    Say,
    Transfer,
)
from chalicelib.ai.domain.wording import is_unclear
from chalicelib.kernel.errors import Invalid


@dataclass(frozen=True)
class Setup:
    """The first frame of a session: which call it belongs to, by our id and by the carrier's.

    `turn` is the newest turn as the session began, `greeting_chars` the length of what is spoken first.
    """

    call_id: str
    call_sid: str
    turn: int = 0
    greeting_chars: int = 0


@dataclass(frozen=True)
class Notice:
    """A frame that asks nothing of us: an error that the carrier tells, or one of a kind we do not know."""

    kind: str
    detail: str


Frame = Setup | CallerSaid | CallerUnclear | CallerPressed | CallerInterrupted | Notice


def decode(text: str) -> Frame | None:
    """Read a frame; None for a part of an utterance that is not finished. `Invalid` when it is no frame."""
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError) as error:  # a deeply nested text exhausts the reader
        raise Invalid("A frame must be JSON.", code="bad_frame") from error
    if not isinstance(frame, dict):
        raise Invalid("A frame must be a JSON object.", code="bad_frame")
    return _decode(frame)


def _decode(frame: dict[str, Any]) -> Frame | None:
    match frame.get("type"):
        case "setup":
            return _setup(frame, frame.get("customParameters"))
        case "prompt":
            text = _text(frame, "voicePrompt")
            if frame.get("last", True) is False:
                return None
            return CallerUnclear(text) if is_unclear(text) else CallerSaid(text, _text(frame, "lang"))
        case "dtmf":
            return CallerPressed(_text(frame, "digit"))
        case "interrupt":
            return CallerInterrupted(
                _text(frame, "utteranceUntilInterrupt"), _whole(frame.get("durationUntilInterruptMs"))
            )
        case kind:
            return Notice(str(kind)[:40], _text(frame, "description")[:200])


def _setup(frame: dict[str, Any], parameters: Any) -> Setup:
    ours = parameters if isinstance(parameters, dict) else {}
    return Setup(
        _text(ours, "call_id"),
        _text(frame, "callSid"),
        _whole(ours.get("turn")),
        _whole(ours.get("greeting_chars")),
    )


def encode(directive: Directive) -> str | None:
    """Write a directive as a frame; None for those that need none."""
    match directive:
        case Say(text=text, last=last, language=language):
            other = {"lang": language} if language else {}
            return json.dumps({"type": "text", "token": text, "last": last} | other)
        case Hangup(reason=reason):
            return json.dumps(
                {"type": "end", "handoffData": json.dumps({"next": "hang_up", "reason": reason})}
            )
        case Transfer(reason=reason):
            return json.dumps(
                {"type": "end", "handoffData": json.dumps({"next": "transfer", "reason": reason})}
            )
        case _:
            return None


def _text(frame: dict[str, Any], name: str) -> str:
    value = frame.get(name)
    return value.encode(errors="replace").decode() if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    """Read a whole number, such as milliseconds: a number, or in older sessions a text."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0
