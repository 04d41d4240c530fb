"""The numbers of questions to models through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, FakeCalls, a_template

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.services.counting import Asked, count_once
from chalicelib.system.domain.tokens import Scope

DASHBOARD = "/v1/ai/analytics/dashboard"


@pytest.fixture(autouse=True)
def counted(container, clock, crm):
    """Count a call whose first provider was too slow, and one of the day before."""
    container.calls = FakeCalls(clock, crm)
    container.ai = container.calls.ai
    container.calls.templates.add(a_template(name="Sales"))
    late = ModelUse("openai", "gpt-4.1-mini", Usage(), None, 3000, "model_timeout")
    spare = ModelUse("spare", "own", Usage(100, 0, 10), 200, 500)
    count_once(container.ai, Asked("call_1", NOW, "template_1", ((late, spare),)))
    usual = ModelUse("openai", "gpt-4.1-mini", Usage(1000, 400, 100), 100, 1000)
    count_once(container.ai, Asked("call_2", NOW - timedelta(days=1), "template_2", ((usual,),)))


def test_the_dashboard_tells_the_numbers(api):
    """Of thirty days until today; latency within the error that it states."""
    body = api.get(DASHBOARD, scope=Scope.VIEWER).body
    assert (body["first_day"], body["last_day"], body["by"]) == ("2026-02-02", "2026-03-03", "day")
    whole = body["whole"]
    assert {
        name: whole[name] for name in ("requests", "prompt_tokens", "cached_tokens", "answer_tokens")
    } == {
        "requests": 3,
        "prompt_tokens": 1100,
        "cached_tokens": 400,
        "answer_tokens": 110,
    }
    assert (whole["failed"], whole["errors"], whole["fallbacks"]) == (1, {"model_timeout": 1}, 1)
    assert (whole["unpriced"], whole["cost_microdollars"]) == (1, 240 + 40 + 160)
    assert whole["first_token"]["measured"] == 2
    assert whole["first_token"]["p50_ms"] == pytest.approx(100, rel=body["relative_error"])
    assert whole["total"]["p99_ms"] == pytest.approx(3000, rel=body["relative_error"])
    assert [group["requests"] for group in body["groups"][-2:]] == [1, 2]


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("provider", [("openai", None, 2), ("spare", None, 1)]),
        ("model", [("gpt-4.1-mini", None, 2), ("own", None, 1)]),
        ("template", [("template_1", "Sales", 2), ("template_2", None, 1)]),
    ],
)
def test_numbers_are_told_apart(api, by, groups):
    """The busiest first; templates by their names, when they are still there."""
    body = api.get(f"{DASHBOARD}?by={by}").body
    assert [(group["key"], group["name"], group["requests"]) for group in body["groups"]] == groups
    assert body["group_count"] == len(groups)


def test_a_period_is_asked_for(api):
    """Days in UTC, both included; a bad one is refused."""
    assert api.get(f"{DASHBOARD}?from=2026-03-02&to=2026-03-02").body["whole"]["requests"] == 1
    answer = api.get(f"{DASHBOARD}?from=2026-03-03&to=2026-03-02")
    assert (answer.status, answer.body["code"]) == (400, "bad_period")
    assert api.get(f"{DASHBOARD}?by=mood").status == 400
