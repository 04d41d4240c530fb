"""Remembers the requests that were served, for tests to look at; keeps no keys and no headers."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.reply import Reply

KEPT = 5_000
IN_PROGRESS = "in_progress"
CLIENT_CLOSED = "client_closed"


@dataclass(slots=True)
class Entry:
    """One served request; times are milliseconds after its arrival, None until they happen."""

    seq: int
    request: ChatRequest
    finish: str = IN_PROGRESS
    rule: str = ""
    fault: str | None = None
    text: str = ""
    calls: list[dict[str, str]] = field(default_factory=list)
    sent_tokens: int = 0
    first_token_ms: float | None = None
    total_ms: float | None = None
    _started: float = field(default_factory=time.monotonic)

    def answered_with(self, reply: Reply) -> None:
        """Note the reply that is about to be sent."""
        self.rule, self.text = reply.rule, reply.text
        self.calls = [{"id": call.id, "name": call.name, "arguments": call.arguments} for call in reply.calls]

    def token_sent(self) -> None:
        """Note that one more token goes to the client."""
        self.sent_tokens += 1
        if self.first_token_ms is None:
            self.first_token_ms = self._elapsed()

    def ended(self, finish: str) -> None:
        """Note how the request ended, once."""
        if self.finish == IN_PROGRESS:
            self.finish, self.total_ms = finish, self._elapsed()

    def _elapsed(self) -> float:
        return round((time.monotonic() - self._started) * 1000, 3)

    def view(self) -> dict[str, Any]:
        """Return the entry as JSON."""
        request = self.request
        return {
            "seq": self.seq,
            "model": request.model,
            "stream": request.stream,
            "messages": [_message_view(message) for message in request.messages],
            "tools": [tool.name for tool in request.tools],
            "tool_choice": request.tool_choice,
            "response_format": request.output.name or request.output.kind,
            "rule": self.rule,
            "fault": self.fault,
            "reply": {"text": self.text, "tool_calls": self.calls},
            "finish": self.finish,
            "timings": {
                "first_token_ms": self.first_token_ms,
                "total_ms": self.total_ms,
                "tokens": self.sent_tokens,
            },
        }


def _message_view(message: Any) -> dict[str, Any]:
    view: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.calls:
        view["tool_calls"] = [{"id": c.id, "name": c.name, "arguments": c.arguments} for c in message.calls]
    return view | ({"tool_call_id": message.answers} if message.answers else {})


class Journal:
    """The latest entries, numbered from 1 in order of arrival; numbers go on after a reset."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.last_seq = 0

    def open(self, request: ChatRequest) -> Entry:
        """Begin the entry of a request."""
        self.last_seq += 1
        entry = Entry(self.last_seq, request)
        self._entries.append(entry)
        return entry

    def since(self, seq: int) -> list[Entry]:
        """Return the entries after a number."""
        return [entry for entry in self._entries if entry.seq > seq]

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()
