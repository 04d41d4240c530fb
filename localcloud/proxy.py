"""One address for everything: forwards REST, webhook and socket traffic to the local cloud.

`/api/…` is the REST API's stage, `/hook/…` the webhooks' function URL, `/socket` the WebSocket API.
Identifiers come from the routes file, read again when it changes, so that a deployment needs no restart.
Webhooks and sockets pass unchanged and stream, without a limit of size or time; REST bodies pass through
`localcloud.edge`.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import click
from aiohttp import WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

from localcloud import edge
from localcloud.workspace import read_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

_log = logging.getLogger("localcloud.proxy")

# RFC 9110, section 7.6.1: these describe one connection and are not forwarded.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
    }
)
_NOT_OURS_TO_ADD = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_SHUTDOWN_SECONDS = 0.5  # open sockets do not hold up `down`
# How the application must be served: packed bodies stay packed until the edge looks at them, and an address
# that is too long is for the API to refuse, in its own words.
SERVING: dict[str, Any] = {"auto_decompress": False, "max_line_size": 65_536}
_BUFFERED_BYTES = 256 * 1024
_UNLIMITED = aiohttp.ClientTimeout(total=None, sock_connect=5)
_DOWN = "the local cloud does not answer: `make status` says what runs, and `make up` starts it"
_NOT_DEPLOYED = "nothing is deployed yet; run `make up`"


class Routes:
    """Where requests go: the routes file, read again when its time changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._modified = -1
        self._values: dict[str, Any] = {}

    def current(self) -> dict[str, Any]:
        """Return the routes; empty before the first deployment."""
        try:
            modified = self._path.stat().st_mtime_ns
        except OSError:
            return {}
        if modified != self._modified:
            self._values, self._modified = read_json(self._path), modified
        return self._values


@dataclass(frozen=True)
class _Call:
    """A request on its way: to which host and path, with which headers and body."""

    request: web.Request
    host: str
    path: str
    headers: CIMultiDict[str]
    body: Any


class Proxy:
    """The request handlers, around one pool of connections to the local cloud."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._session: aiohttp.ClientSession

    def application(self) -> web.Application:
        """Build the aiohttp application to serve."""
        application = web.Application(client_max_size=0)
        application.cleanup_ctx.append(self._connected)
        application.router.add_get("/_local/health", _health)
        application.router.add_get("/", _start)
        application.router.add_get("/socket", self.socket)
        application.router.add_get("/socket/", self.socket)
        application.router.add_route("*", "/api/{path:(?s:.*)}", self.rest)
        application.router.add_route("*", "/hook", self.hook)
        application.router.add_route("*", "/hook/{path:.*}", self.hook)
        return application

    async def _connected(self, _application: web.Application) -> AsyncIterator[None]:
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
        # The answer is passed on as it is: compressed stays compressed.
        async with aiohttp.ClientSession(
            connector=connector, auto_decompress=False, timeout=_UNLIMITED
        ) as session:
            self._session = session
            yield

    async def rest(self, request: web.Request) -> web.StreamResponse:
        """Forward to the REST API; its stage is named as the path begins: `/api`."""
        routes = self._routes.current()
        host = f"{routes.get('rest_api_id')}.execute-api.localhost"
        headers = _forwarded_headers(request)
        try:
            body = await edge.received(request, headers)
        except edge.RefusedAtEdgeError as error:
            return edge.refusal(error.kind)
        call = _Call(request, host, request.raw_path, headers, io.BytesIO(body) if body else None)
        return await self._forward(call, routes, _pass_on_whole)

    async def hook(self, request: web.Request) -> web.StreamResponse:
        """Forward to the function URL, without the `/hook` prefix."""
        routes = self._routes.current()
        path = request.raw_path.removeprefix("/hook")
        target = path if path.startswith("/") else f"/{path}"
        body = request.content if request.body_exists else None
        call = _Call(request, str(routes.get("hook_host")), target, _forwarded_headers(request), body)
        return await self._forward(call, routes, _pass_on)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """Connect to the WebSocket API first, so that its refusal is ours; then carry both ways."""
        routes = self._routes.current()
        if not routes:
            return _problem(_NOT_DEPLOYED)
        _, mark, query = request.raw_path.partition("?")
        address = f"{routes['ministack']}/_aws/execute-api/{routes['websocket_api_id']}/api{mark}{query}"
        try:
            upstream = await self._session.ws_connect(
                URL(address, encoded=True), headers=_handshake_headers(request), max_msg_size=0, autoping=True
            )
        except aiohttp.WSServerHandshakeError as error:
            return web.json_response({"message": "Forbidden"}, status=error.status)
        except aiohttp.ClientError:
            return _problem(_DOWN)
        async with upstream:
            return await _carry(request, upstream)

    async def _forward(
        self, call: _Call, routes: dict[str, Any], pass_on: Callable[..., Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not routes:
            return _problem(_NOT_DEPLOYED)
        call.headers["Host"] = call.host
        address = URL(f"{routes['ministack']}{call.path}", encoded=True)
        try:
            async with self._session.request(
                call.request.method,
                address,
                headers=call.headers,
                data=call.body,
                allow_redirects=False,
                skip_auto_headers=_NOT_OURS_TO_ADD,
            ) as answer:
                return await pass_on(call.request, answer)
        except aiohttp.ClientConnectionError as error:
            _log.warning("upstream.failed path=%s error=%s", call.path, type(error).__name__)
            return _problem(_DOWN)


async def _pass_on_whole(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    headers = [(n, v) for n, v in answer.headers.items() if n.lower() not in _HOP_BY_HOP]
    return await edge.answered(request, answer.status, headers, await answer.read())


async def _pass_on(request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
    headers = [(n, v) for n, v in answer.headers.items() if n.lower() not in _HOP_BY_HOP]
    length = answer.content_length
    if length is not None and length <= _BUFFERED_BYTES:
        kept = CIMultiDict(headers)
        return web.Response(
            status=answer.status, reason=answer.reason, headers=kept, body=await answer.read()
        )
    response = web.StreamResponse(status=answer.status, reason=answer.reason)
    response.headers.extend(headers)
    await response.prepare(request)
    async for chunk in answer.content.iter_any():
        await response.write(chunk)
    await response.write_eof()
    return response


def _forwarded_headers(request: web.Request) -> CIMultiDict[str]:
    headers = CIMultiDict((n, v) for n, v in request.headers.items() if n.lower() not in _HOP_BY_HOP)
    client = request.remote or ""
    earlier = request.headers.get("X-Forwarded-For")
    headers["X-Forwarded-For"] = f"{earlier}, {client}" if earlier else client
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-Port"] = str(request.url.port or "")
    return headers


def _handshake_headers(request: web.Request) -> dict[str, str]:
    return {
        n: v for n, v in _forwarded_headers(request).items() if not n.lower().startswith("sec-websocket-")
    }


async def _carry(request: web.Request, upstream: aiohttp.ClientWebSocketResponse) -> web.WebSocketResponse:
    client = web.WebSocketResponse(max_msg_size=0, compress=False)
    await client.prepare(request)
    inward = asyncio.create_task(_pump(client, upstream))
    outward = asyncio.create_task(_pump(upstream, client))
    _, pending = await asyncio.wait({inward, outward}, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(inward, outward, return_exceptions=True)
    await client.close(code=upstream.close_code or aiohttp.WSCloseCode.OK)
    return client


async def _pump(source: Any, target: Any) -> None:
    async for message in source:
        if message.type is WSMsgType.TEXT:
            await target.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await target.send_bytes(message.data)
    if not target.closed:
        await target.close(code=source.close_code or aiohttp.WSCloseCode.OK)


def _problem(detail: str) -> web.Response:
    problem = {"type": "about:blank", "title": "Bad Gateway", "status": 502, "code": "local_cloud_down"}
    body = json.dumps(problem | {"detail": detail})
    return web.Response(status=502, text=body, content_type="application/problem+json")


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _start(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/api/console")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port on the loopback interface.")
@click.option("--routes", type=click.Path(path_type=Path), required=True, help="Written by the deployment.")
def main(port: int, routes: Path) -> None:
    """Serve the local cloud's one address until a signal."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    application = Proxy(Routes(routes)).application()
    web.run_app(
        application,
        host="127.0.0.1",
        port=port,
        print=None,
        access_log=None,
        shutdown_timeout=_SHUTDOWN_SECONDS,
        **SERVING,
    )


if __name__ == "__main__":
    main()
