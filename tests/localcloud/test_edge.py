"""The proxy does to REST bodies what API Gateway does: unpacks, limits and compresses them."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from infra.stack.gateway import gateway_responses
from localcloud import edge
from localcloud.proxy import SERVING, Proxy, Routes

pytestmark = pytest.mark.enable_socket
CONFIG = Path(__file__).parents[2] / ".chalice" / "config.json"
LIMIT = edge.MAX_BODY_BYTES


async def _answer(request):
    """Answer as many bytes as asked for, and tell what arrived in headers."""
    body = await request.read()
    headers = {"X-Length": str(len(body)), "X-Coding": request.headers.get("Content-Encoding", "none")}
    named = {"vary": "Vary", "coding": "Content-Encoding"}
    headers |= {header: request.query[name] for name, header in named.items() if name in request.query}
    return web.Response(body=b"x" * int(request.query.get("size", 0)), headers=headers)


@pytest.fixture
async def proxy(tmp_path):
    """Give a client of the proxy before a function that answers what it is told to."""
    application = web.Application(client_max_size=2 * LIMIT)
    application.router.add_route("*", "/{path:.*}", _answer)
    async with TestServer(application) as upstream:
        routes = {"ministack": str(upstream.make_url("")).rstrip("/"), "rest_api_id": "r", "hook_host": "h"}
        (tmp_path / "routes.json").write_text(json.dumps(routes))
        server = TestServer(Proxy(Routes(tmp_path / "routes.json")).application())
        await server.start_server(**SERVING)
        async with TestClient(server, auto_decompress=False) as client:
            yield client


async def _get(proxy, path, accepted):
    answer = await proxy.get(path, headers={"Accept-Encoding": accepted})
    return answer, await answer.read()


def test_the_limit_is_that_of_the_configuration():
    """Locally as much is compressed as the deployment says."""
    assert json.loads(CONFIG.read_text())["minimum_compression_size"] == edge.MIN_COMPRESSED_BYTES


@pytest.mark.parametrize("accepted", ["gzip", "br, GZIP;q=0.5", "gzip ; q=1.0, *;q=0"])
async def test_large_answers_are_compressed_when_asked_for(proxy, accepted):
    """Whoever names gzip gets it, with its true length, and caches are told what it depends on."""
    answer, body = await _get(proxy, "/api/x?size=1024", accepted)
    assert gzip.decompress(body) == b"x" * 1024
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(answer.headers["Content-Length"]) == len(body)


@pytest.mark.parametrize("accepted", ["", "identity", "*", "gzip;q=0", "br", "xgzip", "gzip;q=2"])
async def test_nobody_gets_gzip_unasked(proxy, accepted):
    """Silence, `*`, other codings and a weight of zero mean no; the answer still says that it varies."""
    answer, body = await _get(proxy, "/api/x?size=1024", accepted)
    assert (body, "Content-Encoding" in answer.headers) == (b"x" * 1024, False)
    assert answer.headers["Vary"] == "Accept-Encoding"


async def test_small_answers_are_not_compressed(proxy):
    """Below the limit compressing would not pay."""
    answer, body = await _get(proxy, "/api/x?size=1023", "gzip")
    assert (body, "Content-Encoding" in answer.headers) == (b"x" * 1023, False)


async def test_what_is_compressed_already_is_left_alone(proxy):
    """A function that compressed its answer itself is not improved upon."""
    answer, body = await _get(proxy, "/api/x?size=5000&coding=gzip", "gzip")
    assert (body, answer.headers.getall("Content-Encoding")) == (b"x" * 5000, ["gzip"])


async def test_what_else_an_answer_varies_with_stays(proxy):
    """The function's own Vary is kept, and nothing is named twice."""
    assert (await _get(proxy, "/api/x?size=2000&vary=Origin", "gzip"))[0].headers.getall("Vary") == [
        "Origin, Accept-Encoding"
    ]
    assert (await _get(proxy, "/api/x?size=2000&vary=accept-encoding", ""))[0].headers.getall("Vary") == [
        "accept-encoding"
    ]


async def test_webhooks_are_not_compressed(proxy):
    """A function URL does nothing of the kind."""
    assert (await _get(proxy, "/hook/x?size=5000", "gzip"))[1] == b"x" * 5000


async def test_packed_bodies_are_unpacked(proxy):
    """The function gets the text, and no header that says that it was packed."""
    packed = gzip.compress(b"a" * 5000, mtime=0) + gzip.compress(b"b" * 50)
    answer = await proxy.post("/api/x", data=packed, headers={"Content-Encoding": "GZip"})
    assert (answer.headers["X-Length"], answer.headers["X-Coding"]) == ("5050", "none")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"not packed"),
        ("gzip", gzip.compress(b"cut" * 1000, mtime=0)[:-12]),
        ("gzip", gzip.compress(b"x", mtime=0) + b"garbage"),
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"x", mtime=0), mtime=0)),
    ],
)
async def test_bodies_that_are_not_what_they_say_are_refused(proxy, coding, body):
    """An unknown coding and broken gzip are answered by 415, a problem like every other."""
    answer = await proxy.post("/api/x", data=body, headers={"Content-Encoding": coding})
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (415, "unsupported_media_type")
    assert "Content-Encoding" in problem["detail"]


async def test_a_bomb_is_not_unpacked(proxy):
    """A small body that would become a very large one is refused, for little memory."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(128)), packer.flush()])
    tracemalloc.start()
    answer = await proxy.post("/api/x", data=bomb, headers={"Content-Encoding": "gzip"})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(bomb) < LIMIT / 50, answer.status, peak < 4 * LIMIT) == (True, 413, True)


async def test_a_body_of_ten_megabytes_passes(proxy):
    """The limit itself is allowed."""
    assert (await proxy.post("/api/x", data=io.BytesIO(b"y" * LIMIT))).headers["X-Length"] == str(LIMIT)


async def test_larger_bodies_are_refused_as_the_template_says(proxy):
    """One byte more is answered with the gateway's own problem, with an id of its request."""
    answer = await proxy.post("/api/x", data=io.BytesIO(b"y" * (LIMIT + 1)))
    problem = await answer.json()
    declared = gateway_responses()["RestAPI"]["Properties"]["GatewayResponses"]["REQUEST_TOO_LARGE"]
    expected = json.loads(declared["ResponseTemplates"]["application/json"])
    assert answer.status == problem["status"] == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(problem["request_id"]) == 36
    assert answer.headers["X-Request-Id"] == problem.pop("request_id")
    assert "10 MB" in problem["detail"]
    assert problem == {name: value for name, value in expected.items() if name != "request_id"}


async def test_endless_bodies_are_cut_off(proxy):
    """A body that does not say how long it is is read up to the limit and no further."""

    async def endless():
        for _ in range(LIMIT // 65_536 + 2):
            yield bytes(65_536)

    assert (await proxy.post("/api/x", data=endless())).status == 413
