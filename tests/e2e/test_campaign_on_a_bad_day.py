"""A campaign while everything goes wrong: `make simulate-deployed` with fewer people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from deployed.plan import Plan
from deployed.report import view
from deployed.run import run

if TYPE_CHECKING:
    from e2e.world import Stack

_MEMBERS = 20  # each sort of people


@pytest.mark.last
def test_a_campaign_keeps_its_promises_on_a_bad_day(stack: Stack) -> None:
    """Workers are killed, answers and reports go astray, people interfere: the carrier's log is in order."""
    outcome = run(stack, Plan(members=_MEMBERS, kills=2, patient=False, longest_s=300.0))
    assert outcome.is_ok, json.dumps(view(outcome))
    assert outcome.verdict.events > 4 * _MEMBERS
