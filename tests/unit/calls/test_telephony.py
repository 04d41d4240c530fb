"""Placing and finding calls through the carrier's real client, over an HTTP client that never sends."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import requests
from fakes.calls import ADDRESSES, LINE, NOW, NUMBER, a_call
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from chalicelib.calls.adapters.carrier.calls import TwilioTelephony
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.ports.telephony import PlaceOrder
from chalicelib.kernel.errors import Forbidden, Unavailable

ORDER = PlaceOrder("call_1", NUMBER, LINE, 600)


class Wire:
    """Answers requests from a list and keeps them."""

    def __init__(self) -> None:
        self.answers = []
        self.requests = []

    def request(self, method, url, **options):
        """Answer one request, or raise."""
        self.requests.append((method, url, options))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def wire(monkeypatch):
    """Put a wire in place of the vendor's own sending."""
    wire = Wire()

    def request(self, method, url, **options):
        return wire.request(method, url, **{**options, "timeout": options.get("timeout") or self.timeout})

    monkeypatch.setattr(TwilioHttpClient, "request", request)
    return wire


@pytest.fixture
def telephony(wire):
    """Give the carrier with a base address of its own."""
    return TwilioTelephony(
        account_sid="AC1", auth_token="token", api_url="http://carrier.invalid", addresses=ADDRESSES
    )


def _answer(status, /, **body):
    return Response(status, json.dumps(body))


def _row(sid="CA1", status="completed", created="Tue, 03 Mar 2026 12:00:01 +0000", **fields):
    row = {
        "sid": sid,
        "status": status,
        "direction": "outbound-api",
        "date_created": created,
        "start_time": None,
        "end_time": None,
        "duration": None,
    }
    return {**row, **fields}


def test_nothing_is_left_to_build_when_a_call_is_placed(telephony, wire, monkeypatch):
    """The vendor's client imports half of itself when it is first used; by then it must not."""

    def too_late(_client):
        raise AssertionError("built while a call is placed")

    for name in ("api", "calls"):
        monkeypatch.setattr(Client, name, property(too_late))
    wire.answers = [_answer(201, sid="CA1")]
    assert telephony.place(ORDER) == "CA1"


def test_an_order_is_sent_with_our_addresses(wire, telephony):
    """To the configured base, with the call's own callbacks, a time-out and a limit of its length."""
    wire.answers = [_answer(201, sid="CA9")]
    assert telephony.place(ORDER) == "CA9"
    method, url, options = wire.requests[0]
    assert (method, url) == ("POST", "http://carrier.invalid/2010-04-01/Accounts/AC1/Calls.json")
    assert options["auth"] == ("AC1", "token")
    assert 5 <= options["timeout"] <= 9  # twice within what the urgent function may run
    data = options["data"]
    assert (data["To"], data["From"], data["TimeLimit"]) == (NUMBER, LINE, 600)
    assert data["Url"].split("#")[0] == "https://calls.example.com/hook/voice/call_1/answer"
    assert data["StatusCallback"].split("#")[0] == "https://calls.example.com/hook/voice/call_1/status"
    assert data["FallbackUrl"] == "https://calls.example.com/hook/voice/call_1/fallback"
    assert data["StatusCallbackEvent"] == ["completed"]


@pytest.mark.parametrize(
    ("answer", "error", "code", "retryable"),
    [
        (_answer(400, code=21215, message="geo"), Forbidden, "carrier_21215", None),
        (_answer(401, code=20003, message="auth"), Unavailable, "carrier_20003", True),
        (_answer(404, message="gone"), Forbidden, "carrier_404", None),
        (_answer(429, code=20429, message="slow down"), Unavailable, "carrier_20429", True),
        (_answer(500, message="oops"), Unavailable, "carrier_500", False),
        (_answer(503, code=20503, message="oops"), Unavailable, "carrier_20503", False),
        (requests.Timeout("late"), Unavailable, "carrier_unclear", False),
        (requests.ConnectionError("reset"), Unavailable, "carrier_unclear", False),
    ],
)
def test_what_a_failure_means(wire, telephony, answer, error, code, retryable):  # noqa: PLR0913, PLR0917
    """Only a 429 is certainly not accepted; a 5xx or a lost answer may have been; the rest is final."""
    wire.answers = [answer]
    with pytest.raises(error) as refusal:
        telephony.place(ORDER)
    assert refusal.value.code == code
    assert getattr(refusal.value, "retryable", None) is retryable
    assert len(wire.requests) == 1


def test_a_known_call_is_asked_for_by_its_id(wire, telephony):
    """Status, end and length come from the carrier's own row."""
    wire.answers = [_answer(200, **_row(end_time="Tue, 03 Mar 2026 12:01:00 +0000", duration="42"))]
    report = telephony.find(a_call(sid="CA1"))
    assert wire.requests[0][:2] == ("GET", "http://carrier.invalid/2010-04-01/Accounts/AC1/Calls/CA1.json")
    assert (report.status, report.sid, report.duration_s) == ("completed", "CA1", 42)
    assert report.at == NOW + timedelta(seconds=60)


def test_a_call_that_the_carrier_does_not_know_is_not_found(wire, telephony):
    """404 is an answer, not a failure."""
    wire.answers = [_answer(404, code=20404, message="no")]
    assert telephony.find(a_call(sid="CA1")) is None


@pytest.mark.parametrize(
    ("rows", "sid"),
    [
        ([], None),
        ([_row()], "CA1"),
        ([_row(created="Tue, 03 Mar 2026 11:59:59 +0000")], None),
        ([_row(direction="inbound")], None),
        ([_row("CA2", created="Tue, 03 Mar 2026 12:05:00 +0000"), _row("CA1")], "CA1"),
    ],
)
def test_a_call_without_an_id_is_looked_for_by_number_and_time(wire, telephony, rows, sid):
    """The first that we placed to this number since we asked; older and inbound ones are others."""
    wire.answers = [_answer(200, calls=rows)]
    found = telephony.find(a_call(state=CallState.UNKNOWN, dialed_at=NOW + timedelta(milliseconds=900)))
    assert (found and found.sid) == sid
    params = wire.requests[0][2]["params"]
    assert (params["To"], params["From"]) == (NUMBER, LINE)


@pytest.mark.parametrize("sid", ["CA1", ""])
@pytest.mark.parametrize("failure", [_answer(500, message="oops"), requests.Timeout("late")])
def test_a_carrier_that_cannot_be_asked_is_unavailable(wire, telephony, failure, sid):
    """Nothing may be concluded from its silence; asking again is safe."""
    wire.answers = [failure]
    with pytest.raises(Unavailable) as refusal:
        telephony.find(a_call(sid=sid, dialed_at=NOW))
    assert refusal.value.retryable
