"""The commands of conferences and hand-overs against the real routes."""

from __future__ import annotations

import json

import pytest
from fakes.calls import DESK, FakeCalls, connected, furnished

BEN, CEM, BOSS = "+14155550113", "+14155550114", "+14155550115"


@pytest.fixture(autouse=True)
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    furnished(container.calls)
    return container.calls


def _read(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def room(run):
    """Call two people together."""
    return _read(run("conferences", "create", BEN, CEM, "--label", "Delivery", "--json"))


def test_people_are_called_together_and_shown(run, room):
    """The list has the conference, the page of one has the people."""
    assert [each["number"] for each in room["participants"]] == [BEN, CEM]
    assert [each["id"] for each in _read(run("conferences", "list", "--json"))] == [room["id"]]
    assert _read(run("conferences", "show", room["id"], "--json")) == room
    shown = run("conferences", "show", room["id"])
    assert shown.exit_code == 0
    assert "Delivery" in shown.stdout
    assert BEN in shown.stdout
    for words in (("show", room["id"]), ("create", BEN, CEM), ("end", room["id"], "--yes")):
        assert "{" not in run("conferences", *words, terminal=120).stdout


def test_people_are_added_changed_and_removed(run, room):
    """Each by its id; nothing is lost without a question."""
    added = _read(run("conferences", "add", room["id"], BOSS, "--json"))
    changed = _read(run("conferences", "change", room["id"], added["id"], "--mute", "--json"))
    assert changed["id"] == added["id"]
    assert run("conferences", "remove", room["id"], added["id"]).exit_code == 1
    assert _read(run("conferences", "remove", room["id"], added["id"], "--yes", "--json"))["removed"]
    assert _read(run("conferences", "end", room["id"], "--yes", "--json"))["state"] == "ended"
    refused = run("conferences", "add", room["id"], DESK)
    assert refused.exit_code != 0
    assert "conference_over" in refused.output


def test_a_supervisor_is_called_in(run, room):
    """And takes part in another way later."""
    boss = _read(run("conferences", "supervise", room["id"], BOSS, "--json"))
    assert boss["mode"] == "listen"
    assert _read(run("conferences", "mode", room["id"], boss["id"], "barge", "--json"))["mode"] == "barge"


def test_a_call_is_handed_over(run, calls):
    """To the number that was typed, or as the template says."""
    connected(calls)
    refused = run("calls", "transfer", "call_1")
    assert "no_transfer_target" in refused.output
    assert (
        _read(run("calls", "transfer", "call_1", "--to", DESK, "--mode", "warm", "--json"))["mode"] == "warm"
    )
