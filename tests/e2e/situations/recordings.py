"""Recording, voicemail and office hours."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING, Any

import requests
from e2e.situations.base import RELAY, Expect, Situation, talks

if TYPE_CHECKING:
    from e2e.situations.trial import Trial

TALK = talks({"hears": "minute", "say": "No, thank you. Goodbye."})
ASKS = talks({"hears": "how can I help", "say": "When are you open?"}, "Thanks, goodbye.")
# Open for one minute on a day that is long past: now it is closed, whenever this runs.
NEVER = {"time_zone": "America/New_York"}
ALWAYS = {
    day: [{"start": "00:00", "end": "24:00"}]
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
} | {"time_zone": "America/New_York"}
LEAVES_MESSAGE = talks(
    {"hears": "after the beep", "delay": 1.0, "say": "This is Robin. Please call me about my crown."}
)


def _recordings(trial: Trial) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = trial.ask("GET", f"/v1/calls/{trial.call_id}/recordings").json()["items"]
    return found


def _settled(trial: Trial) -> dict[str, Any]:
    """Wait until the carrier has nothing any more."""
    done = trial.wait_for(lambda: [one for one in _recordings(trial) if one["carrier_deleted_at"]], 60)
    recording: dict[str, Any] = done[0]
    return recording


def _sound(trial: Trial, sid: str) -> wave.Wave_read:
    """Play a recording at its signed address, which needs no token."""
    media = trial.ask("GET", f"/v1/calls/{trial.call_id}/recordings/{sid}/media").json()
    answer = requests.get(media["url"], timeout=30)
    assert answer.status_code == 200, answer.text
    assert requests.get(media["url"].partition("?")[0], timeout=30).status_code >= 400
    return wave.open(io.BytesIO(answer.content))


def is_in_our_keeping(trial: Trial) -> None:
    """It plays on two channels from our bucket, and the carrier has deleted it."""
    recording = _settled(trial)
    assert (recording["state"], recording["kind"], recording["channels"]) == ("stored", "call", 2)
    assert _sound(trial, recording["sid"]).getnchannels() == 2
    kinds = [event["kind"] for event in trial.log()]
    assert kinds.count("recording.started") == kinds.count("recording.deleted") == 1
    spoken = next(event["seq"] for event in trial.log(kind="agent.spoke"))
    assert next(event["seq"] for event in trial.log(kind="recording.started")) < spoken


def is_not_recorded(trial: Trial) -> None:
    """Neither here nor there."""
    assert _recordings(trial) == []
    assert trial.log(kind="recording.started") == []


def is_in_the_inbox(trial: Trial) -> None:
    """In words and in sound, until somebody heard it; and somebody has a task."""
    recording = _settled(trial)
    assert (recording["state"], recording["kind"]) == ("stored", "voicemail")
    path = f"/v1/calls/voicemails/{trial.call_id}"
    message = trial.wait_for(lambda: (found := trial.ask("GET", path).json())["transcription"] and found)
    assert "call me about my crown" in message["transcription"]
    assert (message["state"], message["number"], message["line"]) == ("new", trial.number, trial.line)
    assert _sound(trial, recording["sid"]).getnchannels() == 1
    listed = trial.ask("GET", "/v1/calls/voicemails?state=new&page_size=100").json()["items"]
    assert trial.call_id in {one["call_id"] for one in listed}
    assert trial.ask("POST", f"{path}/heard").json()["state"] == "heard"
    notes = trial.ask("GET", f"/v1/crm/contacts/{trial.call['contact_id']}/notes?kind=task").json()["items"]
    assert [one["body"].startswith(f"Voicemail from {trial.number}") for one in notes] == [True]


def has_no_message(trial: Trial) -> None:
    """Nothing was said, so there is nothing to listen to."""
    trial.wait_for(lambda: [one for one in _recordings(trial) if one["state"] == "absent"])
    assert trial.ask("GET", f"/v1/calls/voicemails/{trial.call_id}").status_code == 404


SITUATIONS = [
    Situation(
        "A recorded call is announced, fetched and deleted at the carrier",
        TALK,
        Expect(
            heard=["This call is recorded. Hello Robin"],
            stored="the recording, on two channels, in our bucket alone",
            more=is_in_our_keeping,
        ),
        template={"record": True},
    ),
    Situation(
        "A call is not recorded unless its template says so",
        TALK,
        Expect(not_heard=["recorded"], stored="no recording", more=is_not_recorded),
        template={"recording_announcement": "This call is recorded."},
    ),
    Situation(
        "Recording is told in the template's own words",
        TALK,
        Expect(heard=["Robin, we record this call."]),
        template={
            "record": True,
            "announce": "where_required",
            "recording_announcement": "{{ first_name }}, we record this call.",
        },
        contact={"address": {"country": "US", "region": "CA"}},
        transports=(RELAY,),
    ),
    Situation(
        "Somebody calls after hours and hears when to call",
        ASKS | {"rules": []},
        Expect(
            reason="after_hours",
            heard=["We open on Monday at nine."],
            not_heard=["how can I help"],
            events=["after_hours"],
        ),
        direction="inbound",
        route={"hours": NEVER, "after_hours": "message", "after_hours_text": "We open on Monday at nine."},
        transports=(RELAY,),
    ),
    Situation(
        "Somebody leaves a message after hours",
        LEAVES_MESSAGE,
        Expect(
            reason="voicemail_taken",
            heard=["Please leave a message after the beep."],
            events=["after_hours", "voicemail_begun", "voicemail_taken"],
            stored="the message in the inbox, in words and sound, and a task",
            more=is_in_the_inbox,
        ),
        direction="inbound",
        route={
            "hours": NEVER,
            "after_hours": "voicemail",
            "after_hours_text": "We are closed. Please leave a message after the beep.",
        },
        transports=(RELAY,),
    ),
    Situation(
        "Somebody says nothing after the beep",
        {"answer": 0.5, "steps": [], "patience_seconds": 60},
        Expect(
            "abandoned",
            heard=["I did not hear anything."],
            no_events=["voicemail_taken"],
            stored="no message",
            more=has_no_message,
        ),
        direction="inbound",
        route={"hours": NEVER, "after_hours": "voicemail"},
        transports=(RELAY,),
    ),
    Situation(
        "Somebody calls when the office is open",
        ASKS,
        Expect(heard=["how can I help"], no_events=["after_hours"]),
        direction="inbound",
        route={"hours": ALWAYS, "after_hours": "message", "after_hours_text": "We are closed."},
    ),
]
