"""Finds who said what in a request: labelled lines, JSON turns or the dialogue; judging is elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.model_server.chat_request import ChatRequest

AGENT = "agent"
PERSON = "person"
TOOL = "tool"
SPEAKERS = {
    AGENT: ("agent", "assistant", "ai", "bot", "ava"),
    PERSON: ("person", "caller", "callee", "customer", "contact", "user", "patient", "client", "human"),
    TOOL: ("tool", "action"),
}
_LINE = re.compile(
    r"^[\s>*-]*(?:[\[(]?(?:turn\s*)?(?P<mark>[\w#:.-]*\d[\w#:.-]*)[\])]?[:.)]?\s+)?(?:\*\*)?"
    r"\[?(?P<speaker>[A-Za-z]{2,12})\]?(?:\s*\([^)\n]{0,40}\))?(?:\*\*)?\s*[:>]\s*(?P<said>.+)$",
    re.MULTILINE,
)
_HEADING = re.compile(r"transcript\b[^\n]{0,40}\n", re.IGNORECASE)
_SPEAKER_OF = {word: speaker for speaker, words in SPEAKERS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Line:
    """One turn: agent, person or tool, the words, and its number (from its label if it has one)."""

    speaker: str
    text: str
    number: int


def read_transcript(request: ChatRequest) -> tuple[Line, ...]:
    """Return the turns that the request's messages describe, in order."""
    texts = [message.text for message in request.messages if message.role == "user"]
    instructions = _HEADING.split(request.system_text, maxsplit=1)[1:]
    for text in (*texts, *instructions):
        body = _HEADING.split(text, maxsplit=1)[-1]
        lines = _json_lines(body) or _labelled_lines(body)
        if lines:
            return lines
    return _dialogue(request)


def _labelled_lines(text: str) -> tuple[Line, ...]:
    found: list[Line] = []
    for match in _LINE.finditer(text):
        speaker = _SPEAKER_OF.get(match["speaker"].lower())
        if speaker:
            found.append(Line(speaker, match["said"].strip(), _number(match["mark"], len(found) + 1)))
    return tuple(found)


def _number(mark: str | None, default: int) -> int:
    digits = re.search(r"\d{1,6}$", mark or "")
    return int(digits[0]) if digits else default


def _json_lines(text: str) -> tuple[Line, ...]:
    start = min((at for at in (text.find("["), text.find("{")) if at >= 0), default=-1)
    if start < 0:
        return ()
    try:
        document, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return ()
    return tuple(_turns(document))


def _turns(document: Any) -> Iterator[Line]:
    turns = document if isinstance(document, list) else _listed(document)
    for index, turn in enumerate(turns, 1):
        fields = turn if isinstance(turn, dict) else {}
        who, said = fields.get("speaker") or fields.get("role"), fields.get("text") or fields.get("content")
        speaker = _SPEAKER_OF.get(who.lower()) if isinstance(who, str) else None
        if speaker and isinstance(said, str):
            yield Line(speaker, said, _number(str(fields.get("turn", fields.get("number", ""))), index))


def _listed(document: Any) -> list[Any]:
    fields = document if isinstance(document, dict) else {}
    found = [fields.get(name) for name in ("transcript", "turns", "messages", "conversation")]
    return next((item for item in found if isinstance(item, list)), [])


def _dialogue(request: ChatRequest) -> tuple[Line, ...]:
    speakers = {"user": PERSON, "assistant": AGENT}
    said = [message for message in request.dialogue if message.text and message.role in speakers]
    return tuple(Line(speakers[message.role], message.text, index) for index, message in enumerate(said, 1))
