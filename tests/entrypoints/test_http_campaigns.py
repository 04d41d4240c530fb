"""Campaigns over HTTP: preparing, changing, having them dial or not, deleting."""

from __future__ import annotations

import pytest
from fakes.calls import LINE, FakeCalls, furnished

from chalicelib.system.domain.tokens import Scope

CAMPAIGNS = "/v1/scheduling/campaigns"
ANY = {"If-Match": "*"}
SIMPLE = {"name": "Spring", "template_id": "template_1"}
FULL = {
    **SIMPLE,
    "description": "All of it",
    "variants": [
        {"template_id": "template_1", "weight": 3, "version": None},
        {"template_id": "template_1", "weight": 1, "version": 1},
    ],
    "priority": 7,
    "hours": {
        **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")),
        "sunday": {"start": "10:00", "end": "12:00"},
    },
    "holidays": ["2026-12-25"],
    "start_at": "2026-04-01T09:00:00.000Z",
    "stop_at": "2026-05-01T09:00:00.000Z",
    "lines": [LINE],
    "line_calls_per_day": 80,
    "live_calls": 3,
    "calls_per_minute": 20,
    "calls_per_number_per_day": 2,
    "limits": {"usd": "50.000000", "calls": 100, "usd_per_day": "5.000000", "calls_per_day": 10},
    "retries": {"max_attempts": 4, "after": {"busy": {"times": 2, "gaps_s": [60, 600]}}, "best_hour": True},
    "goal": ["transferred"],
    "breaker": {"failed_percent": 40, "calls": 20},
}


@pytest.fixture
def contact(container, clock, crm):
    """Give a contact beside a template, with all ports."""
    calls = FakeCalls(clock, crm)
    container.calls, container.scheduling = calls, calls.scheduling
    return furnished(calls)


def _created(api, **body):
    answer = api.post(CAMPAIGNS, {**SIMPLE, **body})
    assert answer.status == 201, answer.body
    return answer.body


def test_everything_can_be_said_of_a_campaign(api, contact):
    """What was sent comes back, from the answer, from reading it, and from the list."""
    made = _created(api, **FULL)
    assert {name: made[name] for name in FULL} == FULL
    assert (made["state"], made["schedule"], made["version"]) == ("draft", "missing", 1)
    assert api.get(f"{CAMPAIGNS}/{made['id']}").body == made
    (listed,) = api.get(CAMPAIGNS).body["items"]
    assert listed == {**made, "schedule": None, "members": None, "progress": None}


def test_its_first_members_come_with_it(api, contact):
    """Each contact once."""
    made = _created(api, contact_ids=[contact.id, contact.id])
    assert made["members"] == {"total": 1, "waiting": 1, "calling": 0, "done": 0, "skipped": 0}


def test_with_members_that_are_not_there_nothing_is_made(api, contact):
    """The answer names each of them."""
    refused = api.post(CAMPAIGNS, {**SIMPLE, "contact_ids": ["contact_a", contact.id, "contact_b"]})
    assert (refused.status, refused.body["code"]) == (404, "contact_not_found")
    assert [each["pointer"] for each in refused.body["errors"]] == ["/contact_ids/0", "/contact_ids/2"]
    assert api.get(CAMPAIGNS).body["items"] == []


def test_it_is_started_paused_resumed_and_stopped(api, contact):
    """Each act answers with the state and the schedule, and may be said again."""
    one = f"{CAMPAIGNS}/{_created(api, contact_ids=[contact.id])['id']}"
    expected = {
        "start": ("running", "enabled"),
        "pause": ("paused", "disabled"),
        "resume": ("running", "enabled"),
        "stop": ("stopped", "missing"),
    }
    for act, shown in expected.items():
        for _ in range(2):
            answer = api.post(f"{one}/{act}")
            assert (answer.status, answer.body["state"], answer.body["schedule"]) == (200, *shown)
    refused = api.post(f"{one}/start")
    assert (refused.status, refused.body["code"]) == (409, "campaign_state")


def test_a_campaign_without_members_is_not_started(api, contact):
    """There is nobody to call, and nothing is changed."""
    one = f"{CAMPAIGNS}/{_created(api)['id']}"
    assert api.post(f"{one}/start").body["code"] == "campaign_empty"
    assert api.get(one).body["state"] == "draft"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"template_id": "template_9"}, 404, "template_not_found"),
        ({"variants": [{"template_id": "template_9"}]}, 404, "template_not_found"),
        ({"variants": [{"template_id": "template_1", "version": 9}]}, 404, "template_not_found"),
        ({"variants": [{"template_id": "template_1"}] * 2}, 400, "invalid_fields"),
        ({"lines": ["+14155550999"]}, 404, "line_not_found"),
        ({"start_at": "2026-04-02T00:00:00Z", "stop_at": "2026-04-01T00:00:00Z"}, 400, "stop_before_start"),
        ({"retries": {"after": {"completed": {"times": 1, "gaps_s": [60]}}}}, 400, "invalid_fields"),
        ({"retries": {"after": {"busy": {"times": 1, "gaps_s": [9]}}}}, 400, "invalid_fields"),
        ({"name": None}, 400, "invalid_fields"),
    ],
)
def test_what_cannot_be_is_refused(api, contact, body, status, code):
    """When it is prepared and when it is changed, with the same code."""
    answer = api.post(CAMPAIGNS, {**SIMPLE, **body})
    assert (answer.status, answer.body["code"]) == (status, code)
    one = f"{CAMPAIGNS}/{_created(api)['id']}"
    answer = api.ask("PATCH", one, body=body, headers=ANY)
    assert (answer.status, answer.body["code"]) == (status, code)


def test_it_is_changed_at_its_version(api, contact):
    """What is left out stays, null takes a limit away, an old version is refused."""
    made = _created(api, live_calls=3, holidays=["2026-12-25"])
    one = f"{CAMPAIGNS}/{made['id']}"
    changed = api.ask("PATCH", one, body={"live_calls": None, "priority": 2}, headers={"If-Match": '"1"'})
    assert changed.body == {
        **made,
        "live_calls": None,
        "priority": 2,
        "version": 2,
        "updated_at": changed.body["updated_at"],
    }
    assert api.ask("PATCH", one, body={"priority": 3}, headers={"If-Match": '"1"'}).status == 412
    again = api.ask("PATCH", one, body={"priority": 2}, headers=ANY)
    assert again.body["version"] == 2


def test_a_running_campaign_tells_the_dialer_of_its_new_rules(api, contact, container):
    """Its template stays, because members were called by it."""
    one = f"{CAMPAIGNS}/{(made := _created(api, contact_ids=[contact.id]))['id']}"
    api.post(f"{one}/start")
    api.ask("PATCH", one, body={"live_calls": 9}, headers=ANY)
    assert container.calls.plans.get(made["id"]).live_calls == 9
    container.calls.templates.add(container.calls.templates.get("template_1"))
    answer = api.ask("PATCH", one, body={"variants": [{"template_id": "template_1"}]}, headers=ANY)
    assert (answer.status, answer.body["code"]) == (409, "campaign_started")


def test_it_is_deleted_when_it_dials_no_more(api, contact, container):
    """Its members are cleared after it; one that runs must be stopped first."""
    made = _created(api, contact_ids=[contact.id])
    one = f"{CAMPAIGNS}/{made['id']}"
    api.post(f"{one}/start")
    assert api.ask("DELETE", one, headers=ANY).body["code"] == "campaign_state"
    api.post(f"{one}/stop")
    assert api.ask("DELETE", one, headers=ANY).status == 204
    assert api.get(one).status == 404
    assert container.scheduling.ticks.cleared == [(made["id"], 5)]
    assert container.calls.plans.get(made["id"]) is None


def test_a_viewer_only_reads(api, contact):
    """Reading is for viewers, everything else for operators."""
    one = f"{CAMPAIGNS}/{_created(api)['id']}"
    assert api.get(one, scope=Scope.VIEWER).status == 200
    assert api.post(f"{one}/start", scope=Scope.VIEWER).status == 403


def test_a_preview_says_what_would_come_of_it(api, contact):
    """Who is called, when, at which cost, by which assumptions; the campaign stays a draft."""
    one = f"{CAMPAIGNS}/{_created(api, contact_ids=[contact.id])['id']}"
    answer = api.post(f"{one}/start?validate_only=true")
    assert (answer.status, answer.body["state"], answer.body["version"]) == (200, "draft", 1)
    preview = answer.body["preview"]
    assert (preview["members"], preview["sampled"], preview["stopped"]) == (1, 1, None)
    assert sum(each["members"] for each in preview["standings"]) == 1
    assert preview["standings"][0]["contact_ids"] == [contact.id]
    assert preview["calls"] == sum(preview["calls_by_attempt"].values()) >= 1
    assert preview["first_dial_at"] <= preview["last_dial_at"] < preview["finish_at"]
    assert preview["assumptions"]["basis"] == "default"
    assert sum(preview["assumptions"]["outcomes"].values()) == pytest.approx(1)
    assert api.get(one).body["preview"] is None


@pytest.mark.parametrize(("act", "code"), [("start", "campaign_empty"), ("resume", "campaign_state")])
def test_a_preview_refuses_what_the_act_would(api, contact, act, code):
    """A campaign of nobody has nothing to show."""
    answer = api.post(f"{CAMPAIGNS}/{_created(api)['id']}/{act}?validate_only=true")
    assert (answer.status, answer.body["code"]) == (409, code)


def test_a_paused_campaign_is_previewed_by_its_resume(api, contact):
    """Nothing is resumed by that."""
    one = f"{CAMPAIGNS}/{_created(api, contact_ids=[contact.id])['id']}"
    api.post(f"{one}/start")
    api.post(f"{one}/pause")
    answer = api.post(f"{one}/resume?validate_only=true")
    assert (answer.body["state"], answer.body["preview"]["members"]) == ("paused", 1)
    assert api.get(one).body["progress"]["why"]["code"] == "paused"


def test_progress_and_analytics_of_a_draft(api, contact):
    """All counts are there, no rate is made up, and the reason why nobody is dialed."""
    one = f"{CAMPAIGNS}/{_created(api, contact_ids=[contact.id])['id']}"
    progress = api.get(one).body["progress"]
    assert (progress["calls"], progress["cost"], progress["why"]["code"]) == (0, "0.000000", "draft")
    found = api.get(f"{one}/analytics").body
    assert found["funnel"] == {"members": 1, "tried": 0, "reached": 0, "goals": 0}
    assert (found["conversion"]["rate"], found["cost_per_goal"], len(found["by_hour"])) == (None, None, 24)
    assert [each["template_id"] for each in found["variants"]] == ["template_1"]
    assert api.get(f"{CAMPAIGNS}/campaign_0/analytics").status == 404
