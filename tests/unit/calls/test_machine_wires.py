"""Machines on the wire: what the carrier is asked for, and what is spoken to a machine."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from fakes.calls import ADDRESSES, LINE, NOW, NUMBER, a_brief, a_call
from fakes.twilio_wire import Wire
from twilio.http.http_client import TwilioHttpClient

from chalicelib.calls.adapters.carrier.calls import TwilioTelephony
from chalicelib.calls.adapters.messages import TakeOver, decode, encode
from chalicelib.calls.adapters.twiml.machines import message, waiting
from chalicelib.calls.domain.calls import CallEvent, add_event
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.machines import usual_screening_answer
from chalicelib.calls.domain.templates import OnMachine
from chalicelib.calls.ports.telephony import PlaceOrder
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Forbidden, Unavailable

BASE = "https://calls.example.com/hook/voice/call_1"


@pytest.fixture
def wire(monkeypatch):
    """Put a wire in place of the vendor's own sending."""
    wire = Wire()
    monkeypatch.setattr(
        TwilioHttpClient,
        "request",
        lambda _self, method, url, **options: wire.request(method, url, **options),
    )
    return wire


@pytest.fixture
def telephony(wire):
    """Give the carrier with a base address of its own."""
    return TwilioTelephony(
        account_sid="AC1", auth_token="token", api_url="http://carrier.invalid", addresses=ADDRESSES
    )


@pytest.mark.parametrize(
    ("mode", "detection"),
    [(OnMachine.HANG_UP, "Enable"), (OnMachine.LEAVE_MESSAGE, "DetectMessageEnd")],
)
def test_the_carrier_is_asked_who_answers(wire, telephony, mode, detection):
    """Beside the call, whose first words must not wait for it."""
    wire.answers = [wire.answer(201, sid="CA1")]
    telephony.place(PlaceOrder("call_1", NUMBER, LINE, 600, mode))
    data = wire.requests[0][2]["data"]
    assert (data["MachineDetection"], data["AsyncAmd"]) == (detection, "true")
    assert data["AsyncAmdStatusCallback"].split("#")[0] == f"{BASE}/answered-by"


def test_nothing_is_asked_where_machines_do_not_matter(wire, telephony):
    """Detection costs."""
    wire.answers = [wire.answer(201, sid="CA1")]
    telephony.place(PlaceOrder("call_1", NUMBER, LINE, 600))
    assert not {name for name in wire.requests[0][2]["data"] if "Amd" in name or "Machine" in name}


def test_a_call_is_taken_over_at_our_address(wire, telephony):
    """Its document is replaced while it goes on."""
    wire.answers = [wire.answer(200, sid="CA1")]
    assert telephony.take_over("CA1", "call_1") is True
    method, url, options = wire.requests[0]
    assert (method, url) == ("POST", "http://carrier.invalid/2010-04-01/Accounts/AC1/Calls/CA1.json")
    assert options["data"]["Url"].split("#")[0] == f"{BASE}/machine"
    assert options["data"]["Method"] == "POST"


@pytest.mark.parametrize(("status", "code"), [(404, 20404), (400, 21220)])
def test_a_call_that_is_gone_is_not_taken_over(wire, telephony, status, code):
    """That is an answer, not a failure."""
    wire.answers = [wire.answer(status, code=code, message="no")]
    assert telephony.take_over("CA1", "call_1") is False


@pytest.mark.parametrize(("status", "error"), [(429, Unavailable), (500, Unavailable), (403, Forbidden)])
def test_a_carrier_that_does_not_take_over_fails(wire, telephony, status, error):
    """The message is delivered again."""
    wire.answers = [wire.answer(status, message="no")]
    with pytest.raises(error):
        telephony.take_over("CA1", "call_1")


def test_a_message_is_spoken_and_then_reported():
    """In the voice and the language of the call; what follows is asked for only when it was heard whole."""
    say, redirect = ET.fromstring(message("call_1", a_brief(), 'Call "us" now.', ADDRESSES))
    assert (say.tag, say.text) == ("Say", 'Call "us" now.')
    assert (say.get("voice"), say.get("language")) == ("Google.en-US-Chirp3-HD-Aoede", "en-US")
    assert (redirect.tag, redirect.text.split("#")[0]) == ("Redirect", f"{BASE}/machine-done")


def test_a_session_that_was_taken_over_keeps_out_of_the_way():
    """Before the message was begun it leads there; afterwards it must not cut it off."""
    call = a_call()
    assert ET.fromstring(waiting(call, ADDRESSES))[0].text.split("#")[0] == f"{BASE}/machine"
    begun = add_event(call, CallEvent(iso(NOW), "x", Happening.MESSAGE_BEGUN))
    (pause,) = ET.fromstring(waiting(begun, ADDRESSES))
    assert (pause.tag, pause.get("length")) == ("Pause", "60")


def test_the_wake_up_survives_the_queue():
    """It names the call."""
    assert decode(encode(TakeOver("call_1"))) == TakeOver("call_1")


@pytest.mark.parametrize(
    ("name", "language", "answer"),
    [
        ("Ada", "en-US", "This is a call for Ada. Hello, this is Ann."),
        ("Ada", "de", "Das ist ein Anruf für Ada. Hello, this is Ann."),
        ("{name}", "es-MX", "Es una llamada para {name}. Hello, this is Ann."),
        ("", "en-US", "Hello, this is Ann."),
        ("Ada", "fi-FI", "Hello, this is Ann."),
    ],
)
def test_who_calls_is_told_by_the_greeting(name, language, answer):
    """With for whom it is, where we can say that in the call's language and know it."""
    assert usual_screening_answer(name, "Hello, this is Ann.", language) == answer
