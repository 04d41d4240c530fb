"""The carrier's recordings through its real clients, over transports that never send."""

from __future__ import annotations

import io
import json

import pytest
import requests
from fakes.recordings import OTHER_SID, SID
from fakes.twilio_wire import Wire
from requests.adapters import HTTPAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from urllib3 import HTTPResponse

from chalicelib.calls.adapters.carrier.recordings import TwilioRecordings
from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.kernel.errors import Unavailable

PLACE = f"http://carrier.invalid/2010-04-01/Accounts/AC1/Recordings/{SID}"


@pytest.fixture
def recordings():
    """Give the carrier with a base address of its own."""
    return TwilioRecordings(account_sid="AC1", auth_token="token", api_url="http://carrier.invalid/")


@pytest.fixture
def answer(monkeypatch):
    """Answer requests for sound, and keep them."""
    sent = []

    def answer(status=200, body=b"", headers=None, error=None):
        def send(self, request, **options):
            sent.append((request, options))
            if error:
                raise error
            raw = HTTPResponse(io.BytesIO(body), headers or {}, status, preload_content=False)
            return self.build_response(request, raw)

        monkeypatch.setattr(HTTPAdapter, "send", send)
        return sent

    return answer


def test_sound_is_read_from_the_configured_carrier(recordings, answer):
    """With the account's credentials, as WAV, piece by piece."""
    sent = answer(body=b"x" * 600_000)
    pieces = list(recordings.read(SID))
    assert (b"".join(pieces), len(pieces)) == (b"x" * 600_000, 3)
    ((request, options),) = sent
    assert request.url == f"{PLACE}.wav"
    assert request.headers["Authorization"].startswith("Basic ")
    assert options["stream"] is True
    assert options["timeout"]


@pytest.mark.parametrize("status", [301, 307, 401, 404, 429, 500])
def test_whatever_is_no_sound_is_tried_again(recordings, answer, status):
    """Above all it follows no redirection, which would lead credentials elsewhere."""
    sent = answer(status, b"no", {"Location": "http://evil.invalid/"})
    with pytest.raises(Unavailable) as error:
        list(recordings.read(SID))
    assert error.value.retryable
    assert len(sent) == 1


def test_a_broken_line_is_tried_again(recordings, answer):
    """The worker never takes half of a sound for all of it."""
    answer(error=requests.ConnectionError("gone"))
    with pytest.raises(Unavailable):
        list(recordings.read(SID))
    answer(body=b"half", headers={"Content-Length": "8"})
    with pytest.raises(Unavailable):
        list(recordings.read(SID))


@pytest.mark.parametrize(("status", "fits"), [(204, True), (404, True), (401, False), (500, False)])
def test_deleting_ends_when_it_is_not_there(recordings, monkeypatch, status, fits):
    """Gone is gone; whatever else is tried again."""
    asked = []

    def request(_self, method, url, **_options):
        asked.append((method, url))
        return Response(status, json.dumps({"code": 20404, "message": "no"}) if status != 204 else "")

    monkeypatch.setattr(TwilioHttpClient, "request", request)
    if fits:
        recordings.delete(SID)
    else:
        with pytest.raises(Unavailable) as error:
            recordings.delete(SID)
        assert error.value.retryable
    assert asked == [("DELETE", f"{PLACE}.json")]


def test_what_the_carrier_has_of_a_call_is_listed(recordings, monkeypatch):
    """With what it says of each; one that is not finished has no length."""
    wire, rows = (
        Wire(),
        [
            {
                "sid": SID,
                "status": "completed",
                "source": "StartCall",
                "duration": "42",
                "channels": 2,
            },
            {
                "sid": OTHER_SID,
                "status": "processing",
                "source": "RecordVerb",
                "duration": "-1",
                "channels": 1,
            },
        ],
    )
    wire.answers = [Wire.answer(200, recordings=rows, page_size=50), Wire.answer(503)]
    monkeypatch.setattr(
        TwilioHttpClient, "request", lambda _self, *asked, **sent: wire.request(*asked, **sent)
    )
    assert recordings.of_call("CA1") == (
        RecordingReport(SID, "completed", RecordingKind.CALL, 42, 2),
        RecordingReport(OTHER_SID, "processing", RecordingKind.VOICEMAIL, None, 1),
    )
    ((_, url, options),) = wire.requests
    assert (url.partition("?")[0], options["params"]["CallSid"]) == (
        "http://carrier.invalid/2010-04-01/Accounts/AC1/Recordings.json",
        "CA1",
    )
    with pytest.raises(Unavailable):
        recordings.of_call("CA1")
