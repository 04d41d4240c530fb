"""A product to be called by the network, and a Twilio client to call the network with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from localcloud.phone_network import Options, PhoneNetwork

NUMBER = "+15005550006"
PERSON = "+12125550123"


@dataclass
class Received:
    """A webhook as the product got it."""

    path: str
    url: str
    method: str
    params: dict
    headers: dict


@dataclass
class Product:
    """A web server that answers webhooks with prepared TwiML and remembers what it was asked."""

    base: str = ""
    answers: dict = field(default_factory=dict)
    received: list = field(default_factory=list)
    frames: list = field(default_factory=list)
    sockets: list = field(default_factory=list)
    on_frame: object = None

    def url(self, path):
        """Return the address of a path."""
        return f"{self.base}{path}"

    def at(self, path):
        """Return the webhooks that came to a path."""
        return [request for request in self.received if request.path == path]

    def says(self, path, verbs):
        """Answer a path with these verbs."""
        self.answers[path] = f"<Response>{verbs}</Response>"

    async def hook(self, request):
        """Note a webhook and answer it as prepared."""
        params = dict(await request.post()) if request.method == "POST" else dict(request.query)
        url = f"{self.base}{request.raw_path}"
        self.received.append(Received(request.path, url, request.method, params, dict(request.headers)))
        answer = self.answers.get(request.path, "<Response/>")
        if callable(answer):
            answer = answer(self.received[-1])
        if asyncio.iscoroutine(answer):
            answer = await answer
        if isinstance(answer, web.StreamResponse):
            return answer
        return web.Response(text=answer, content_type="text/xml")

    async def socket(self, request):
        """Hold a relay socket and hand each frame to ``on_frame``."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(request)
        async for message in socket:
            frame = message.json()
            self.frames.append(frame)
            if self.on_frame:
                await self.on_frame(socket, frame)
        return socket

    def of_type(self, kind):
        """Return the frames of one type."""
        return [frame for frame in self.frames if frame["type"] == kind]


@pytest.fixture
async def product():
    """Serve a product for one test."""
    product = Product()
    app = web.Application()
    app.router.add_get("/socket", product.socket)
    app.router.add_route("*", "/{tail:.*}", product.hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    product.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield product
    await runner.cleanup()


class World:
    """A running network with the means to use it."""

    def __init__(self, network, product):
        self.network = network
        self.product = product
        self.log = network.log
        self.http = aiohttp.ClientSession()

    async def control(self, method, path, body=None, status=None):
        """Use the control API, checking the status if one is given."""
        async with self.http.request(method, f"{self.network.url}/control{path}", json=body) as response:
            assert status is None or response.status == status, await response.text()
            return await response.json()

    async def script(self, callee, number=PERSON):
        """Script the person at a number."""
        return await self.control("PUT", f"/callees/{number}", callee, 200)

    async def rest(self, work, *arguments, **keywords):
        """Run the Twilio client, which blocks, in a thread."""
        return await asyncio.to_thread(work, *arguments, **keywords)

    @property
    def client(self):
        """Return Twilio's own client, pointed at the network."""
        options = self.network.options
        http = ToNetwork(self.network.url, timeout=5)
        return Client(options.account_sid, options.auth_token, http_client=http)

    async def call(self, path="/voice", **arguments):
        """Place a call to the person through the REST API."""
        defaults = {"to": PERSON, "from_": NUMBER}
        if "twiml" not in arguments:
            defaults["url"] = self.product.url(path)
        return await self.rest(self.client.calls.create, **(defaults | arguments))

    async def until(self, kind, call_sid="", seconds=5.0):
        """Wait for an event of that kind and return it."""
        found = await self.log.changed.within(seconds, lambda: bool(self.log.since(0, call_sid, kind)))
        assert found, f"no {kind} after {[event['kind'] for event in self.log.since()][-20:]}"
        return self.log.since(0, call_sid, kind)[-1]

    async def settled(self):
        """Wait until the network has nothing left to do, callbacks included."""
        async with asyncio.timeout(5):
            while running := self.network.exchange.tasks._running:
                await asyncio.wait(set(running))

    async def finished(self, **arguments):
        """Place a call and wait until it has ended and all was reported."""
        call = await self.call(**arguments)
        await self.until("call.ended", call.sid)
        await self.settled()
        return call.sid

    async def dialled_in(self, path="/voice", callee=None, **config):
        """Let the person call the product's number and wait for the end."""
        number = self.network.exchange.numbers.get(NUMBER)
        self.network.exchange.numbers.put(replace(number, voice_url=self.product.url(path), **config))
        body = {"from": PERSON} | ({"callee": callee} if callee else {})
        answer = await self.control("POST", "/inbound", body, 201)
        await self.until("call.ended", answer["call_sid"])
        await self.settled()
        return answer["call_sid"]

    def kinds(self, call_sid):
        """Return the kinds of a call's events in order."""
        return [event["kind"] for event in self.log.since(0, call_sid)]

    def spoken(self, call_sid):
        """Return what was heard on a call, as (speaker, text) pairs."""
        transcript = self.network.exchange.calls[call_sid].line.transcript
        return [(entry["speaker"], entry["text"]) for entry in transcript]

    def errors(self, call_sid=""):
        """Return the error codes of a call in order."""
        return [event["code"] for event in self.log.since(0, call_sid, "error")]


class ToNetwork(TwilioHttpClient):
    """Twilio's own HTTP client, sent to another address."""

    def __init__(self, base, **options):
        super().__init__(pool_connections=False, **options)
        self._base = base

    def request(self, method, url, *arguments, **keywords):
        """Send the request to the network."""
        url = url.replace("https://api.twilio.com", self._base)
        return super().request(method, url, *arguments, **keywords)


@pytest.fixture
def options():
    """Run fifty times faster than life."""
    return Options(time_scale=50.0, stream_gap=0.3)


@pytest.fixture
async def world(product, options):
    """Run a network for one test."""
    async with PhoneNetwork(options) as network:
        world = World(network, product)
        yield world
        await world.http.close()
