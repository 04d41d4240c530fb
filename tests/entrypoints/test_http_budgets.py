"""Budgets over HTTP."""

from __future__ import annotations

import pytest
from fakes.calls import FakeCalls

from chalicelib.calls.domain.budgets import ALL, TOTAL, Amount, Pot
from chalicelib.calls.domain.dial_plans import DialPlan, Limits
from chalicelib.kernel.money import micros
from chalicelib.system.domain.settings import Budgets
from chalicelib.system.domain.tokens import Scope
from chalicelib.system.services.settings import change_settings

BUDGETS = "/v1/calls/budgets"


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    return container.calls


@pytest.mark.usefixtures("calls")
def test_without_limits_there_is_nothing_to_show(api):
    """Nobody counts what has no limit."""
    answer = api.get(BUDGETS, scope=Scope.VIEWER)
    assert (answer.status, answer.body) == (200, {"per_call_usd": None, "items": []})


def test_what_is_left_is_shown(api, calls):
    """Of all calls of the day, and of a campaign in all; below nothing there is nothing."""
    day = calls.clock.now().date().isoformat()
    budgets = Budgets(per_call_micros=micros("0.5"), per_day_micros=micros("10"), calls_per_day=1)
    change_settings(calls.system, {"budgets": budgets}, None)
    calls.plans.put(DialPlan("campaign_1", "Spring", limits=Limits(calls=7)))
    calls.shelf.budgets[Pot(ALL, day)] = Amount(micros("4"), 3, micros("1.5"))
    calls.shelf.budgets[Pot("campaign_1", TOTAL)] = Amount(micros("2"), 2)
    shown = api.get(f"{BUDGETS}?campaign_id=campaign_1").body
    assert shown["per_call_usd"] == "0.500000"
    assert shown["items"] == [
        {
            "budget": "day",
            "campaign_id": None,
            "day": day,
            "usd": "10.000000",
            "usd_used": "4.000000",
            "usd_held": "1.500000",
            "usd_left": "6.000000",
            "calls": 1,
            "calls_used": 3,
            "calls_left": 0,
        },
        {
            "budget": "campaign",
            "campaign_id": "campaign_1",
            "day": None,
            "usd": None,
            "usd_used": "2.000000",
            "usd_held": "0.000000",
            "usd_left": None,
            "calls": 7,
            "calls_used": 2,
            "calls_left": 5,
        },
    ]
    assert api.get(BUDGETS).body["items"] == shown["items"][:1]


@pytest.mark.usefixtures("calls")
def test_a_campaign_that_nobody_knows_is_not_found(api):
    """So that a wrong id does not look like one without limits."""
    answer = api.get(f"{BUDGETS}?campaign_id=campaign_9")
    assert (answer.status, answer.body["code"]) == (404, "campaign_not_found")
