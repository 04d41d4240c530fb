"""Text messages: sent, refused after STOP, received and answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from twilio.base.exceptions import TwilioRestException

from .conftest import NUMBER, PERSON

pytestmark = pytest.mark.enable_socket


def configured(world, product):
    """Let messages to the number reach the product."""
    number = world.network.exchange.numbers.get(NUMBER)
    world.network.exchange.numbers.put(replace(number, sms_url=product.url("/sms")))


async def texted(world, body):
    """Let the person write to the number."""
    return await world.control("POST", "/inbound-sms", {"from": PERSON, "to": NUMBER, "body": body}, 201)


async def sent(world, **change):
    """Send a message through the REST API."""
    arguments = {"to": PERSON, "from_": NUMBER, "body": "Your appointment is at ten"} | change
    return await world.rest(world.client.messages.create, **arguments)


async def test_a_message_is_delivered_and_reported(world, product):
    """The status goes queued, sent, delivered; callbacks tell the last two."""
    message = await sent(world, status_callback=product.url("/status"))
    assert message.status == "queued"
    await world.settled()
    assert [item.params["MessageStatus"] for item in product.at("/status")] == ["sent", "delivered"]
    assert (await world.rest(world.client.messages(message.sid).fetch)).status == "delivered"
    (listed,) = await world.rest(world.client.messages.list, to=PERSON)
    assert listed.body == "Your appointment is at ten"


async def test_a_phone_may_be_unreachable(world, product):
    """A person's sms_status decides how delivery ends, with Twilio's error code."""
    await world.script({"sms_status": "undelivered"})
    await sent(world, status_callback=product.url("/status"))
    await world.settled()
    last = product.at("/status")[-1].params
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")


async def test_stop_is_honoured_until_start(world, product):
    """After STOP sending is refused with 21610, after START it works again."""
    configured(world, product)
    await texted(world, " stop ")
    with pytest.raises(TwilioRestException) as refused:
        await sent(world)
    assert refused.value.code == 21610
    await texted(world, "START")
    await sent(world)
    await world.settled()
    assert [item.params.get("OptOutType") for item in product.at("/sms")] == ["STOP", "START"]


async def test_an_inbound_message_can_be_answered_by_twiml(world, product):
    """The texts of Message elements go back to the person."""
    configured(world, product)
    product.says("/sms", "<Message>We will call you</Message>")
    await texted(world, "call me")
    await world.settled()
    request = product.at("/sms")[0]
    assert (request.params["Body"], request.params["NumMedia"]) == ("call me", "0")
    (reply,) = await world.rest(world.client.messages.list, to=PERSON)
    assert reply.body == "We will call you"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "x"}, 21211),
        ({"from_": "+12125550199"}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
    ],
)
async def test_messages_are_refused_with_twilios_codes(world, change, code):
    """An unacceptable message is refused and never sent."""
    with pytest.raises(TwilioRestException) as refused:
        await sent(world, **change)
    assert refused.value.code == code
    assert not world.network.exchange.messages


@pytest.mark.parametrize(
    ("body", "parts"), [("a" * 161, "2"), ("€" * 81, "2"), ("“Hi”" * 18, "2"), ("🙂" * 35, "1")]
)
async def test_parts_are_counted_as_carriers_do(world, body, parts):
    """In both alphabets, with characters of two units."""
    assert (await sent(world, body=body)).num_segments == parts


async def test_a_script_answers_a_message(world, product):
    """The first rule that matches, as often as it may, when the message has arrived."""
    configured(world, product)
    await world.script(
        {"sms_replies": [{"hears": "ten", "say": "Fine by me", "times": 1}, {"hears": "", "say": "STOP"}]}
    )
    for _ in range(2):
        await sent(world)
        await world.settled()
    assert [item.params["Body"] for item in product.at("/sms")] == ["Fine by me", "STOP"]


async def test_the_carrier_can_leave_the_words_to_us(world, product):
    """Then nothing is refused, no OptOutType is sent, and our answer goes out with its callbacks."""
    configured(world, product)
    product.says("/sms", f'<Message action="{product.url("/reply")}">You are out</Message>')
    body = {"from": PERSON, "to": NUMBER, "body": "STOP", "handles_words": False}
    await world.control("POST", "/inbound-sms", body, 201)
    await world.settled()
    assert "OptOutType" not in product.at("/sms")[0].params
    (reply,) = await world.rest(world.client.messages.list, to=PERSON)
    assert (reply.body, reply.direction) == ("You are out", "outbound-reply")
    assert [item.params["MessageStatus"] for item in product.at("/reply")] == ["sent", "delivered"]


async def test_messages_are_listed_by_the_day_on_which_they_were_sent(world):
    """Today's are those of today and of since yesterday, not those until yesterday."""
    message = await sent(world)
    await world.settled()
    today = (await world.rest(world.client.messages(message.sid).fetch)).date_sent
    yesterday = today - timedelta(days=1)
    wanted = [{"date_sent": today}, {"date_sent_after": yesterday}, {"date_sent_before": yesterday}]
    found = [len(await world.rest(world.client.messages.list, **days)) for days in wanted]
    assert found == [1, 1, 0]
