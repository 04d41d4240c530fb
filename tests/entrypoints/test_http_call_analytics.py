"""The numbers of calls through the API, and the command that draws them."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeCalls, a_call, a_template

from chalicelib.calls.domain.lifecycle import finish, settle
from chalicelib.calls.domain.outcomes import Conclusion, Outcome
from chalicelib.calls.domain.states import CallState

_DASHBOARD = "/v1/calls/analytics/dashboard"


@pytest.fixture
def calls(container, clock, crm):
    """Give the ports of calls to the routes."""
    container.calls = FakeCalls(clock, crm)
    return container.calls


@pytest.fixture
def counted(calls):
    """Finish three calls of two templates, one of them the day before."""
    calls.templates.add(a_template(name="Sales"))
    for number, (outcome, answered, changes) in enumerate(
        (
            (Outcome.COMPLETED, NOW, {}),
            (Outcome.BUSY, None, {"template_id": "template_2"}),
            (Outcome.VOICEMAIL_LEFT, NOW, {"dialed_at": NOW - timedelta(days=1)}),
        )
    ):
        ended = {"state": CallState.ENDED, "answered_at": answered, "duration_s": 61, "ended_at": NOW}
        call = a_call(**{"id": f"call_{number}", "dialed_at": NOW, **ended, **changes})
        calls.book.create(call)
        conclusion = Conclusion(outcome)
        calls.book.change(call.id, lambda known, of=conclusion: finish(settle(known, of), NOW, 1500))
    return calls


def test_the_dashboard_tells_the_numbers(api, counted):
    """Of thirty days until today, with everything by day, hour and template."""
    answer = api.get(f"{_DASHBOARD}?by_template=true")
    body = answer.body
    assert answer.status == 200
    assert (body["first_day"], body["last_day"], len(body["by_day"])) == ("2026-02-02", "2026-03-03", 30)
    assert body["volume"] == {
        "calls": 3,
        "inbound": 0,
        "outbound": 3,
        "dialed": 3,
        "answered": 2,
        "answered_inbound": 0,
        "answered_outbound": 2,
        "answer_rate": 0.6667,
        "cost_microdollars": 4500,
    }
    assert (body["outcomes"]["busy"], body["outcomes"]["voicemail_left"], len(body["outcomes"])) == (1, 1, 12)
    lengths = body["durations"]
    assert (lengths["total_s"], lengths["average_s"], lengths["p50_s"], lengths["p99_s"]) == (122, 61, 90, 90)
    assert {"up_to_s": 90, "calls": 2} in lengths["histogram"]
    assert [(each["template_id"], each["name"], each["calls"]) for each in body["by_template"]] == [
        ("template_1", "Sales", 2),
        ("template_2", None, 1),
    ]
    assert body["templates"] == 2
    assert body["by_hour"][12] == {"hour": 12, "calls": 3, "answered": 2}
    assert [day["calls"] for day in body["by_day"][-2:]] == [1, 2]


def test_the_dashboard_can_be_of_some_days_and_one_template(api, counted):
    """Both filters hold together."""
    body = api.get(f"{_DASHBOARD}?from=2026-03-03&to=2026-03-03&template_id=template_1").body
    assert (body["volume"]["calls"], body["template_id"], len(body["by_day"])) == (1, "template_1", 1)


def test_templates_are_told_when_they_are_asked_for(api, counted):
    """Not otherwise, as they cost the most to read."""
    body = api.get(_DASHBOARD).body
    assert (body["volume"]["calls"], body["by_template"], body["templates"]) == (3, [], 0)


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-03-04",
        "from=2025-03-02&to=2026-03-03",
        "from=2025-12-01&to=2026-03-03&by_template=true",
        "from=yesterday",
        "to=0",
        "days=3",
        "from=2026-03-03T12:00:00Z",
    ],
)
def test_a_period_that_is_none_is_refused(api, counted, query):
    """Backwards, too long, no day, or not a parameter."""
    answer = api.get(f"{_DASHBOARD}?{query}")
    assert answer.status == 400


def test_the_command_draws_the_numbers(run, counted):
    """Bars on a terminal; in a pipe a line for each number, and JSON is the API's answer."""
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", run("calls", "dashboard", terminal=100).stdout)
    assert "answered 66.7% of 3 dialed calls" in drawn
    assert re.search(r"busy +1 +█{10}\s", drawn)
    assert "template" in run("calls", "dashboard", "--by-template").stdout
    lines = run("calls", "dashboard", "--to", "2026-03-03", "--from", "2026-03-03").stdout.splitlines()
    assert "volume\tcalls\t2" in lines
    found = json.loads(run("calls", "dashboard", "--template", "template_2", "--json").stdout)
    assert found["volume"]["calls"] == 1


def test_the_command_says_that_there_was_nothing(run, calls):
    """No rate and no length of nothing."""
    drawn = run("calls", "dashboard", terminal=100)
    assert (drawn.exit_code, "answered 0" in drawn.stdout) == (0, False)
