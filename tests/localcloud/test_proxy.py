from __future__ import annotations

import asyncio
import gzip
import io
import json

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestClient, TestServer

from localcloud.proxy import SERVING, Proxy, Routes

pytestmark = pytest.mark.enable_socket
LARGE = 3_000_000
CLOSED = web.AppKey("closed", list)


async def _mirror(request):
    """Tell what arrived."""
    body = await request.read()
    seen = {
        "method": request.method,
        "raw_path": request.raw_path,
        "host": request.host,
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "cookies": request.headers.getall("Cookie", []),
        "length": len(body),
        "body": body[:200].decode("latin-1"),
    }
    return web.json_response(seen, headers={"X-Answer": "1"})


async def _two_cookies(_request):
    answer = web.Response(status=201)
    answer.headers.add("Set-Cookie", "a=1")
    answer.headers.add("Set-Cookie", "b=2")
    return answer


async def _compressed(_request):
    return web.Response(body=gzip.compress(b"text"), headers={"Content-Encoding": "gzip"})


async def _large(request):
    answer = web.StreamResponse()
    await answer.prepare(request)
    for _ in range(LARGE // 1000):
        await answer.write(b"x" * 1000)
    return answer


async def _redirect(_request):
    raise web.HTTPSeeOther("/elsewhere")


async def _echo_socket(request):
    if request.headers.get("X-Twilio-Signature") != "good":
        raise web.HTTPForbidden
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str(request.raw_path)
    async for message in socket:
        if message.type is WSMsgType.TEXT and message.data == "end":
            await socket.close(code=4001)
        elif message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
        else:
            await socket.send_bytes(message.data)
    request.app[CLOSED].append(socket.close_code)
    return socket


@pytest.fixture
async def upstream():
    """Stand in for MiniStack."""
    application = web.Application(client_max_size=LARGE * 2)
    application[CLOSED] = []
    application.router.add_get("/api/cookies", _two_cookies)
    application.router.add_get("/api/compressed", _compressed)
    application.router.add_get("/api/large", _large)
    application.router.add_get("/large", _large)
    application.router.add_get("/api/redirect", _redirect)
    application.router.add_get("/_aws/execute-api/{api}/api", _echo_socket)
    application.router.add_route("*", "/{path:.*}", _mirror)
    server = TestServer(application)
    await server.start_server()
    yield server
    await server.close()


@pytest.fixture
def routes(tmp_path, upstream):
    """Give the routes file, as a deployment writes it."""
    path = tmp_path / "routes.json"
    _write(path, upstream, "rest1")
    return path


def _write(path, upstream, rest_api):
    address = {"ministack": str(upstream.make_url("")).rstrip("/"), "rest_api_id": rest_api}
    path.write_text(
        json.dumps(address | {"websocket_api_id": "ws1", "hook_host": "hook1.lambda-url.example"})
    )


@pytest.fixture
async def proxy(routes):
    """Give a client of the proxy."""
    server = TestServer(Proxy(Routes(routes)).application())
    await server.start_server(**SERVING)
    async with TestClient(server, auto_decompress=False) as client:
        yield client


async def test_rest_requests_reach_the_api(proxy):
    """A REST request keeps method, path, query and body, and is addressed to the REST API."""
    answer = await proxy.post("/api/v1/x%2Fy?a=%20b&a=2", data=b"hello")
    seen = await answer.json()
    assert (seen["method"], seen["raw_path"], seen["body"]) == ("POST", "/api/v1/x%2Fy?a=%20b&a=2", "hello")
    assert seen["host"] == "rest1.execute-api.localhost"
    assert answer.headers["X-Answer"] == "1"


@pytest.mark.parametrize(
    ("asked", "forwarded"),
    [("/hook/voice/inbound?x=%2B1", "/voice/inbound?x=%2B1"), ("/hook", "/"), ("/hook/?a=1", "/?a=1")],
)
async def test_webhooks_lose_their_prefix_only(proxy, asked, forwarded):
    """A webhook reaches the function URL without `/hook`; its query stays as it was signed."""
    seen = await (await proxy.post(asked)).json()
    assert (seen["raw_path"], seen["host"]) == (forwarded, "hook1.lambda-url.example")


async def test_headers_are_passed_on(proxy):
    """Signatures and cookies arrive as sent; headers of one connection do not travel."""
    sent = [("X-Twilio-Signature", "s="), ("Cookie", "a=1"), ("Cookie", "b=2"), ("TE", "trailers")]
    seen = await (await proxy.get("/hook/x", headers=sent)).json()
    assert seen["headers"]["x-twilio-signature"] == "s="
    assert seen["cookies"] == ["a=1", "b=2"]
    assert "te" not in seen["headers"]


async def test_forwarding_is_stated_honestly(proxy):
    """X-Forwarded-* name who called, how, and by which address; what an earlier proxy said is kept."""
    seen = await (await proxy.get("/hook/x", headers={"X-Forwarded-For": "203.0.113.9"})).json()
    assert seen["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"
    assert seen["headers"]["x-forwarded-proto"] == "http"
    assert seen["headers"]["x-forwarded-host"] == f"127.0.0.1:{proxy.port}"


async def test_nothing_is_added_to_a_request(proxy):
    """The proxy adds no header of its own that the product could take for the caller's."""
    skipped = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
    seen = await (await proxy.post("/hook/x", data=b"x", skip_auto_headers=skipped)).json()
    assert not {name.lower() for name in skipped} & set(seen["headers"])


async def test_answers_are_passed_on(proxy):
    """Status, repeated headers, compression and redirects are the upstream's."""
    cookies = await proxy.get("/api/cookies")
    assert (cookies.status, cookies.headers.getall("Set-Cookie")) == (201, ["a=1", "b=2"])
    compressed = await proxy.get("/api/compressed")
    assert gzip.decompress(await compressed.read()) == b"text"
    redirect = await proxy.get("/api/redirect", allow_redirects=False)
    assert (redirect.status, redirect.headers["Location"]) == (303, "/elsewhere")


async def test_large_bodies_stream_both_ways(proxy):
    """Bodies beyond any buffer pass unharmed, in and out, by both ways in."""
    plain = {"Accept-Encoding": "identity"}
    for way in ("api", "hook"):
        assert len(await (await proxy.get(f"/{way}/large", headers=plain)).read()) == LARGE
        seen = await (await proxy.post(f"/{way}/x", data=io.BytesIO(b"y" * LARGE), headers=plain)).json()
        assert seen["length"] == LARGE


async def test_new_deployment_needs_no_restart(proxy, routes, upstream):
    """A rewritten routes file is followed at once."""
    await proxy.get("/api/x")
    _write(routes, upstream, "rest2-longer")
    assert (await (await proxy.get("/api/x")).json())["host"] == "rest2-longer.execute-api.localhost"


async def test_socket_carries_both_ways(proxy):
    """Text and binary frames pass in order, and the handshake's query and headers reach the API."""
    async with proxy.ws_connect("/socket?a=%20", headers={"X-Twilio-Signature": "good"}) as socket:
        assert await socket.receive_str() == "/_aws/execute-api/ws1/api?a=%20"
        await socket.send_str("one")
        await socket.send_bytes(b"two")
        assert (await socket.receive_str(), await socket.receive_bytes()) == ("one", b"two")


async def test_socket_closes_both_ways(proxy, upstream):
    """The API's close code reaches the caller, and the caller's end reaches the API."""
    async with proxy.ws_connect("/socket", headers={"X-Twilio-Signature": "good"}) as socket:
        await socket.receive_str()
        await socket.send_str("end")
        closing = await socket.receive()
        assert (closing.type, closing.data) == (WSMsgType.CLOSE, 4001)
    async with proxy.ws_connect("/socket", headers={"X-Twilio-Signature": "good"}) as socket:
        await socket.receive_str()
    for _ in range(100):
        if len(upstream.app[CLOSED]) == 2:
            break
        await asyncio.sleep(0.02)
    assert len(upstream.app[CLOSED]) == 2


async def test_refused_handshake_stays_refused(proxy):
    """A refusal by the connect handler is an HTTP 403 to the caller, not an opened and closed socket."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await proxy.ws_connect("/socket")
    assert refusal.value.status == 403


@pytest.mark.parametrize("path", ["/api/x", "/hook/x", "/socket"])
async def test_stopped_stack_is_explained(proxy, upstream, path):
    """While MiniStack is down every answer is a 502 that says what to do."""
    await upstream.close()
    headers = {"Upgrade": "websocket", "Connection": "Upgrade"} if path == "/socket" else {}
    answer = await proxy.get(path, headers=headers)
    problem = await answer.json(content_type="application/problem+json")
    assert (answer.status, problem["code"]) == (502, "local_cloud_down")
    assert "make up" in problem["detail"]


async def test_missing_deployment_is_explained(tmp_path):
    """Before the first deployment the answer says so."""
    application = Proxy(Routes(tmp_path / "none.json")).application()
    async with TestClient(TestServer(application)) as client:
        answer = await client.get("/api/x")
        assert answer.status == 502
        assert "deployed" in (await answer.json(content_type="application/problem+json"))["detail"]


async def test_root_leads_to_the_console(proxy):
    """The bare address opens the operator's console."""
    answer = await proxy.get("/", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (302, "/api/console")
