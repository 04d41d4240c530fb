"""Commands of numbers, recordings, voicemail and retention, typed as people type them."""

from __future__ import annotations

import json

import pytest
from fakes.calls import LINE, FakeCalls, connected, furnished
from fakes.recordings import SID, SOUND

from chalicelib.calls.domain.recordings import RecordingKind, RecordingReport
from chalicelib.calls.services.recordings import fetch_recording, report_recording
from chalicelib.calls.services.retention import run_step


@pytest.fixture
def calls(container):
    """Put ports of calls, with a message that somebody left, into the container."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    connected(container.calls)
    container.calls.carrier_recordings.kept[SID] = SOUND
    report_recording(container.calls, "call_1", RecordingReport(SID, "completed", RecordingKind.VOICEMAIL, 7))
    fetch_recording(container.calls, "call_1", SID)
    return container.calls


def _json(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.usefixtures("calls")
def test_messages_are_listed_heard_and_played(run):
    """Each by its call."""
    (found,) = _json(run("voicemails", "list", "--state", "new", "--json"))
    assert (found["call_id"], found["seconds"]) == ("call_1", 7)
    assert _json(run("voicemails", "show", "call_1", "--json"))["sid"] == SID
    assert SID in _json(run("voicemails", "listen", "call_1", "--json"))["url"]
    assert "heard" in run("voicemails", "heard", "call_1").stdout
    assert _json(run("voicemails", "list", "--state", "new", "--json")) == []


@pytest.mark.usefixtures("calls")
def test_recordings_are_listed_played_and_deleted(run):
    """Deleting asks first."""
    (found,) = _json(run("recordings", "list", "call_1", "--json"))
    assert (found["sid"], found["state"]) == (SID, "stored")
    assert SID in _json(run("recordings", "listen", "call_1", SID, "--json"))["url"]
    assert run("recordings", "delete", "call_1", SID).exit_code == 1
    assert run("recordings", "delete", "call_1", SID, "--yes").exit_code == 0
    assert "no such recording" in run("recordings", "listen", "call_1", SID).stderr


def test_numbers_are_routed_by_the_hours(run, calls):
    """First where nothing is, then in place of what is."""
    calls.routes.by_line.clear()
    made = _json(run("numbers", "route", LINE, "template_1", "--json"))
    assert (made["version"], made["hours"]) == (1, None)
    typed = ("--open", "mon-wed 09:00-12:00", "--open", "sun 10:00-24:00", "--time-zone", "Europe/Berlin")
    more = ("--closed-on", "2026-12-25", "--after-hours", "voicemail", "--text", "Speak.")
    changed = _json(run("numbers", "route", LINE, "template_1", *typed, *more, "--json"))
    hours = changed["hours"]
    assert (changed["version"], changed["after_hours"], changed["after_hours_text"]) == (
        2,
        "voicemail",
        "Speak.",
    )
    assert [day for day in hours if isinstance(hours[day], list) and hours[day]] == [
        "monday",
        "tuesday",
        "wednesday",
        "sunday",
        "closed_on",
    ]
    assert _json(run("numbers", "list", "--json")) == [changed]
    assert _json(run("numbers", "show", LINE, "--json")) == changed


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    "typed", [("--open", "monday 9-5", "--time-zone", "UTC"), ("--open", "mon 09:00-12:00")]
)
def test_hours_that_cannot_be_read_are_wrong_usage(run, typed):
    """Nothing is sent."""
    assert run("numbers", "route", LINE, "template_1", *typed).exit_code == 2


def test_retention_is_counted_and_shown(run, calls):
    """Without --delete nothing goes; with it, it asks first."""
    started = _json(run("retention", "run", "--no-follow", "--json"))
    assert started["dry_run"] is True
    while calls.wakeups.retention_steps:
        run_step(calls, *calls.wakeups.retention_steps.pop(0))
    shown = run("retention", "show", started["id"]).stdout
    assert "recordings before 2025-12-03" in shown
    assert "0 examined, 0 due, 0 deleted, 0 failed" in shown
    assert run("retention", "run", "--delete").exit_code == 1
