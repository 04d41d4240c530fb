"""How patient the network is with webhooks: timeouts, retries, redirects."""

import asyncio
import socket

import pytest
from aiohttp import web

from localcloud.phone_network import Options
from localcloud.phone_network.webhook_policy import policy_of

pytestmark = pytest.mark.enable_socket


class TestPolicy:
    """Connection overrides in the fragment of a URL."""

    def test_defaults_are_twilios(self):
        """One retry after a failed connection, 15 s in all."""
        policy = policy_of("https://x.example/voice", 15)
        assert (policy.connect, policy.read, policy.total, policy.retries) == (5, 15, 15, 1)
        assert policy.retries_after("ct")
        assert not policy.retries_after("5xx")

    def test_overrides_are_read(self):
        """ct, rt, tt, rc and rp are taken from the fragment."""
        policy = policy_of("https://x.example/voice?a=b#ct=100&rt=200&tt=3000&rc=4&rp=4xx,rt", 15)
        assert (policy.connect, policy.read, policy.total, policy.retries) == (0.1, 0.2, 3, 4)
        assert policy.retries_after("4xx")
        assert not policy.retries_after("ct")

    @pytest.mark.parametrize("fragment", ["rc=9", "rc=x", "tt=99999", "ct=0"])
    def test_what_is_out_of_range_is_ignored(self, fragment):
        """An impossible override leaves the default."""
        assert policy_of(f"https://x.example/#{fragment}", 15) == policy_of("https://x.example/", 15)

    def test_all_covers_every_cause(self):
        """rp=all retries whatever went wrong."""
        policy = policy_of("https://x.example/#rp=all", 15)
        assert all(policy.retries_after(cause) for cause in ("ct", "rt", "4xx", "5xx"))


def failing(product, path, times, status=500):
    """Make the product fail so many times before it answers."""
    left = [times]

    def answer(_request):
        left[0] -= 1
        return web.Response(status=status) if left[0] >= 0 else "<Response><Say>At last</Say></Response>"

    product.answers[path] = answer


async def test_the_fragment_asks_for_retries(world, product):
    """With rc and rp a failing webhook is asked again, under the same idempotency token."""
    failing(product, "/voice", 2)
    sid = await world.finished(path="/voice#rc=2&rp=5xx")
    requests = product.at("/voice")
    assert len(requests) == 3
    assert len({request.headers["I-Twilio-Idempotency-Token"] for request in requests}) == 1
    assert ("agent", "At last") in world.spoken(sid)
    assert [event["attempt"] for event in world.log.since(0, sid, "webhook.failed")] == [0, 1]


async def test_without_it_an_error_is_final(world, product):
    """By default an HTTP error is not retried."""
    failing(product, "/voice", 1)
    sid = await world.finished()
    assert len(product.at("/voice")) == 1
    assert world.errors(sid)[0] == 11200


async def test_an_unreachable_product_is_tried_twice(world):
    """A refused connection is retried once, then it is 11205."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        sid = await world.finished(url=f"http://127.0.0.1:{port}/voice")
    assert [event["code"] for event in world.log.since(0, sid, "webhook.failed")] == [11205, 11205]


@pytest.mark.parametrize(("status", "method", "params"), [(302, "GET", 0), (307, "POST", 1)])
async def test_redirects_lose_the_form_unless_they_keep_the_method(world, product, status, method, params):
    """A 302 becomes a GET without parameters; a 307 stays a POST with them."""
    product.answers["/voice"] = lambda _request: web.Response(
        status=status, headers={"Location": "/moved?x=1"}
    )
    await world.finished()
    (moved,) = product.at("/moved")
    assert moved.method == method
    assert ("CallSid" in moved.params) == bool(params)


async def test_endless_redirects_fail(world, product):
    """Redirects in a circle end with 11215."""
    product.answers["/voice"] = lambda _request: web.Response(status=307, headers={"Location": "/voice"})
    sid = await world.finished()
    assert world.errors(sid)[0] == 11215


class TestTimeout:
    """The 15 s of a webhook, shortened."""

    @pytest.fixture
    def options(self):
        """Give webhooks a fifth of a second."""
        return Options(time_scale=50.0, webhook_timeout=0.2)

    async def test_a_slow_answer_is_a_failure(self, world, product):
        """A product that does not answer in time gets the fallback asked."""

        async def slow():
            await asyncio.sleep(1)
            return "<Response/>"

        product.answers["/voice"] = lambda _request: slow()
        product.says("/fallback", "<Say>Sorry</Say>")
        sid = await world.finished(fallback_url=product.url("/fallback"))
        assert product.at("/fallback")[0].params["ErrorCode"] == "11205"
        assert ("agent", "Sorry") in world.spoken(sid)

    async def test_a_fault_can_make_webhooks_slow(self, world, product):
        """webhook_slow counts against the product's time."""
        await world.control(
            "PUT", "/faults", {"rules": [{"effect": "webhook_slow", "match": "voice", "seconds": 1}]}
        )
        sid = await world.finished()
        assert world.errors(sid)[0] == 11205
        assert not product.at("/voice")
