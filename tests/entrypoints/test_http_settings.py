from __future__ import annotations

import re

import pytest

from chalicelib.kernel.clock import iso
from chalicelib.system.domain.settings import StackLimits
from chalicelib.system.domain.tokens import Scope

SETTINGS = "/v1/settings"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEFAULTS = {
    "version": 1,
    "kill_switch": {"on": False, "reason": ""},
    "pace": {"calls_per_second": None},
    "caps": {"live_calls": None, "calls_per_number_per_day": None},
    "budgets": {"per_call_usd": None, "per_day_usd": None, "calls_per_day": None},
    "allowed_countries": ["US"],
    "hours": {day: {"start": "08:00", "end": "21:00"} for day in DAYS},
    "retention": {
        "audit_days": 400,
        "deliveries_days": 30,
        "transcripts_days": 365,
        "recordings_days": 90,
        "messages_days": 365,
        "voicemails_days": 90,
    },
    "dialing_enabled": True,
    "enforced": ["kill_switch", "pace", "caps", "budgets", "allowed_countries", "hours", "retention"],
    "changed_at": None,
    "changed_by": "system",
}
EVERYTHING = {
    "kill_switch": {"on": True, "reason": "wrong script"},
    "pace": {"calls_per_second": 3},
    "caps": {"live_calls": 10, "calls_per_number_per_day": 3},
    "budgets": {"per_call_usd": "0.25", "per_day_usd": "100", "calls_per_day": 0},
    "allowed_countries": ["US", "CA", "US"],
    "hours": {**DEFAULTS["hours"], "sunday": None, "monday": {"start": "09:30", "end": "18:00"}},
    "retention": {
        "audit_days": 100,
        "deliveries_days": 7,
        "transcripts_days": 30,
        "recordings_days": 1,
        "messages_days": 2,
        "voicemails_days": 3,
    },
}


def _patch(api, body, version="*", scope=Scope.ADMIN):
    return api.ask("PATCH", SETTINGS, body=body, headers={"If-Match": version}, scope=scope)


def test_the_defaults_are_there_before_any_change(api):
    """Version 1, which nobody wrote, with its ETag."""
    answer = api.get(SETTINGS, scope=Scope.VIEWER)
    assert (answer.status, answer.body) == (200, DEFAULTS)
    assert re.fullmatch(r'"1-[0-9a-f]{16}"', answer.headers["ETag"])


def test_every_section_can_be_changed(api, clock):
    """What was sent is what holds: money exact, countries once each and sorted."""
    answer = _patch(api, EVERYTHING, '"1"')
    assert answer.status == 200
    assert re.fullmatch(r'"2-[0-9a-f]{16}"', answer.headers["ETag"])
    shown = {name: answer.body[name] for name in EVERYTHING}
    money = {"per_call_usd": "0.250000", "per_day_usd": "100.000000", "calls_per_day": 0}
    assert shown == {**EVERYTHING, "allowed_countries": ["CA", "US"], "budgets": money}
    assert (answer.body["dialing_enabled"], answer.body["changed_at"]) == (False, iso(clock.now()))
    assert api.get(SETTINGS).body == answer.body


def test_what_is_shown_can_be_sent_back(api):
    """Each section is read and written in the same form."""
    shown = _patch(api, EVERYTHING).body
    again = _patch(api, {name: shown[name] for name in EVERYTHING})
    assert (again.status, again.body) == (200, shown)


def test_null_sets_a_section_back_and_a_missing_one_stays(api):
    """As in a merge patch (RFC 7396), by whole sections."""
    _patch(api, EVERYTHING)
    answer = _patch(api, {"pace": None, "kill_switch": None})
    assert answer.body["pace"] == DEFAULTS["pace"]
    assert answer.body["kill_switch"] == DEFAULTS["kill_switch"]
    assert answer.body["caps"] == EVERYTHING["caps"]


def test_a_change_needs_the_version_that_was_read(api):
    """Without If-Match 428, with an old one 412, and nothing changes."""
    assert api.ask("PATCH", SETTINGS, body={"pace": None}, scope=Scope.ADMIN).status == 428
    _patch(api, {"pace": {"calls_per_second": 3}}, '"1"')
    late = _patch(api, {"pace": {"calls_per_second": 4}}, '"1"')
    assert (late.status, late.body["code"]) == (412, "version_changed")
    assert api.get(SETTINGS).body["pace"] == {"calls_per_second": 3}


@pytest.mark.parametrize(
    "stack", [StackLimits(dialing_enabled=False), StackLimits(allowed_countries=frozenset({"US", "CA"}))]
)
def test_what_a_deployment_changes_is_not_taken_for_known(api, system, stack):
    """The tag tells it from before, though the version is the same; a change by either tag is accepted."""
    first = api.get(SETTINGS)
    known = {"If-None-Match": first.headers["ETag"]}
    assert api.get(SETTINGS, headers=known).status == 304
    system.stack = stack
    now = api.get(SETTINGS, headers=known)
    assert (now.status, now.body["version"]) == (200, 1)
    assert now.headers["ETag"] != first.headers["ETag"]
    changed = _patch(api, {"pace": {"calls_per_second": 3}}, first.headers["ETag"])
    assert changed.status == 200
    assert api.get(SETTINGS).headers["ETag"] == changed.headers["ETag"]
    assert _patch(api, {"pace": None}, now.headers["ETag"]).status == 412


@pytest.mark.parametrize("scope", [Scope.VIEWER, Scope.OPERATOR])
def test_only_administrators_change_settings(api, scope):
    """Everybody may read them."""
    assert _patch(api, {"pace": None}, scope=scope).status == 403
    assert api.get(SETTINGS, scope=scope).status == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kill_switch": {}}, "/kill_switch/on"),
        ({"kill_switch": {"on": "yes"}}, "/kill_switch/on"),
        ({"kill_switch": {"on": True, "reason": "x" * 501}}, "/kill_switch/reason"),
        ({"pace": {"calls_per_second": 0}}, "/pace/calls_per_second"),
        ({"pace": {}}, "/pace/calls_per_second"),
        ({"caps": {"live_calls": -1}}, "/caps/live_calls"),
        ({"budgets": {**EVERYTHING["budgets"], "per_call_usd": 0.25}}, "/budgets/per_call_usd"),
        ({"budgets": {**EVERYTHING["budgets"], "per_day_usd": "-1"}}, "/budgets/per_day_usd"),
        ({"budgets": {**EVERYTHING["budgets"], "per_day_usd": "1e9"}}, "/budgets/per_day_usd"),
        ({"allowed_countries": ["us"]}, "/allowed_countries/0"),
        ({"allowed_countries": "US"}, "/allowed_countries"),
        ({"hours": {"monday": None}}, "/hours/tuesday"),
        (
            {"hours": {**DEFAULTS["hours"], "monday": {"start": "24:00", "end": "25:00"}}},
            "/hours/monday/start",
        ),
        ({"hours": {**DEFAULTS["hours"], "monday": {"start": "09:00", "end": "09:00"}}}, "/hours/monday"),
        ({"retention": {**DEFAULTS["retention"], "audit_days": 1}}, "/retention/audit_days"),
        ({"reason": "x" * 501}, "/reason"),
        ({"killswitch": {"on": True}}, "/killswitch"),
        ({"version": 7}, "/version"),
    ],
)
def test_what_cannot_be_a_setting_is_refused(api, body, pointer):
    """The first wrong field is named, and nothing changes."""
    answer = _patch(api, body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_fields")
    assert answer.body["errors"][0]["pointer"] == pointer
    assert api.get(SETTINGS).body["version"] == 1


def test_the_history_tells_who_and_why(api, clock):
    """Newest first, in pages, with the changed sections alone."""
    _patch(api, {"pace": {"calls_per_second": 3}, "reason": "too fast"})
    _patch(api, {"kill_switch": {"on": True, "reason": "wrong script"}})
    page = api.get(f"{SETTINGS}/history?page_size=1", scope=Scope.VIEWER).body
    [latest] = page["items"]
    assert latest["version"] == 3
    assert latest["before"] == {"kill_switch": {"on": False, "reason": ""}}
    assert latest["after"] == {"kill_switch": {"on": True, "reason": "wrong script"}}
    rest = api.get(f"{SETTINGS}/history?page_size=1&page_token={page['next_page_token']}").body
    [first] = rest["items"]
    assert (first["version"], first["reason"], first["at"]) == (2, "too fast", iso(clock.now()))
    me = api.get("/v1/tokens/current", scope=Scope.ADMIN).body["id"]
    assert first["by"] == latest["by"] == f"token:{me}"


def test_the_deployment_s_switch_is_shown(api, container):
    """The settings cannot lift it, so they say that nothing is dialed."""
    container.system.stack = StackLimits(dialing_enabled=False)
    shown = api.get(SETTINGS).body
    assert (shown["dialing_enabled"], shown["kill_switch"]["on"]) == (False, False)
