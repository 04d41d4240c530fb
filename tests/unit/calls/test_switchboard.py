"""Legs and conferences through the carrier's real client, over an HTTP client that never sends."""

from __future__ import annotations

import json

import pytest
import requests
from fakes.calls import ADDRESSES, LINE, NOW, NUMBER
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from chalicelib.calls.adapters.carrier.rooms import TwilioSwitchboard
from chalicelib.calls.domain.rooms import Listening, Room
from chalicelib.calls.ports.rooms import LegOrder
from chalicelib.kernel.errors import Forbidden, Unavailable

ROOM = Room("room_1", LINE, NOW, sid="CF1")
ORDER = LegOrder("room_1", "participant_1", NUMBER, LINE, 25, 600)
HOOK = "https://calls.example.com/hook"
CALL = f"{HOOK}/voice/call_1"
OVER = [(404, {"code": 20404}), (400, {"code": 21220, "message": "not in progress"})]
FAILING = [requests.ConnectionError(), (500, {"code": 20500}), (429, {"code": 20429})]


@pytest.fixture
def wire(monkeypatch):
    """Answer requests from a list, in place of the vendor's own sending; keep path and data."""
    wire = type("Wire", (), {"answers": [], "sent": []})()

    def request(_self, method, url, **options):
        wire.sent.append(
            (method, url.partition("/Accounts/AC1")[2], options.get("data") or options.get("params"))
        )
        answer = wire.answers.pop(0) if wire.answers else (200, {"sid": "CA9"})
        if isinstance(answer, Exception):
            raise answer
        return Response(answer[0], json.dumps(answer[1]))

    monkeypatch.setattr(TwilioHttpClient, "request", request)
    return wire


@pytest.fixture
def switchboard(wire):
    """Give the carrier's switchboard."""
    return TwilioSwitchboard(
        account_sid="AC1", auth_token="token", api_url="http://carrier.invalid", addresses=ADDRESSES
    )


def test_a_leg_is_placed_with_its_own_addresses(switchboard, wire):
    """They name room and participant, so that a lost answer is found by its webhooks."""
    wire.answers = [(201, {"sid": "CA5"})]
    assert switchboard.call_in(ORDER) == "CA5"
    _, path, data = wire.sent[0]
    leg = f"{HOOK}/rooms/room_1/legs/participant_1"
    assert path == "/Calls.json"
    assert (data["Url"], data["StatusCallback"]) == (
        f"{leg}/answer#rc=1&rp=ct,5xx",
        f"{leg}/status#rc=3&rp=all",
    )
    assert (data["To"], data["From"], data["Timeout"], data["TimeLimit"]) == (NUMBER, LINE, 25, 600)
    assert data["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]


@pytest.mark.parametrize(
    ("answer", "error", "certain"),
    [
        ((429, {"code": 20429, "message": "slow down"}), Unavailable, True),
        ((500, {"code": 20500, "message": "broken"}), Unavailable, False),
        (requests.ConnectionError(), Unavailable, False),
        ((400, {"code": 21215, "message": "no permission"}), Forbidden, None),
    ],
)
def test_a_leg_that_is_not_taken_says_what_is_known(switchboard, wire, answer, error, certain):
    """Only 429 is certainly nothing."""
    wire.answers = [answer]
    with pytest.raises(error) as raised:
        switchboard.call_in(ORDER)
    assert getattr(raised.value, "retryable", None) is certain


def _acts(switchboard):
    return {
        "hang_up": lambda: switchboard.hang_up("CA5"),
        "bring_back": lambda: switchboard.bring_back("call_1", "CA1", "participant_1"),
        "seize": lambda: switchboard.seize("call_1", "CA1", "participant_1"),
        "set_flags": lambda: switchboard.set_flags(ROOM, "CA5", muted=True, held=False),
        "whisper": lambda: switchboard.set_mode(ROOM, "CA5", Listening.WHISPER, "CA6"),
        "listen": lambda: switchboard.set_mode(ROOM, "CA5", Listening.LISTEN, "CA6"),
    }


WIRES = {
    "hang_up": ("/Calls/CA5.json", {"Status": "completed"}),
    "bring_back": (
        "/Calls/CA1.json",
        {"Url": f"{CALL}/transfer-ended?attempt=participant_1", "Method": "POST"},
    ),
    "seize": (
        "/Calls/CA1.json",
        {"Url": f"{CALL}/transfer?attempt=participant_1", "Method": "POST"},
    ),
    "set_flags": ("/Conferences/CF1/Participants/CA5.json", {"Muted": "true", "Hold": "false"}),
    "whisper": (
        "/Conferences/CF1/Participants/CA5.json",
        {"Muted": "false", "Coaching": "true", "CallSidToCoach": "CA6"},
    ),
    "listen": ("/Conferences/CF1/Participants/CA5.json", {"Muted": "true", "Coaching": "false"}),
}


@pytest.mark.parametrize("act", WIRES)
def test_what_is_there_is_changed(switchboard, wire, act):
    """By its own resource, with nothing but what is meant."""
    _acts(switchboard)[act]()
    method, path, data = wire.sent[0]
    assert (method, path, dict(data)) == ("POST", *WIRES[act])


@pytest.mark.parametrize("act", WIRES)
@pytest.mark.parametrize(
    "answer", [(404, {"code": 20404}), (400, {"code": 21220, "message": "not in progress"})]
)
def test_what_is_over_is_left_alone(switchboard, wire, act, answer):
    """All of these come late, or twice."""
    wire.answers = [answer]
    _acts(switchboard)[act]()


@pytest.mark.parametrize("act", WIRES)
@pytest.mark.parametrize(
    "answer", [requests.ConnectionError(), (500, {"code": 20500}), (429, {"code": 20429})]
)
def test_a_carrier_that_fails_is_asked_again(switchboard, wire, act, answer):
    """Setting the same twice does no harm, unlike dialing."""
    wire.answers = [answer]
    with pytest.raises(Unavailable) as raised:
        _acts(switchboard)[act]()
    assert raised.value.retryable


def test_a_refusal_is_final(switchboard, wire):
    """Such as a coach for somebody who is not there."""
    wire.answers = [(400, {"code": 16028, "message": "not present"})]
    with pytest.raises(Forbidden):
        switchboard.set_mode(ROOM, "CA5", Listening.WHISPER, "CA6")


def test_a_conference_is_ended_by_its_name(switchboard, wire):
    """Whether it goes on or waits; its id need not be known."""
    found = (200, {"conferences": [{"sid": "CF7"}]})
    none = (200, {"conferences": []})
    wire.answers = [found, (200, {"sid": "CF7"}), none]
    switchboard.end(ROOM)
    assert [(method, path) for method, path, _ in wire.sent] == [
        ("GET", "/Conferences.json"),
        ("POST", "/Conferences/CF7.json"),
        ("GET", "/Conferences.json"),
    ]
    assert wire.sent[0][2]["FriendlyName"] == "room_1"
