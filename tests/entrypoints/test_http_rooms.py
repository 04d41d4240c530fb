"""Hand-overs, conferences and supervisors over HTTP."""

from __future__ import annotations

import pytest
from fakes.calls import DESK, NOW, FakeCalls, connected, furnished, kill_switch

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.services.rooms.callbacks import RoomEvent, room_event
from chalicelib.calls.services.rooms.legs import leg_answered, leg_pressed
from chalicelib.calls.services.rooms.tasks import see_to
from chalicelib.system.domain.tokens import Scope

ROOMS = "/v1/calls/conferences"
BEN, CEM, BOSS = "+14155550113", "+14155550114", "+14155550115"


@pytest.fixture
def calls(container, clock, crm):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, crm)
    furnished(container.calls)
    return container.calls


@pytest.fixture
def room(api, calls):
    """Call two people together; give the conference as the API shows it."""
    people = [{"number": BEN, "label": "Ben"}, {"number": CEM}]
    made = api.post(ROOMS, {"label": "Delivery", "participants": people})
    assert made.status == 201
    return made.body


@pytest.fixture
def talking(calls, room):
    """Let both come in."""
    for task, room_id, participant_id, delay in calls.room_wakeups.tasks[:]:
        if not delay:
            see_to(calls, task, room_id, participant_id)
    for each in room["participants"]:
        leg_answered(calls, room["id"], each["id"], Report("in-progress", f"CA{each['id'][-4:]}", NOW))
        leg_pressed(calls, room["id"], each["id"], "1")
        room_event(calls, room["id"], RoomEvent("participant-join", "CF1", 1, NOW, each["id"]))
    return room


def test_people_are_called_together_and_shown(api, calls, talking):
    """The list has the conference, its own page has who takes part."""
    shown = api.get(f"{ROOMS}/{talking['id']}", scope=Scope.VIEWER).body
    assert [(each["label"], each["state"]) for each in shown["participants"]] == [
        ("Ben", "joined"),
        ("", "joined"),
    ]
    assert (shown["line"], shown["state"], shown["call_id"]) == ("+14155550100", "open", "")
    listed = api.get(ROOMS, scope=Scope.VIEWER).body
    assert [each["id"] for each in listed["items"]] == [talking["id"]]
    assert api.get(f"{ROOMS}/room_9").body["code"] == "conference_not_found"


def test_a_repeated_request_calls_once(api, calls):
    """The same key gives the same conference."""
    body = {"participants": [{"number": BEN}]}
    first, again = (api.post(ROOMS, body, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.body["id"] == again.body["id"]
    assert len(calls.rooms.heads) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"participants": []},
        {"participants": [{"label": "nobody"}]},
        {"participants": [{"number": BEN, "contact_id": "contact_1"}]},
        {"participants": [{"number": "12"}]},
        {"participants": [{"number": BEN}], "lines": []},
    ],
)
def test_what_is_no_conference_is_refused(api, calls, body):
    """With the field that is wrong, and nothing is stored."""
    assert api.post(ROOMS, body).status == 400
    assert calls.rooms.heads == {}


def test_the_rules_refuse_by_name(api, calls):
    """The kill switch is a rule of this moment."""
    kill_switch(calls)
    refused = api.post(ROOMS, {"participants": [{"number": BEN}]})
    assert (refused.status, refused.body["code"]) == (403, "kill_switch")


def test_participants_are_added_changed_and_removed(api, calls, talking):
    """Each is asked for here and done by the queue."""
    path = f"{ROOMS}/{talking['id']}/participants"
    added = api.post(path, {"number": BOSS})
    assert (added.status, added.body["state"], added.body["role"]) == (201, "waiting", "participant")
    ben = talking["participants"][0]["id"]
    assert api.ask("PATCH", f"{path}/{ben}", body={"muted": True}).status == 202
    assert api.ask("PATCH", f"{path}/{ben}", body={}).status == 400
    assert api.ask("DELETE", f"{path}/{added.body['id']}").status == 204
    assert api.ask("DELETE", f"{path}/participant_9").body["code"] == "participant_not_found"
    gone = api.ask("PATCH", f"{path}/{added.body['id']}", body={"held": True})
    assert (gone.status, gone.body["code"]) == (409, "participant_gone")
    ended = api.post(f"{ROOMS}/{talking['id']}/end", None)
    assert (ended.status, ended.body["state"]) == (202, "ended")
    assert api.post(path, {"number": DESK}).body["code"] == "conference_over"


def test_supervisors_are_called_in_and_change_their_mode(api, calls, talking):
    """A mode is the only thing about them that changes."""
    path = f"{ROOMS}/{talking['id']}/supervisors"
    boss = api.post(path, {"number": BOSS})
    assert (boss.status, boss.body["role"], boss.body["mode"]) == (201, "supervisor", "listen")
    changed = api.ask("PATCH", f"{path}/{boss.body['id']}", body={"mode": "whisper"})
    assert (changed.status, changed.body["mode"]) == (202, "whisper")
    assert api.ask("PATCH", f"{path}/{boss.body['id']}", body={"mode": "shout"}).status == 400


def test_a_call_is_handed_over(api, calls):
    """Its live conference does not exist before; then the second wish is refused."""
    connected(calls)
    supervised = api.post(f"{ROOMS}/call_1/supervisors", {"number": BOSS})
    assert (supervised.status, supervised.body["code"]) == (409, "call_not_in_conference")
    taken = api.post("/v1/calls/call_1/transfer", {"number": DESK, "mode": "warm"})
    assert (taken.status, taken.body["number"], taken.body["mode"]) == (202, DESK, "warm")
    again = api.post("/v1/calls/call_1/transfer", {})
    assert (again.status, again.body["code"]) == (409, "call_in_transfer")
    assert api.post("/v1/calls/call_9/transfer", {}).status == 404
    assert api.post("/v1/calls/call_1/transfer", {"number": DESK}, scope=Scope.VIEWER).status == 403
