"""What every provider's wire format gives: a whole answer, a stream's events; OpenAI's own is here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from localcloud.model_server import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.reply import Reply

_GARBLED = b'{"id": "chatcmpl-\x00'


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream as it goes over the wire; `is_token` events are those that a pace delays."""

    data: bytes
    is_token: bool


class Dialect(Protocol):
    """One provider's wire format; `garbled` is what no client can read, `end` what follows the last event."""

    stream_type: str
    garbled: bytes
    garbled_event: bytes
    end: bytes

    def whole(self, chat: ChatRequest, reply: Reply) -> dict[str, Any]:
        """Return the body of an answer that is not streamed."""

    def events(self, chat: ChatRequest, reply: Reply) -> Iterator[Event]:
        """Yield a stream's events."""


class OpenAIDialect:
    """Chat completions; on Azure a stream begins with what its filter says of the prompt."""

    stream_type = "text/event-stream; charset=utf-8"
    garbled = _GARBLED
    garbled_event = b"data: " + _GARBLED + b"\n\n"
    end = b"data: [DONE]\n\n"

    def __init__(self, *, is_azure: bool = False) -> None:
        self._is_azure = is_azure

    def whole(self, chat: ChatRequest, reply: Reply) -> dict[str, Any]:
        """Return the body of an answer that is not streamed."""
        return wire.completion(chat, reply)

    def events(self, chat: ChatRequest, reply: Reply) -> Iterator[Event]:
        """Yield a stream's events."""
        if self._is_azure:
            yield server_sent({"id": "", "object": "", "model": "", "choices": []}, is_token=False)
        for chunk in wire.chunks(chat, reply):
            yield server_sent(chunk.body, is_token=chunk.is_token)


def server_sent(body: dict[str, Any], *, is_token: bool, name: str = "") -> Event:
    """Return an event of a stream of server-sent events."""
    head = f"event: {name}\n".encode() if name else b""
    return Event(head + b"data: " + json.dumps(body).encode() + b"\n\n", is_token)


OPENAI = OpenAIDialect()
AZURE = OpenAIDialect(is_azure=True)
