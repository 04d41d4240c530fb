"""One call leg under the control of TwiML: where its documents come from; what verbs do is elsewhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from localcloud.phone_network.calls import Call, Callback, Instructions
from localcloud.phone_network.twiml import ApplicationError, Verb, check_content_type, parse
from localcloud.phone_network.webhooks import INVALID_URL, Request, WebhookFailedError, is_web_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.line import Line


def _no_answer_needed() -> None:
    """Stand in for answering where the line is up already."""


async def _no_whisper(_leg: Leg, _instructions: Instructions) -> None:
    """Say nothing before two lines are joined."""


@dataclass
class Leg:
    """A call, the exchange it lives in, and the document it follows."""

    exchange: Exchange
    call: Call
    answer: Callable[[], None] = _no_answer_needed
    document_url: str = ""
    fallback: Instructions | None = None
    empty_documents: int = 0
    whisper: Callable[[Leg, Instructions], Awaitable[None]] = _no_whisper

    @property
    def line(self) -> Line:
        """The person's line."""
        return self.call.line

    async def load(self, instructions: Instructions) -> tuple[Verb, ...]:
        """Fetch and check a document; raise ``ApplicationError`` or ``HungUpError``."""
        if instructions.twiml:
            return self._read(instructions.twiml, "")
        request = Request(
            call_sid=self.call.sid,
            purpose=instructions.purpose,
            url=instructions.url,
            method=instructions.method,
            params=self.call.parameters() | dict(instructions.params),
        )
        try:
            # The request outlives a hang-up: the product has it already.
            fetching = self.exchange.tasks.start(self.exchange.webhooks.fetch(request), quiet=True)
            reply = await self.line.while_up(asyncio.shield(fetching))
        except WebhookFailedError as failure:
            raise ApplicationError(failure.code, failure.reason) from None
        if reply.content_type.startswith("audio/"):
            return (Verb("Play", {}, (), reply.url),)
        check_content_type(reply.content_type)
        return self._read(reply.body.decode("utf-8", "replace"), reply.url)

    def _read(self, document: str, url: str) -> tuple[Verb, ...]:
        self.document_url = url
        self.exchange.log.record("twiml.received", self.call.sid, url=url, twiml=document)
        return parse(document)

    def resolve(self, url: str) -> str:
        """Return an absolute URL, relative to the present document; raise ``ApplicationError``."""
        # An unbalanced bracket makes urljoin raise; such a URL is refused as it stands.
        absolute = urljoin(self.document_url, url) if self.document_url and "[" not in url else url
        if not is_web_url(absolute):
            raise ApplicationError(INVALID_URL, f"invalid URL {url!r}; inline TwiML needs absolute URLs")
        return absolute

    def action(self, verb: Verb, params: Mapping[str, str], purpose: str) -> Instructions:
        """Return what a verb's ``action`` leads to; without one, the present document again."""
        url = self.resolve(verb.get("action") or self.document_url)
        return Instructions(url=url, method=verb.get("method", "POST"), params=params, purpose=purpose)

    def callback(self, verb: Verb, name: str, default: str = "completed") -> Callback:
        """Return the callback that attributes such as ``recordingStatusCallback`` ask for."""
        if not verb.get(name):
            return Callback()
        return Callback(
            url=self.resolve(verb.get(name)),
            method=verb.get(f"{name}Method", "POST"),
            events=frozenset(verb.get(f"{name}Event", default).split()),
        )
