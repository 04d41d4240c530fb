"""Recordings, voicemail, routes and retention over REST, and as the carrier and the queues tell of them."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from fakes.calls import LINE, NUMBER, FakeCalls, connected, furnished
from fakes.events import SOCKET, TOKEN, WEBHOOKS, queue_event, webhook_event
from fakes.recordings import SID, SOUND

from chalicelib.calls.adapters.messages import FetchRecording, RetentionStep, encode
from chalicelib.calls.domain.recordings import RecordingState
from chalicelib.entrypoints import carrier, queues
from chalicelib.system.domain.tokens import Scope

CALL = "/v1/calls/call_1"
ROUTE = f"/v1/calls/numbers/{LINE}"
DONE = {
    "CallSid": "CA1",
    "RecordingSid": SID,
    "RecordingUrl": "https://evil.example.com/steal",
    "RecordingStatus": "completed",
    "RecordingDuration": "42",
    "RecordingChannels": "2",
    "RecordingSource": "StartCallRecordingTwiML",
}
LEFT = {**DONE, "RecordingSource": "RecordVerb", "RecordingChannels": "1", "RecordingDuration": "12"}
WORDS = {"RecordingSid": SID, "TranscriptionStatus": "completed", "TranscriptionText": "Call\nme."}


@pytest.fixture
def calls(container):
    """Put furnished ports of calls, with a call that goes on, into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.calls.system = container.system
    container.connections = SimpleNamespace(
        webhook_url=WEBHOOKS, socket_url=SOCKET, twilio_auth_tokens=(TOKEN,)
    )
    furnished(container.calls)
    connected(container.calls)
    container.calls.carrier_recordings.kept[SID] = SOUND
    return container.calls


def _post(path, form):
    return carrier.hook.hook(webhook_event(path, form), None)


def _work_off(calls):
    for call_id, sid in calls.wakeups.recordings:
        assert queues.post_call(queue_event(encode(FetchRecording(call_id, sid))), None) == {
            "batchItemFailures": []
        }
    calls.wakeups.recordings.clear()


def test_a_recording_goes_from_the_carrier_to_who_listens(api, calls):
    """The webhook, the queue, the list, the call, and the address; the webhook's own address is not used."""
    assert _post("/voice/call_1/recording", DONE)["statusCode"] == 204
    _work_off(calls)
    (found,) = api.get(f"{CALL}/recordings", scope=Scope.VIEWER).body["items"]
    assert (found["sid"], found["state"], found["seconds"], found["channels"], found["kind"]) == (
        *(SID, "stored", 42, 2, "call"),
    )
    assert api.get(CALL).body["recordings"] == [found]
    media = api.get(f"{CALL}/recordings/{SID}/media", scope=Scope.VIEWER)
    assert media.body["url"].startswith(f"https://files.example.com/recordings/call_1/{SID}.wav")
    assert media.body["expires_at"] == "2026-03-03T12:05:00.000Z"
    assert "evil" not in repr(calls.shelf.recordings)


def test_a_failing_fetch_is_delivered_again(calls):
    """In the end it is failed work."""
    _post("/voice/call_1/recording", DONE)
    calls.carrier_recordings.reachable = False
    answer = queues.post_call(queue_event(encode(FetchRecording("call_1", SID))), None)
    assert len(answer["batchItemFailures"]) == 1
    assert calls.recordings.get("call_1", SID).state is RecordingState.AT_CARRIER


def test_deleting_a_recording_takes_an_administrator(api, calls):
    """Then it is not there any more."""
    _post("/voice/call_1/recording", DONE)
    _work_off(calls)
    path = f"{CALL}/recordings/{SID}"
    assert api.ask("DELETE", path, scope=Scope.OPERATOR).status == 403
    assert api.ask("DELETE", path, scope=Scope.ADMIN).status == 204
    assert api.get(f"{path}/media").body["code"] == "recording_not_found"
    _work_off(calls)
    assert (calls.sounds.kept, calls.carrier_recordings.kept) == ({}, {})
    assert api.get(f"{CALL}/recordings").body["items"][0]["state"] == "deleted"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/v1/calls/call_x/recordings", "call_not_found"),
        ("GET", f"{CALL}/recordings/{SID}/media", "recording_not_found"),
        ("DELETE", f"{CALL}/recordings/{SID}", "recording_not_found"),
        ("GET", "/v1/calls/voicemails/call_1", "voicemail_not_found"),
        ("POST", "/v1/calls/voicemails/call_1/heard", "voicemail_not_found"),
        ("GET", "/v1/calls/retention/retention_x", "retention_not_found"),
        ("GET", "/v1/calls/numbers/+14155550999", "line_not_found"),
        ("GET", "/v1/calls/numbers/x", "line_not_found"),
    ],
)
@pytest.mark.usefixtures("calls")
def test_what_is_not_there_is_not_found(api, method, path, code):
    """404, with a code of its own."""
    answer = api.ask(method, path, scope=Scope.ADMIN)
    assert (answer.status, answer.body["code"]) == (404, code)


def test_a_message_comes_into_the_inbox(api, calls):
    """Asked for, left, understood, thanked for; listed as new until somebody heard it."""
    asked = ET.fromstring(_post("/voice/call_1/voicemail", {"CallSid": "CA1"})["body"])
    assert [element.tag for element in asked] == ["Say", "Record", "Say", "Hangup"]
    thanked = ET.fromstring(_post("/voice/call_1/voicemail-recorded", {"CallSid": "CA1"})["body"])
    assert [element.tag for element in thanked] == ["Say", "Hangup"]
    assert _post("/voice/call_1/recording", LEFT)["statusCode"] == 204
    assert _post("/voice/call_1/transcription", WORDS)["statusCode"] == 204
    _work_off(calls)
    (found,) = api.get("/v1/calls/voicemails?state=new").body["items"]
    assert (found["call_id"], found["number"], found["transcription"], found["is_playable"]) == (
        *("call_1", NUMBER, "Call me.", True),
    )
    assert api.get("/v1/calls/voicemails/call_1").body == found
    marked = api.post("/v1/calls/voicemails/call_1/heard")
    assert (marked.status, marked.body["state"]) == (200, "heard")
    assert api.get("/v1/calls/voicemails?state=new").body["items"] == []
    assert api.get("/v1/calls/voicemails?state=heard").body["items"] == [marked.body]
    assert api.get("/v1/calls/voicemails?state=odd").status == 400


def test_what_was_not_understood_is_no_text(api, calls):
    """The carrier says so."""
    _post("/voice/call_1/recording", LEFT)
    _post("/voice/call_1/transcription", {**WORDS, "TranscriptionStatus": "failed"})
    assert api.get("/v1/calls/voicemails/call_1").body["transcription"] == ""
    assert calls.wakeups.recordings


def test_the_inbox_is_paged(api, calls):
    """By signed tokens."""
    for place in range(3):
        sid = f"RE{place:032x}"
        _post("/voice/call_1/recording", {**LEFT, "RecordingSid": sid})
        calls.clock.advance(minutes=1)
    first = api.get("/v1/calls/voicemails?page_size=2").body
    assert [item["sid"][-1] for item in first["items"]] == ["2", "1"]
    second = api.get(f"/v1/calls/voicemails?page_size=2&page_token={first['next_page_token']}").body
    assert ([item["sid"][-1] for item in second["items"]], second["next_page_token"]) == (["0"], None)


def test_a_number_is_routed_once_and_then_with_care(api, calls):
    """Creating needs no If-Match; replacing does (428), of the version that is there (412)."""
    calls.routes.by_line.clear()
    assert api.get("/v1/calls/numbers").body == {"items": []}
    made = api.ask("PUT", ROUTE, body={"template_id": "template_1"})
    assert (made.status, made.headers["ETag"], made.body["version"]) == (200, '"1"', 1)
    again = api.ask("PUT", ROUTE, body={"template_id": "template_1"})
    assert (again.status, again.body["code"]) == (428, "if_match_required")
    closed = {
        "template_id": "template_1",
        "hours": {"time_zone": "UTC", "monday": [{"start": "09:00", "end": "24:00"}]},
        "after_hours": "voicemail",
    }
    changed = api.ask("PUT", ROUTE, body=closed, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status, changed.headers["ETag"]) == (200, '"2"')
    stale = api.ask("PUT", ROUTE, body=closed, headers={"If-Match": '"1"'})
    assert (stale.status, stale.body["code"]) == (412, "version_changed")
    assert api.ask("PUT", ROUTE, body=closed, headers={"If-Match": "*"}).body["version"] == 2
    assert api.get(ROUTE, scope=Scope.VIEWER).body == changed.body
    assert api.get("/v1/calls/numbers").body["items"] == [changed.body]


@pytest.mark.usefixtures("calls")
def test_hours_past_midnight_are_refused_with_a_remedy(api):
    """By the place where they stand."""
    hours = {"time_zone": "UTC", "friday": [{"start": "20:00", "end": "02:00"}]}
    body = {"template_id": "template_1", "hours": hours, "after_hours": "voicemail"}
    answer = api.ask("PUT", ROUTE, body=body, headers={"If-Match": "*"})
    (error,) = answer.body["errors"]
    assert (answer.status, error["pointer"]) == (400, "/hours/friday/0/end")
    assert "24:00" in error["detail"]


def test_retention_is_run_and_reported(api, calls):
    """As an administrator; a dry run unless it is said otherwise; the same key is the same run."""
    assert api.post("/v1/calls/retention", {}, scope=Scope.OPERATOR).status == 403
    key = {"Idempotency-Key": "once"}
    started = api.post("/v1/calls/retention", {"dry_run": False}, scope=Scope.ADMIN, headers=key)
    assert (started.status, started.body["state"], started.body["dry_run"]) == (202, "running", False)
    again = api.post("/v1/calls/retention", {"dry_run": False}, scope=Scope.ADMIN, headers=key)
    assert again.body["id"] == started.body["id"]
    while calls.wakeups.retention_steps:
        step = RetentionStep(*calls.wakeups.retention_steps.pop(0))
        assert queues.post_call(queue_event(encode(step)), None) == {"batchItemFailures": []}
    report = api.get(f"/v1/calls/retention/{started.body['id']}").body
    assert report["state"] == "done"
    assert report["report"]["voicemails"] == {"examined": 0, "due": 0, "deleted": 0, "failed": 0}
    assert api.post("/v1/calls/retention", {}, scope=Scope.ADMIN).body["dry_run"] is True


@pytest.mark.parametrize("path", ["recording", "voicemail", "voicemail-recorded", "transcription"])
def test_unsigned_webhooks_change_nothing(calls, path):
    """403."""
    event = webhook_event(f"/voice/call_1/{path}", {**LEFT, **WORDS}, token=None)
    assert carrier.hook.hook(event, None)["statusCode"] == 403
    assert (calls.shelf.recordings, calls.call().events) == ({}, ())


@pytest.mark.parametrize("path", ["recording", "voicemail", "voicemail-recorded", "transcription"])
@pytest.mark.usefixtures("calls")
def test_webhooks_of_unknown_calls_are_not_found(path):
    """404, and nothing is made up."""
    assert _post(f"/voice/call_x/{path}", {**LEFT, **WORDS})["statusCode"] == 404
