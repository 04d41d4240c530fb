"""The REST API through Twilio's own client: what it accepts, lists and refuses."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from localcloud.phone_network import Options

from .conftest import NUMBER, PERSON, ToNetwork

pytestmark = pytest.mark.enable_socket


async def refusal(work, *arguments, **keywords):
    """Return status and code of a refused request."""
    with pytest.raises(TwilioRestException) as refused:
        await asyncio.to_thread(work, *arguments, **keywords)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": "not a number"}, 21211),
        ({"to": "+1212"}, 21211),
        ({"to": ""}, 21201),
        ({"to": "+442071838750"}, 21215),
        ({"from_": ""}, 21213),
        ({"from_": "nobody"}, 21212),
        ({"from_": "+12125550199"}, 21210),
        ({"url": "ftp://x.example"}, 21205),
        ({"url": "not a url"}, 21205),
        ({"url": ""}, 21205),
        ({"url": "", "twiml": "x" * 4001}, 20001),
        ({"status_callback": "localhost"}, 21205),
        ({"status_callback_event": ["finished"]}, 21626),
        ({"method": "PUT"}, 21209),
        ({"timeout": 601}, 21208),
        ({"send_digits": "abc"}, 21206),
        ({"send_digits": "1" * 33}, 21206),
        ({"machine_detection": "Perhaps"}, 20001),
        ({"async_amd": "True"}, 20001),
    ],
)
async def test_calls_are_refused_with_twilios_codes(world, change, code):
    """An unacceptable call is refused with 400 and the code, and is never placed."""
    arguments = {"to": PERSON, "from_": NUMBER, "url": "https://x.example/voice"} | change
    assert await refusal(world.client.calls.create, **arguments) == (400, code)
    assert not world.network.exchange.calls


async def test_a_wrong_token_is_refused(world):
    """Without the account's token nothing is done."""
    options = world.network.options
    client = Client(options.account_sid, "wrong", http_client=ToNetwork(world.network.url))
    assert await refusal(client.calls.create, to=PERSON, from_=NUMBER, twiml="<Response/>") == (401, 20003)


async def test_another_account_is_not_found(world):
    """The path's account must be the one that authenticates."""
    client = world.client
    assert await refusal(client.api.v2010.accounts("AC" + "9" * 32).calls("CA1").fetch) == (404, 20404)


async def test_unknown_resources_are_not_found(world):
    """An unknown call is 20404."""
    assert await refusal(world.client.calls("CA" + "0" * 32).fetch) == (404, 20404)


async def test_calls_are_listed_by_their_properties(world):
    """Lists filter by number, status and start time, the newest first."""
    began = datetime.now(UTC) - timedelta(seconds=1)
    first = await world.finished(twiml="<Response/>")
    second = await world.finished(to="+12125550177", twiml="<Response/>")
    calls = world.client.calls

    async def listed(**filters):
        return [call.sid for call in await world.rest(calls.list, **filters)]

    assert await listed() == [second, first]
    assert await listed(to=PERSON) == [first]
    assert await listed(from_="+12125550100") == []
    assert await listed(status="completed") == [second, first]
    assert await listed(status="busy") == []
    assert await listed(start_time_after=began) == [second, first]
    assert await listed(start_time_before=began - timedelta(hours=1)) == []
    assert await listed(to=PERSON, start_time_after=began + timedelta(hours=1)) == []


async def test_lists_are_paged(world):
    """The client follows the pages to the end."""
    for _ in range(5):
        await world.call(twiml="<Response/>")
    calls = await world.rest(world.client.calls.list, page_size=2)
    assert len({call.sid for call in calls}) == 5


async def test_a_queued_call_has_no_start_time(world):
    """A call accepted but not dialled is absent from lists by start time."""
    world.network.exchange.starts._free_at = asyncio.get_running_loop().time() + 60
    await world.call(twiml="<Response/>")
    began = datetime.now(UTC) - timedelta(hours=1)
    assert await world.rest(world.client.calls.list, start_time_after=began) == []
    (call,) = await world.rest(world.client.calls.list)
    assert (call.status, call.start_time) == ("queued", None)


async def test_numbers_are_configured(world, product):
    """A number's URLs are set by update and shown by list and fetch."""
    (number,) = await world.rest(world.client.incoming_phone_numbers.list, phone_number=NUMBER)
    assert number.sid.startswith("PN")
    changed = await world.rest(number.update, voice_url=product.url("/voice"), voice_method="GET")
    assert (changed.voice_url, changed.voice_method) == (product.url("/voice"), "GET")
    again = await world.rest(world.client.incoming_phone_numbers(number.sid).fetch)
    assert again.voice_url == product.url("/voice")
    assert await refusal(number.update, voice_url="nonsense") == (400, 21502)


async def test_numbers_are_acquired(world):
    """A new number can be called from; one that is owned already is not available."""
    create = world.client.incoming_phone_numbers.create
    number = await world.rest(create, phone_number="+15005550010", sms_url="https://x.example/sms")
    assert number.sms_url == "https://x.example/sms"
    await world.call(from_="+15005550010", twiml="<Response/>")
    assert await refusal(create, phone_number="+15005550010") == (400, 21422)


async def test_garbage_is_answered_without_a_traceback(world):
    """Malformed requests get JSON errors of Twilio's shape."""
    base = f"{world.network.url}/2010-04-01/Accounts/{world.network.options.account_sid}"
    headers = {"Authorization": "Basic ???"}
    async with world.http.post(f"{base}/Calls.json", data=b"\xff\xfe", headers=headers) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, 20003)
    async with world.http.put(f"{base}/Nothing", data=b"x") as answer:
        assert set(await answer.json()) == {"code", "message", "more_info", "status"}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded; charset=nope", b"To=1"),
        ("application/x-www-form-urlencoded; charset=utf-8", b"To=\xff%ff"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("application/json", b"[[["),
    ],
)
async def test_unreadable_forms_are_refused(world, content_type, body):
    """A form that cannot be decoded is a 400 of Twilio's shape."""
    options = world.network.options
    headers = {
        "Authorization": encode_basic_auth(options.account_sid, options.auth_token),
        "Content-Type": content_type,
    }
    url = f"{world.network.url}/2010-04-01/Accounts/{options.account_sid}/Calls.json"
    async with world.http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["code"] in {20001, 21201}


class TestRate:
    """The limit on REST requests."""

    @pytest.fixture
    def options(self):
        """Allow three requests per second."""
        return Options(time_scale=50.0, rest_per_second=3)

    async def test_too_many_requests_are_refused(self, world):
        """Above the rate a request is refused with 429 and does nothing."""
        for _ in range(3):
            await world.call(twiml="<Response/>")
        refused = await refusal(world.client.calls.create, to=PERSON, from_=NUMBER, twiml="<Response/>")
        assert refused == (429, 20429)
        assert len(world.network.exchange.calls) == 3
