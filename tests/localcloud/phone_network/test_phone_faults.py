"""What goes wrong on purpose, and only where it was asked for."""

import asyncio
import contextlib

import pytest
import requests
from twilio.base.exceptions import TwilioRestException

pytestmark = pytest.mark.enable_socket

EVENTS = ["initiated", "ringing", "answered", "completed"]
ALL = {"status_callback_event": EVENTS}


async def sequence(world, product, *rules, seed=1):
    """Place a call under fault rules and return the sequence numbers in order of arrival."""
    await world.control("PUT", "/faults", {"seed": seed, "rules": list(rules)}, 200)
    product.says("/voice", "<Pause length='5'/>")
    await world.finished(status_callback=product.url("/status"), **ALL)
    return [int(request.params["SequenceNumber"]) for request in product.at("/status")]


async def test_callbacks_can_be_duplicated(world, product):
    """The chosen event arrives twice with the same sequence number."""
    rule = {"effect": "callback_duplicated", "match": "answered"}
    assert await sequence(world, product, rule) == [0, 1, 2, 2, 3]


async def test_callbacks_can_be_lost(world, product):
    """The chosen event never arrives; the log says that it was lost."""
    assert await sequence(world, product, {"effect": "callback_lost", "match": "completed"}) == [0, 1, 2]
    assert world.log.since(0, "", "callback.lost")[0]["purpose"] == "status.completed"


async def test_callbacks_can_change_places(world, product):
    """The chosen event arrives after its successor."""
    rule = {"effect": "callback_reordered", "match": "answered"}
    assert await sequence(world, product, rule) == [0, 1, 3, 2]


async def test_callbacks_can_be_late(world, product):
    """The chosen event arrives after the given real seconds."""
    rule = {"effect": "callback_delayed", "match": "initiated", "seconds": 0.35}
    assert await sequence(world, product, rule) == [1, 2, 3, 0]


async def test_faults_stop_after_their_count(world, product):
    """A count limits how often a rule strikes, and the rule says how often it did."""
    rule = {"effect": "callback_lost", "match": "status", "count": 2}
    assert await sequence(world, product, rule) == [2, 3]
    answer = await world.control("GET", "/faults")
    assert answer["rules"][0]["struck"] == 2


async def test_the_same_seed_gives_the_same_faults(world, product):
    """Probabilities are drawn from the seed."""
    rule = {"effect": "callback_lost", "match": "status", "probability": 0.5}
    outcomes = []
    for _ in range(2):
        product.received.clear()
        outcomes.append(await sequence(world, product, rule, seed=7))
    assert outcomes[0] == outcomes[1]
    assert 0 < len(outcomes[0]) < 4


@pytest.mark.parametrize("effect", ["rest_cut_after_success", "rest_silent_after_success"])
async def test_a_call_may_be_placed_without_an_answer(world, effect):
    """The connection breaks although the call was placed, and the call list shows it."""
    rule = {"effect": effect, "match": "POST", "count": 1, "seconds": 0.1}
    await world.control("PUT", "/faults", {"rules": [rule]}, 200)
    with pytest.raises(requests.ConnectionError):
        await world.call(twiml="<Response/>")
    calls = await world.rest(world.client.calls.list, to="+12125550123")
    assert len(calls) == 1
    assert "rest.cut" in [event["kind"] for event in world.log.since()]


async def test_rest_errors_place_nothing(world):
    """A 503 of the API means that nothing happened."""
    rule = {"effect": "rest_error", "match": "Calls", "count": 1, "status": 503}
    await world.control("PUT", "/faults", {"rules": [rule]}, 200)
    with pytest.raises(Exception, match="503"):
        await world.call(twiml="<Response/>")
    assert await world.rest(world.client.calls.list) == []


async def test_rest_answers_can_be_slow(world):
    """A slow answer comes after the client gave up; the call is placed all the same."""
    rule = {"effect": "rest_slow", "match": "POST", "seconds": 0.4}
    await world.control("PUT", "/faults", {"rules": [rule]}, 200)
    begun = asyncio.get_running_loop().time()
    await world.call(twiml="<Response/>")
    assert asyncio.get_running_loop().time() - begun >= 0.4


async def test_sockets_can_be_dropped(world, product):
    """After so many frames the socket is gone without a closing handshake."""
    rule = {"effect": "socket_dropped", "after_frames": 2}
    await world.control("PUT", "/faults", {"rules": [rule]}, 200)
    url = product.base.replace("http", "ws") + "/socket"
    product.says("/voice", f'<Connect action="/ended"><ConversationRelay url="{url}"/></Connect>')
    await world.script({"steps": [{"wait": "none", "delay": 2, "say": "Hello"}]})
    sid = await world.finished()
    assert product.at("/ended")[0].params["ErrorCode"] == "64105"
    assert len(product.frames) == 2
    assert "socket.dropped" in world.kinds(sid)


async def test_sockets_can_be_refused(world, product):
    """The session cannot begin: its action hears that nobody could connect, and no frame was sent."""
    await world.control("PUT", "/faults", {"rules": [{"effect": "socket_refused", "status": 403}]}, 200)
    url = product.base.replace("http", "ws") + "/socket"
    product.says("/voice", f'<Connect action="/ended"><ConversationRelay url="{url}"/></Connect>')
    await world.finished()
    assert product.at("/ended")[0].params["ErrorCode"] == "64102"
    assert product.frames == []


async def test_webhooks_can_fail(world, product):
    """The product seems to answer 500, and was never asked: the fallback takes the call."""
    await world.control("PUT", "/faults", {"rules": [{"effect": "webhook_failed", "match": "voice"}]}, 200)
    product.says("/fallback", "<Say>One moment</Say>")
    sid = await world.finished(fallback_url=product.url("/fallback"))
    assert product.at("/voice") == []
    assert product.at("/fallback")[0].params["ErrorCode"] == "11200"
    assert ("agent", "One moment") in world.spoken(sid)


@pytest.mark.parametrize(("number", "lost"), [("+12125550123", True), ("+12125550199", False)])
async def test_faults_can_be_limited_to_a_number(world, product, number, lost):
    """Only calls from or to the rule's number are struck."""
    rule = {"effect": "callback_lost", "match": "completed", "number": number}
    assert await sequence(world, product, rule) == ([0, 1, 2] if lost else [0, 1, 2, 3])


@pytest.mark.parametrize(("number", "refused"), [("+12125550123", True), ("+12125550199", False)])
async def test_rest_faults_can_be_limited_to_a_number(world, number, refused):
    """A request is struck by the numbers that it names, with the code of the rule."""
    rule = {"effect": "rest_error", "match": "POST", "status": 400, "code": 21211, "number": number}
    await world.control("PUT", "/faults", {"rules": [rule]}, 200)
    with pytest.raises(TwilioRestException) if refused else contextlib.nullcontext() as caught:
        await world.call(twiml="<Response/>")
    assert caught is None or caught.value.code == 21211


async def test_an_unknown_code_is_refused(world):
    """A rule cannot answer with a code whose meaning the network does not know."""
    rule = {"effect": "rest_error", "code": 1}
    answer = await world.control("PUT", "/faults", {"rules": [rule]}, 400)
    assert answer["field"] == "faults.rules[0].code"
