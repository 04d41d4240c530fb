"""Requests from the network to the product: signed, timed, retried; what they mean is elsewhere."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import aiohttp
from yarl import URL

from localcloud.phone_network.faults import Effect, Faults, parties
from localcloud.phone_network.signatures import HEADER, signature
from localcloud.phone_network.webhook_policy import WebhookPolicy, policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from localcloud.phone_network.log import CarrierLog
    from localcloud.phone_network.options import Options

_MAXIMUM_REDIRECTS = 10
_MAXIMUM_BODY = 64 * 1024
_BECOMES_GET = frozenset({301, 302, 303})
_KEEPS_METHOD = frozenset({307, 308})
_CLIENT_ERROR, _SERVER_ERROR = 400, 500

HTTP_FAILURE, CONNECTION_FAILURE, TOO_MANY_REDIRECTS, INVALID_URL, TOO_LARGE = (
    11200,
    11205,
    11215,
    11100,
    11750,
)


@dataclass(frozen=True, slots=True)
class Request:
    """One webhook: why, where, and with what parameters."""

    call_sid: str
    purpose: str
    url: str
    method: str = "POST"
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the product answered; ``url`` is where it finally came from."""

    status: int
    content_type: str
    body: bytes
    url: str


class WebhookFailedError(Exception):
    """The product gave no usable answer; ``code`` is Twilio's, ``cause`` one of ct, rt, 4xx, 5xx."""

    def __init__(self, code: int, cause: str, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.cause = cause
        self.reason = reason


def is_web_url(url: str) -> bool:
    """Tell whether Twilio would call this URL at all."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


class Webhooks:
    """The network's HTTP client towards the product."""

    def __init__(self, options: Options, log: CarrierLog, faults: Faults) -> None:
        self._options = options
        self._log = log
        self._faults = faults
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make ready to send."""
        headers = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
        self._session = aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.DummyCookieJar())

    async def close(self) -> None:
        """Drop all connections."""
        if self._session:
            await self._session.close()

    async def fetch(self, request: Request) -> Reply:
        """Ask the product, again where its URL's policy says so; raise ``WebhookFailedError``."""
        try:
            return await self._with_retries(request)
        except WebhookFailedError as failure:
            self._log.record_error(failure.code, failure.reason, request.call_sid, url=request.url)
            raise

    async def _with_retries(self, request: Request) -> Reply:
        policy = policy_of(request.url, self._options.webhook_timeout)
        token = str(uuid.uuid4())
        attempt = 0
        while True:
            try:
                return await self._attempt(request, policy, token, attempt)
            except WebhookFailedError as failure:
                if attempt >= policy.retries or not policy.retries_after(failure.cause):
                    raise
                attempt += 1

    async def _attempt(self, request: Request, policy: WebhookPolicy, token: str, attempt: int) -> Reply:
        started = time.monotonic()
        try:
            async with asyncio.timeout(policy.total):
                await self._trouble(request)
                reply = await self._follow(request, policy, token)
            self._note_answer(request, reply.status, started, attempt)
            _check(reply)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            failure = _failure_of(error)
        except WebhookFailedError as error:
            failure = error
        else:
            return reply
        self._note_failure(request, failure, started, attempt)
        raise failure

    async def _trouble(self, request: Request) -> None:
        numbers = parties(request.params)
        if slow := self._faults.strike(Effect.WEBHOOK_SLOW, request.purpose, numbers):
            await asyncio.sleep(slow.seconds)
        if failed := self._faults.strike(Effect.WEBHOOK_FAILED, request.purpose, numbers):
            raise WebhookFailedError(HTTP_FAILURE, "5xx", f"the product answered {failed.status}")

    async def _follow(self, request: Request, policy: WebhookPolicy, token: str) -> Reply:
        for _ in range(_MAXIMUM_REDIRECTS):
            reply, location = await self._send(request, policy, token)
            if not location:
                return reply
            target = urljoin(urldefrag(request.url).url, location)
            request = replace(request, url=target)
            if reply.status in _BECOMES_GET:
                request = replace(request, method="GET", params={})
        raise WebhookFailedError(TOO_MANY_REDIRECTS, "4xx", "too many redirects")

    async def _send(self, request: Request, policy: WebhookPolicy, token: str) -> tuple[Reply, str]:
        if self._session is None or not is_web_url(request.url):
            raise WebhookFailedError(INVALID_URL, "4xx", f"invalid URL {request.url!r}")
        url = sent_url(request)
        form = dict(request.params) if request.method == "POST" else None
        headers = {
            HEADER: signature(self._options.auth_token, url, form),
            "I-Twilio-Idempotency-Token": token,
        }
        timeout = aiohttp.ClientTimeout(connect=policy.connect, sock_read=policy.read)
        async with self._session.request(
            request.method,
            URL(url, encoded=True),
            data=form,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
        ) as response:
            body = await _limited(response.content)
            moved = response.status in _BECOMES_GET | _KEEPS_METHOD
            reply = Reply(response.status, response.content_type, body, urldefrag(request.url).url)
            return reply, response.headers.get("Location", "") if moved else ""

    def _note_answer(self, request: Request, status: int, started: float, attempt: int) -> None:
        self._log.record(
            "webhook.sent",
            request.call_sid,
            purpose=request.purpose,
            url=request.url,
            method=request.method,
            params=dict(request.params),
            status=status,
            ms=_milliseconds(started),
            attempt=attempt,
        )

    def _note_failure(
        self, request: Request, failure: WebhookFailedError, started: float, attempt: int
    ) -> None:
        self._log.record(
            "webhook.failed",
            request.call_sid,
            purpose=request.purpose,
            url=request.url,
            method=request.method,
            params=dict(request.params),
            code=failure.code,
            reason=failure.reason,
            ms=_milliseconds(started),
            attempt=attempt,
        )


def sent_url(request: Request) -> str:
    """Return the URL as it goes over the wire: no fragment; a GET carries its parameters as query."""
    url = urldefrag(request.url).url
    if request.method != "GET" or not request.params:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(dict(request.params))}"


async def _limited(stream: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in stream.iter_chunked(8192):
        body += chunk
        if len(body) > _MAXIMUM_BODY:
            break
    return bytes(body)


def _check(reply: Reply) -> None:
    if reply.status >= _SERVER_ERROR:
        raise WebhookFailedError(HTTP_FAILURE, "5xx", f"the product answered {reply.status}")
    if reply.status >= _CLIENT_ERROR:
        raise WebhookFailedError(HTTP_FAILURE, "4xx", f"the product answered {reply.status}")
    if len(reply.body) > _MAXIMUM_BODY:
        raise WebhookFailedError(TOO_LARGE, "4xx", "the answer exceeds 64 KB")


def _failure_of(error: Exception) -> WebhookFailedError:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return WebhookFailedError(CONNECTION_FAILURE, "ct", "cannot connect")
    if isinstance(error, TimeoutError):
        return WebhookFailedError(CONNECTION_FAILURE, "rt", "the product did not answer in time")
    if isinstance(error, ValueError):
        return WebhookFailedError(INVALID_URL, "4xx", "invalid URL")
    return WebhookFailedError(CONNECTION_FAILURE, "ct", f"connection broke: {type(error).__name__}")


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
