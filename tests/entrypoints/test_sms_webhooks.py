"""Webhooks of text messages through the real handler: signed or refused, answered in TwiML, repeatable."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.appointments import a_booking, a_calendar
from fakes.calls import LINE, NUMBER, FakeCalls, furnished
from fakes.events import SECOND_TOKEN, SOCKET, TOKEN, WEBHOOKS, webhook_event

from chalicelib.calls.domain.messages import MessageState
from chalicelib.calls.services.messages import MessageWish, request_message
from chalicelib.calls.services.texting import attend_message
from chalicelib.entrypoints import carrier
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.ids import new_id

FORM = {
    "MessageSid": "SM7",
    "From": NUMBER,
    "To": LINE,
    "Body": "Can we <move> it?",
    "NumMedia": "1",
    "NewThing": "",
}


@pytest.fixture
def calls(container):
    """Put furnished ports of calls and the account's tokens into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN, SECOND_TOKEN)
    )
    furnished(container.calls)
    return container.calls


def _post(path, form, **options):
    return carrier.hook.hook(webhook_event(path, form, **options), None)


def _replies(answer):
    assert (answer["statusCode"], answer["headers"]["Content-Type"]) == (200, "text/xml")
    return list(ET.fromstring(answer["body"]).iter("Message"))


def test_a_message_is_kept_and_needs_no_answer(calls):
    """Once, however often it is delivered."""
    for _ in range(2):
        assert _replies(_post("/sms/inbound", FORM)) == []
    message = calls.messages.only()
    assert (message.state, message.body, message.media, message.sid) == (
        MessageState.RECEIVED,
        "Can we <move> it?",
        1,
        "SM7",
    )


def test_a_stop_is_confirmed_with_an_address_for_what_becomes_of_it(calls):
    """The carrier reports the confirmation's delivery there, and the thread shows it."""
    (reply,) = _replies(_post("/sms/inbound", {**FORM, "Body": "STOP"}))
    (kept,) = [message for message in calls.messages.by_place.values() if message.answers]
    assert reply.text == kept.body
    path = reply.get("action").removeprefix(WEBHOOKS.replace("calls", "calls", 1)).partition("#")[0]
    path = "/sms/" + path.partition("/sms/")[2]
    status = {"MessageSid": "SM9", "MessageStatus": "delivered"}
    assert _post(path, status)["statusCode"] == 204
    newest = calls.messages.get(kept.place)
    assert (newest.state, newest.sid) == (MessageState.DELIVERED, "SM9")


def test_the_carriers_own_answer_is_not_doubled(calls):
    """OptOutType says that it answered."""
    assert _replies(_post("/sms/inbound", {**FORM, "Body": "STOP", "OptOutType": "STOP"})) == []
    assert calls.numbers.status(NUMBER).suppressed_at


@pytest.mark.parametrize("change", [{"From": "72975"}, {"From": "ACME"}, {"To": ""}, {"MessageSid": ""}])
def test_who_has_no_number_is_not_kept(calls, change):
    """Short codes and names cannot be answered; nothing is made up for them."""
    assert _replies(_post("/sms/inbound", {**FORM, **change})) == []
    assert not calls.messages.by_place


@pytest.mark.parametrize("path", ["/sms/inbound", "/sms/contact_1/1/message_1/status"])
def test_what_is_not_signed_is_refused(calls, path):
    """403, and a STOP of an impostor stops nothing."""
    event = webhook_event(path, {**FORM, "Body": "STOP"}, token="other-token")
    assert carrier.hook.hook(event, None)["statusCode"] == 403
    assert not calls.messages.by_place
    assert calls.numbers.status(NUMBER).suppressed_at is None


def test_a_failure_is_told_so_that_the_carrier_comes_again(calls):
    """What could not be stored is not acknowledged."""

    def silent(_message):
        raise Unavailable("silent", retryable=True)

    calls.messages.create = silent
    assert _post("/sms/inbound", FORM)["statusCode"] == 500


def test_status_callbacks_are_merged_in_any_order(calls):
    """And none changes what a weightier one said."""
    place = request_message(calls, MessageWish(number=NUMBER, text="Hello")).place
    attend_message(calls, place)
    address = calls.addresses.message_status(place).partition("#")[0]
    path = "/sms/" + address.partition("/sms/")[2]
    for status in ("delivered", "sent", "queued", "undelivered", "delivered"):
        form = {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": "30003"}
        assert _post(path, form)["statusCode"] == 204
    assert calls.messages.get(place).state is MessageState.DELIVERED


@pytest.mark.parametrize(
    "at", ["1772539200000", "x", "٣", "9" * 14, "9" * 40], ids=["absent", "word", "digit", "late", "long"]
)
def test_a_status_of_no_message_is_not_found(calls, at):
    """404, whatever stands in the address."""
    path = f"/sms/{new_id('contact')}/{at}/{new_id('message')}/status"
    event = webhook_event(path, {"MessageSid": "SM1", "MessageStatus": "sent"})
    assert carrier.hook.hook(event, None)["statusCode"] == 404


@pytest.mark.parametrize("body", ["1", "Yes", "C"])
def test_a_yes_confirms_the_next_appointment(calls, container, body):
    """However often the carrier brings it; the answer is a text of its own, sent once."""
    container.scheduling = scheduling = calls.scheduling
    scheduling.calendars.add(a_calendar())
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    now = calls.clock.now()
    booking = a_booking(
        contact_id=contact.id, start=now + timedelta(days=1), end=now + timedelta(days=1, hours=1)
    )
    scheduling.bookings.by_id[booking.id] = booking
    for _ in range(2):
        assert _replies(_post("/sms/inbound", {**FORM, "Body": body})) == []
    assert scheduling.bookings.get(booking.id).state == "confirmed"
    sent = [message for message in calls.messages.by_place.values() if message.state is MessageState.QUEUED]
    assert [message.requested_by.partition("_")[0] for message in sent] == ["sms:message"]


def test_other_words_confirm_nothing(calls, container):
    """They wait for somebody to read them."""
    container.scheduling = scheduling = calls.scheduling
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    now = calls.clock.now()
    booking = a_booking(contact_id=contact.id, start=now + timedelta(days=1), end=now + timedelta(days=2))
    scheduling.bookings.by_id[booking.id] = booking
    _post("/sms/inbound", {**FORM, "Body": "Can I come an hour later?"})
    assert scheduling.bookings.get(booking.id).state == "booked"


def test_a_two_is_answered_with_how_to_move_it(calls, container):
    """By one text, from the number to which it was sent, however often the carrier brings it."""
    container.scheduling = scheduling = calls.scheduling
    scheduling.calendars.add(a_calendar())
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    now = calls.clock.now()
    booking = a_booking(contact_id=contact.id, start=now + timedelta(days=1), end=now + timedelta(days=2))
    scheduling.bookings.by_id[booking.id] = booking
    for _ in range(2):
        assert _replies(_post("/sms/inbound", {**FORM, "Body": "2"})) == []
    (told,) = [each for each in calls.messages.by_place.values() if each.state is MessageState.QUEUED]
    assert told.line == FORM["To"]
    assert "please call this number" in told.body
    assert scheduling.bookings.get(booking.id).state == "booked"
