"""The commands of campaigns, of the queue and of holds against the real routes."""

from __future__ import annotations

import json
import re

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished, kill_switch
from fakes.system import ANY_HOUR

from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.requests import CallWish, request_call
from chalicelib.scheduling.services.ticking import TURN, tick
from localcloud.commands import living, queue

NAME = "Spring check-ups"


@pytest.fixture
def calls(container, clock, crm, monkeypatch):
    """Give all ports to the API, and let nobody wait between two looks."""
    made = FakeCalls(clock, crm)
    container.system.stack = ANY_HOUR
    made.system = container.system
    container.calls, container.scheduling = made, made.scheduling
    monkeypatch.setattr(living, "_EVERY_S", 0)
    monkeypatch.setattr(living, "_LINE_EVERY_S", 0)
    return made


@pytest.fixture
def spring(api, calls):
    """Prepare a campaign with one member, who may be called at any hour."""
    contact = furnished(calls)
    body = {"name": NAME, "template_id": "template_1", "contact_ids": [contact.id]}
    return api.post("/v1/scheduling/campaigns", body).body


def _read(result, code=0):
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def _plain(result):
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", result.output)


def test_a_campaign_is_found_by_id_or_name(run, spring):
    """Whatever the case; a name that is not there, or is there twice, is wrong usage."""
    assert _read(run("campaign", "show", NAME.upper(), "--json"))["id"] == spring["id"]
    assert _read(run("campaign", "status", spring["id"], "--json"))["members"]["total"] == 1
    assert [each["id"] for each in _read(run("campaign", "list", "--json"))] == [spring["id"]]
    absent = run("campaign", "status", "Autumn")
    assert (absent.exit_code, "there is no campaign 'Autumn'" in absent.output) == (2, True)
    unknown = run("campaign", "status", "campaign_" + 32 * "0")
    assert (unknown.exit_code, "campaign_not_found" in unknown.output) == (1, True)


def test_a_campaign_is_started_paused_resumed_and_stopped(run, calls, spring):
    """To stop it is asked about; each answers with how far it is."""
    states = [_read(run("campaign", act, NAME, "--json"))["state"] for act in ("start", "pause", "resume")]
    assert states == ["running", "paused", "running"]
    asked = run("campaign", "stop", NAME)
    assert (asked.exit_code, "for good" in asked.output) == (1, True)
    assert _read(run("campaign", "stop", NAME, "--yes", "--json"))["state"] == "stopped"


def test_members_are_called_once_more(run, api, container, spring):
    """Those that are named; without a name it is wrong usage."""
    container.crm = container.calls.crm
    assert run("campaign", "requeue", NAME).exit_code == 2
    job = _read(run("campaign", "requeue", NAME, "--reason", "no_time_allowed", "--no-follow", "--json"))
    assert job["kind"] == "requeue_members"
    assert job["arguments"]["filter"] == {"reason": "no_time_allowed"}


def test_a_preview_changes_nothing(run, api, spring):
    """It says who would be called, and when; JSON is the API's answer."""
    found = _read(run("campaign", "preview", NAME, "--json"))
    assert (found["members"], found["sampled"]) == (1, 1)
    text = _plain(run("campaign", "preview", NAME, terminal=100))
    assert "1 members, 1 of them followed" in text
    assert "what the rules say of the members" in text
    assert api.get(f"/v1/scheduling/campaigns/{spring['id']}").body == spring


@pytest.mark.parametrize("terminal", [0, 100])
def test_a_campaign_is_watched_to_its_end(run, line, calls, spring, terminal):
    """By a bar or by lines; 0 says that it was completed."""
    run("campaign", "start", NAME)

    def work(_method):
        calls.clock.advance(seconds=70)
        tick(calls.scheduling, spring["id"], calls.clock.now() + TURN)
        for call in [call for call in calls.shelf.calls.values() if not call.is_over]:
            calls.telephony.moods = ["refuse"]
            attend(calls, call.id)

    line.before = work
    watched = run("campaign", "status", NAME, "--watch", "--json", terminal=terminal)
    assert watched.exit_code == 0, watched.output
    assert json.loads(watched.stdout)["state"] == "completed"
    assert "of 1 members" in watched.stderr or "/1 members" in _plain(watched)


def test_what_does_not_go_on_is_not_watched_for_ever(run, calls, spring):
    """A campaign that is paused, and nobody of it is in a call: 1 says that it was not completed."""
    run("campaign", "start", NAME)
    run("campaign", "pause", NAME)
    assert _read(run("campaign", "status", NAME, "--watch", "--json"), 1)["state"] == "paused"


def test_watching_ends_with_ctrl_c(run, line, calls, spring):
    """Which says how to go on, and stops nothing."""
    run("campaign", "start", NAME)
    looks = []

    def interrupt(_method):
        looks.append(_method)
        if len(looks) > 3:
            raise KeyboardInterrupt

    line.before = interrupt
    left = run("campaign", "status", NAME, "--watch")
    assert (left.exit_code, "pause it with `campaign pause campaign_" in left.stderr) == (130, True)


def test_the_queue_is_processed(run, calls, spring):
    """What is due is woken; what waits is counted by lane and reason."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    call = request_call(calls, CallWish("template_1", contact_id=contact.id))
    calls.wakeups.attends.clear()
    found = _read(run("process-call-queue", "--json"))
    assert (found["woken"], found["due"], found["lanes"]) == (1, 1, {"normal": 1})
    assert (found["reasons"], calls.wakeups.attends) == ({"not looked at": 1}, [call.id])


@pytest.mark.parametrize("terminal", [0, 100])
def test_the_queue_is_watched_until_nothing_is_due(run, line, calls, spring, terminal):
    """0 when it is empty; 1 while dialing is stopped, which is said."""
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    call = request_call(calls, CallWish("template_1", contact_id=contact.id))
    kill_switch(calls, reason="A test.")
    stopped = run("process-call-queue", "--watch", terminal=terminal)
    assert (stopped.exit_code, "dialing is stopped: A test." in stopped.output) == (1, True)
    kill_switch(calls, on=False)
    looks = []

    def work(_method):
        looks.append(_method)
        if len(looks) == 5:
            attend(calls, call.id)

    line.before = work
    emptied = run("process-call-queue", "--watch", "--json", terminal=terminal)
    assert emptied.exit_code == 0, emptied.output
    assert json.loads(emptied.stdout)["due"] == 0


def test_numbers_are_held_and_released(run, calls):
    """And listed in between."""
    added = _read(run("holds", "add", "(415) 555-2671", "--country", "US", "--reason", "Holiday", "--json"))
    assert (added["number"], added["until"]) == (NUMBER, None)
    assert "Holiday" in run("holds", "list", terminal=100).output
    assert _read(run("holds", "release", NUMBER, "--json")) == {"number": NUMBER, "released": True}
    assert run("holds", "release", NUMBER).exit_code == 1
    assert _read(run("holds", "list", "--json")) == []
    assert queue.holds.help
