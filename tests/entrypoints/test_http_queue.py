"""The dial queue over HTTP: what waits and why, changes, cancellations, repetitions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, NUMBER, FakeCalls, a_call, furnished, kill_switch

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.permission import NumberStatus
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.suppression import stop_calling
from chalicelib.system.domain.tokens import Scope

QUEUE = "/v1/calls/queue"
ANY = {"If-Match": "*"}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.scheduling = container.calls.scheduling
    furnished(container.calls)
    return container.calls


def _wait(calls, number, **changes):
    contact = calls.crm.contacts.find_by_phone("+14155552671")
    look_at = NOW + timedelta(seconds=number)
    call = a_call(id=f"call_{number}", contact_id=contact.id, look_at=look_at, due_at=look_at, **changes)
    calls.book.create(call)
    return call


def _shown(answer):
    assert answer.status == 200, answer.body
    return [(call["id"], call["lane"], call["position"]) for call in answer.body["items"]]


def _everything(api, filters=""):
    """Follow the pages to the end."""
    shown, token = [], ""
    for _ in range(20):
        answer = api.get(
            f"{QUEUE}?page_size=2{filters}{token and f'&page_token={token}'}", scope=Scope.VIEWER
        )
        shown += _shown(answer)
        token = answer.body["next_page_token"]
        if not token:
            break
    return shown


def test_calls_that_wait_are_listed_lane_by_lane(api, calls):
    """In each the longest due first, with its position; whatever does not wait is not there."""
    for number, priority in enumerate([5, 9, 1, 6, 5, 3, 8]):
        _wait(calls, number, priority=priority)
    _wait(calls, 7, state=CallState.RINGING)
    everything = [
        ("call_2", "urgent", 1),
        ("call_5", "urgent", 2),
        ("call_0", "normal", 1),
        ("call_3", "normal", 2),
        ("call_4", "normal", 3),
        ("call_1", "low", 1),
        ("call_6", "low", 2),
    ]
    assert _shown(api.get(QUEUE)) == everything
    assert _everything(api) == everything
    assert _everything(api, "&lane=normal") == everything[2:5]


def test_the_list_is_filtered(api, calls):
    """By campaign and priority; positions are those among all that wait in the lane."""
    for number in range(6):
        _wait(calls, number, campaign_id="campaign_1" if number % 3 == 2 else "", priority=5 + number % 2)
    assert _everything(api, "&campaign_id=campaign_1") == [("call_2", "normal", 3), ("call_5", "normal", 6)]
    assert _everything(api, "&priority=6") == [(f"call_{n}", "normal", n + 1) for n in (1, 3, 5)]
    assert _everything(api, "&campaign_id=campaign_1&priority=5") == [("call_2", "normal", 3)]
    listed = api.get("/v1/calls?campaign_id=campaign_1").body["items"]
    assert sorted(call["id"] for call in listed) == ["call_2", "call_5"]


def test_what_is_due_is_woken(api, calls):
    """Unless dialing is stopped."""
    _wait(calls, 0)
    _wait(calls, 60)
    assert api.post(f"{QUEUE}/process").body == {"woken": 1}
    assert calls.wakeups.attends == ["call_0"]
    kill_switch(calls)
    answer = api.post(f"{QUEUE}/process", scope=Scope.OPERATOR)
    assert (answer.status, answer.body) == (202, {"woken": 0})


def test_a_call_that_waits_is_given_another_priority_and_time(api, calls):
    """A call that becomes due is woken at once; another version, or a call that has begun, is not changed."""
    _wait(calls, 60)
    later = "2026-03-03T15:00:00Z"
    changed = api.ask("PATCH", f"{QUEUE}/call_60", body={"priority": 1, "not_before": later}, headers=ANY)
    assert (changed.status, changed.body["priority"]) == (200, 1)
    assert (calls.call("call_60").look_at, calls.wakeups.attends) == (NOW + timedelta(hours=3), [])
    stale = api.ask("PATCH", f"{QUEUE}/call_60", body={"priority": 2}, headers={"If-Match": '"1"'})
    assert stale.status == 412
    now = api.ask("PATCH", f"{QUEUE}/call_60", body={"not_before": "2026-03-03T00:00:00Z"}, headers=ANY)
    assert (now.status, calls.call("call_60").priority, calls.wakeups.attends) == (200, 1, ["call_60"])
    far = api.ask("PATCH", f"{QUEUE}/call_60", body={"not_before": "2028-03-03T00:00:00Z"}, headers=ANY)
    assert (far.status, far.body["code"]) == (400, "too_far_ahead")
    assert api.ask("PATCH", f"{QUEUE}/call_60", body={}, headers=ANY).status == 400
    calls.book.change("call_60", lambda call: replace(call, state=CallState.DIALING))
    begun = api.ask("PATCH", f"{QUEUE}/call_60", body={"priority": 2}, headers=ANY)
    assert (begun.status, begun.body["code"]) == (409, "call_not_queued")


@pytest.mark.usefixtures("calls")
def test_a_call_may_be_asked_for_with_an_end(api):
    """It is shown; nothing is moved beyond it, and what would begin after it is refused."""
    wish = {"number": NUMBER, "template_id": "template_1", "not_after": "2026-03-03T20:00:00Z"}
    call = api.post("/v1/calls/initiate", wish)
    assert (call.status, call.body["not_after"]) == (202, "2026-03-03T20:00:00Z")
    late = {"not_before": "2026-03-03T20:00:00Z"}
    moved = api.ask("PATCH", f"{QUEUE}/{call.body['id']}", body=late, headers=ANY)
    assert (moved.status, moved.body["code"]) == (400, "after_its_end")
    assert api.post("/v1/calls/initiate", wish | late).body["code"] == "after_its_end"
    over = api.post("/v1/calls/initiate", wish | {"not_after": "2026-03-03T12:00:00Z"})
    assert (over.status, over.body["code"]) == (403, "too_late")


def test_a_call_that_waits_is_canceled(api, calls):
    """Once; its number and its places are free."""
    _wait(calls, 0)
    canceled = api.post(f"{QUEUE}/call_0/cancel", scope=Scope.OPERATOR)
    assert (canceled.status, canceled.body["outcome"]) == (200, "canceled")
    again = api.post(f"{QUEUE}/call_0/cancel")
    assert (again.status, again.body["code"]) == (409, "call_not_queued")
    assert api.post(f"{QUEUE}/call_x/cancel").status == 404


def test_a_call_that_is_over_is_repeated(api, calls):
    """As a call of its own, by the same rules; one that goes on, or came in, is not."""
    _wait(calls, 0, campaign_id="campaign_1", priority=2)
    early = api.post("/v1/calls/call_0/requeue")
    assert (early.status, early.body["code"]) == (409, "call_not_over")
    api.post(f"{QUEUE}/call_0/cancel")
    again = api.post("/v1/calls/call_0/requeue", scope=Scope.OPERATOR)
    assert (again.status, again.body["state"], again.body["priority"]) == (202, "queued", 2)
    assert again.body["id"] != "call_0"
    assert again.body["campaign_id"] == ""
    stop_calling(calls, calls.call("call_0").number, "operator")
    refused = api.post("/v1/calls/call_0/requeue")
    assert (refused.status, refused.body["code"]) == (403, "suppressed")
    _wait(calls, 1, state=CallState.ENDED, direction=Direction.INBOUND)
    assert api.post("/v1/calls/call_1/requeue").body["code"] == "call_not_repeatable"


def test_a_number_is_held_back_and_released(api, calls):
    """It is listed until then; to release it again is refused, as is a hold that is over already."""
    body = {"number": "(415) 555-2671", "country": "US", "reason": "On holiday."}
    held = api.post(f"{QUEUE}/holds", body, scope=Scope.OPERATOR)
    assert (held.status, held.body["number"], held.body["until"]) == (201, NUMBER, None)
    assert api.get(f"{QUEUE}/holds", scope=Scope.VIEWER).body["items"] == [held.body]
    shown = api.get(f"/v1/calls/permission?number=%2B{NUMBER[1:]}").body
    assert (shown["verdict"], shown["reason"]) == ("not_yet", "number_held")
    past = api.post(f"{QUEUE}/holds", body | {"until": "2026-03-03T11:00:00Z"})
    assert (past.status, past.body["code"], past.body["errors"][0]["pointer"]) == (
        400,
        "hold_in_the_past",
        "/until",
    )
    address = f"{QUEUE}/holds/{NUMBER}"
    assert [api.ask("DELETE", address, scope=Scope.OPERATOR).status for _ in range(2)] == [204, 404]
    assert calls.numbers.status(NUMBER) == NumberStatus()
