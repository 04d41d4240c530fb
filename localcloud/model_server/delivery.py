"""Sends a reply to the client at its pace, whole or as a stream, with what a fault does to the wire."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from localcloud.model_server.dialects import OPENAI
from localcloud.model_server.faults import FaultKind
from localcloud.model_server.journal import CLIENT_CLOSED

if TYPE_CHECKING:
    from localcloud.model_server.chat_request import ChatRequest
    from localcloud.model_server.dialects import Dialect, Event
    from localcloud.model_server.faults import Fault
    from localcloud.model_server.journal import Entry
    from localcloud.model_server.options import Timing
    from localcloud.model_server.reply import Reply


@dataclass(frozen=True, slots=True)
class Delivery:
    """One reply on its way; `send` ends the journal's entry whatever happens."""

    chat: ChatRequest
    reply: Reply
    timing: Timing
    fault: Fault | None
    entry: Entry
    dialect: Dialect = OPENAI

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Send the reply and return the finished response."""
        try:
            await asyncio.sleep(self.timing.first_token_ms / 1000)
            return await (self._stream(request) if self.chat.stream else self._whole(request))
        except (ConnectionError, asyncio.CancelledError):
            self.entry.ended(CLIENT_CLOSED)
            raise

    async def _whole(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self.reply.tokens * self.timing.between_tokens_s)
        if self.fault and self.fault.kind is FaultKind.STALL:
            await asyncio.sleep(self.fault.stall_ms / 1000)
        if self.fault and self.fault.kind is FaultKind.DROP:
            return self._cut_off(request, web.Response())
        for _ in range(self.reply.tokens):
            self.entry.token_sent()
        self.entry.ended(self._finish())
        whole = json.dumps(self.dialect.whole(self.chat, self.reply)).encode()
        body = self.dialect.garbled if self._garbled else whole
        return web.Response(body=body, content_type="application/json", headers=self._headers())

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        headers = {
            **self._headers(),
            "Content-Type": self.dialect.stream_type,
            "Cache-Control": "no-cache",
        }
        response = web.StreamResponse(headers=headers)
        if await self._disturbed(response):
            return self._cut_off(request, response)
        await response.prepare(request)
        for event in self.dialect.events(self.chat, self.reply):
            if event.is_token and await self._disturbed(response):
                return self._cut_off(request, response)
            await self._write(response, event)
        self.entry.ended(self._finish())
        await response.write(self.dialect.end)
        await response.write_eof()
        return response

    async def _write(self, response: web.StreamResponse, event: Event) -> None:
        if event.is_token:
            if self.entry.sent_tokens:
                await asyncio.sleep(self.timing.between_tokens_s)
            self.entry.token_sent()
        await response.write(event.data)

    async def _disturbed(self, response: web.StreamResponse) -> bool:
        """Let the fault act once its token is reached; tell whether the connection must be cut now."""
        if self.fault is None or self.entry.sent_tokens != self._fault_at:
            return False
        if self.fault.kind is FaultKind.STALL and response.prepared:
            await asyncio.sleep(self.fault.stall_ms / 1000)
        if self._garbled and response.prepared:
            await response.write(self.dialect.garbled_event)
        return self.fault.kind is FaultKind.DROP

    def _cut_off(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        self.entry.ended(FaultKind.DROP)
        if request.transport is not None:
            request.transport.abort()
        return response

    @property
    def _fault_at(self) -> int:
        wanted = self.fault.after_tokens if self.fault else 0
        return min(wanted, max(0, self.reply.tokens - 1))

    @property
    def _garbled(self) -> bool:
        return self.fault is not None and self.fault.garbles_wire(
            self.reply, is_json=self.chat.output.is_json
        )

    def _finish(self) -> str:
        return str(self.reply.finish)

    def _headers(self) -> dict[str, str]:
        return {"x-request-id": f"req_{self.chat.digest[:24]}"}
