"""Permission to dial, explained over HTTP."""

from __future__ import annotations

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished

from chalicelib.system.domain.tokens import Scope

PERMISSION = "/v1/calls/permission"


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.scheduling = container.calls.scheduling
    furnished(container.calls)
    return container.calls


@pytest.mark.usefixtures("calls")
def test_permission_is_explained(api):
    """The verdict, the clocks, each rule with its source, and the next allowed instant."""
    number = NUMBER.replace("+", "%2B")
    answer = api.get(f"{PERMISSION}?number={number}&template_id=template_1", scope=Scope.VIEWER)
    assert answer.status == 200, answer.body
    told = answer.body
    assert (told["verdict"], told["reason"], told["rule"]) == ("not_yet", "outside_hours", "hours_settings")
    assert told["next_allowed_at"] == told["not_before"] == "2026-03-03T16:00:00Z"
    assert told["local_times"][0] == {
        "zone": "America/Los_Angeles",
        "time": "Tue 2026-03-03 04:00",
        "is_own": True,
    }
    shut = [check for check in told["checks"] if check["verdict"] != "allow"]
    assert [(check["rule"], check["source"]) for check in shut] == [("hours_settings", "settings")]


@pytest.mark.usefixtures("calls")
def test_another_time_may_be_asked_about(api):
    """At noon there it would be dialed."""
    number = NUMBER.replace("+", "%2B")
    answer = api.get(f"{PERMISSION}?number={number}&at=2026-03-03T20:00:00Z")
    assert (answer.body["verdict"], answer.body["at"]) == ("allow", "2026-03-03T20:00:00Z")


@pytest.mark.usefixtures("calls")
def test_a_call_with_an_end_may_be_asked_about(api):
    """When it is over before anybody may be called, it is too late."""
    number = NUMBER.replace("+", "%2B")
    told = api.get(f"{PERMISSION}?number={number}&not_after=2026-03-03T12:00:20Z").body
    assert (told["verdict"], told["reason"], told["next_allowed_at"]) == ("refuse", "too_late", None)
    assert "too_late" in [check["rule"] for check in told["checks"] if check["verdict"] == "refuse"]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "invalid_fields"),
        ("contact_id=contact_absent", 404, "contact_not_found"),
        ("number=%2B14155552671&template_id=template_absent", 404, "template_not_found"),
        ("number=%2B14155552671&campaign_id=campaign_absent", 404, "campaign_not_found"),
        ("number=%2B14155552671&at=2036-03-03T20:00:00Z", 400, "too_far_away"),
        ("number=%2B14155552671&contact_id=contact_1", 400, "invalid_fields"),
    ],
)
def test_what_cannot_be_answered_is_refused(api, query, status, code):
    """With the code of the reason."""
    answer = api.get(f"{PERMISSION}?{query}")
    assert (answer.status, answer.body["code"]) == (status, code)
