"""The HTTP face of the network: authentication, rate, faults and errors around the resources."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import time
from collections import deque
from typing import TYPE_CHECKING

from aiohttp import encode_basic_auth, web

from localcloud.phone_network.control import ControlApi
from localcloud.phone_network.errors import RestError
from localcloud.phone_network.faults import Effect, parties
from localcloud.phone_network.forms import ControlError
from localcloud.phone_network.rest_calls import CallsResource
from localcloud.phone_network.rest_conferences import ConferencesResource
from localcloud.phone_network.rest_messages import MessagesResource
from localcloud.phone_network.rest_numbers import NumbersResource
from localcloud.phone_network.rest_recordings import RecordingsResource

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from localcloud.phone_network.exchange import Exchange

_API = "/2010-04-01"
_LARGEST_REQUEST = 256 * 1024


class Server:
    """Builds the web application of one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._recent: deque[float] = deque()

    def application(self) -> web.Application:
        """Return the application with all routes."""
        app = web.Application(middlewares=[self._guard], client_max_size=_LARGEST_REQUEST)
        base = f"{_API}/Accounts/{{account}}"
        for resource in (
            CallsResource(self._exchange),
            RecordingsResource(self._exchange),
            MessagesResource(self._exchange),
            NumbersResource(self._exchange),
            ConferencesResource(self._exchange),
        ):
            app.add_routes(resource.routes(base))
        app.add_routes(ControlApi(self._exchange).routes())
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(f"{_API}/"):
            return await self._rest(request, handler)
        try:
            _check_local(request)
            return await handler(request)
        except ControlError as error:
            body = {"error": str(error), "field": error.field, "remedy": error.remedy}
            return web.json_response(body, status=error.status)
        except web.HTTPException as error:
            return web.json_response({"error": f"{error.status} {error.reason}"}, status=error.status)

    async def _rest(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.monotonic()
        log = self._exchange.log
        params = await _parameters(request)
        log.record("rest.request", method=request.method, path=request.path, params=params or {})
        refused = _refusal(RestError(20001, "the form cannot be read"))
        numbers = self._numbers(request, params or {})
        response = refused if params is None else await self._answer(request, handler, numbers)
        ms = round((time.monotonic() - started) * 1000)
        log.record("rest.response", method=request.method, path=request.path, status=response.status, ms=ms)
        await self._lose_answer(request, response, numbers)
        return response

    def _numbers(self, request: web.Request, params: dict[str, str]) -> tuple[str, ...]:
        """Return the numbers that a request is about, named or by the call that its path names."""
        call = self._exchange.calls.get(request.match_info.get("sid", ""))
        return (call.from_, call.to) if call else parties(params)

    async def _answer(
        self, request: web.Request, handler: Handler, numbers: tuple[str, ...]
    ) -> web.StreamResponse:
        subject = f"{request.method} {request.path}"
        faults = self._exchange.faults
        try:
            self._authenticate(request)
            self._check_rate()
            if slow := faults.strike(Effect.REST_SLOW, subject, numbers):
                await asyncio.sleep(slow.seconds)
            if broken := faults.strike(Effect.REST_ERROR, subject, numbers):
                return web.json_response(RestError(broken.code).view(), status=broken.status)
            return await handler(request)
        except web.HTTPException:
            return _refusal(RestError(20404, request.path))
        except RestError as error:
            return _refusal(error)

    async def _lose_answer(
        self, request: web.Request, response: web.StreamResponse, numbers: tuple[str, ...]
    ) -> None:
        """Drop the connection although the request succeeded, where a fault says so."""
        if response.status >= web.HTTPBadRequest.status_code:
            return
        faults, subject = self._exchange.faults, f"{request.method} {request.path}"
        silent = faults.strike(Effect.REST_SILENT_AFTER_SUCCESS, subject, numbers)
        if silent:
            await asyncio.sleep(silent.seconds)
        if silent or faults.strike(Effect.REST_CUT_AFTER_SUCCESS, subject, numbers):
            self._exchange.log.record("rest.cut", path=request.path)
            if request.transport:
                request.transport.abort()

    def _authenticate(self, request: web.Request) -> None:
        options = self._exchange.options
        expected = encode_basic_auth(options.account_sid, options.auth_token)
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise RestError(20003)
        if request.match_info.get("account", options.account_sid) != options.account_sid:
            raise RestError(20404, request.path)

    def _check_rate(self) -> None:
        present = time.monotonic()
        while self._recent and self._recent[0] <= present - 1:
            self._recent.popleft()
        if len(self._recent) >= self._exchange.options.rest_per_second:
            raise RestError(20429)
        self._recent.append(present)


async def _parameters(request: web.Request) -> dict[str, str] | None:
    """Return the query or form for the log; nothing if it cannot be decoded."""
    if request.method != "POST":
        return dict(request.query)
    try:
        form = await request.post()
    except (ValueError, LookupError, web.HTTPException):
        return None
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refusal(error: RestError) -> web.Response:
    headers = {"Retry-After": "1"} if error.code == 20429 else {}  # noqa: PLR2004  Twilio's code for rate
    if error.status == web.HTTPUnauthorized.status_code:
        headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return web.json_response(error.view(), status=error.status, headers=headers)


def _check_local(request: web.Request) -> None:
    """Refuse other machines, and pages in a browser that would script the network from outside."""
    remote = ipaddress.ip_address(request.remote or "0.0.0.0")  # noqa: S104  an address to refuse, not to bind
    if not remote.is_loopback or "Origin" in request.headers:
        raise ControlError("request", "must come from this machine, and not from a web page", 403)
