"""A campaign asks for no more calls than budgets pay for."""

from __future__ import annotations

import pytest
from unit.scheduling.stage import ID, Stage

from chalicelib.calls.domain.budgets import ALL, TOTAL, Amount, Pot
from chalicelib.calls.domain.dial_plans import Limits
from chalicelib.calls.services.dialing import attend
from chalicelib.scheduling.domain.campaigns import CampaignState, Dialing
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.services.campaigns import change_campaign
from chalicelib.scheduling.services.launching import resume_campaign
from chalicelib.scheduling.services.progress import progress_of
from chalicelib.system.domain.settings import Budgets
from chalicelib.system.services.settings import change_settings


def _stage(calls, limits=None):
    calls.clock.advance(hours=6)  # ten in the morning in California
    stage = Stage(calls, 3, dialing=Dialing(limits=limits or Limits()))
    stage.start()
    return stage


def _waiting(stage):
    return [member for member in stage.members if member.state is MemberState.WAITING]


def test_no_more_is_asked_for_than_is_paid_for(calls):
    """What it has waiting in the queue counts already."""
    stage = _stage(calls, Limits(calls_per_day=2))
    assert [stage.tick().admitted for _ in range(2)] == [2, 0]
    for call in stage.of_campaign:
        attend(stage.calls, call.id)
    assert stage.calls.telephony.asked == 2
    assert stage.tick().admitted == 0


def test_members_wait_without_a_time_for_a_budget(calls):
    """So that they go on at the next tick when it is raised; and on the next day."""
    change_settings(calls.system, {"budgets": Budgets(calls_per_day=2)}, None)
    stage = _stage(calls)
    stage.calls.shelf.budgets[Pot(ALL, "2026-03-03")] = Amount(0, 2)
    due = [member.next_at for member in stage.members]
    assert stage.tick().admitted == 0
    assert [member.next_at for member in _waiting(stage)] == due
    change_settings(stage.calls.system, {"budgets": Budgets(calls_per_day=3)}, None)
    assert stage.tick().admitted == 1
    stage.clock.advance(hours=24)
    assert stage.tick().admitted == 2


def test_money_that_is_held_is_waited_for(calls):
    """Nobody is skipped while calls that go on may give some back."""
    stage = _stage(calls, Limits(micros=3_000_000))
    stage.calls.shelf.budgets[Pot(ID, TOTAL)] = Amount(3_000_000, 2, 3_000_000)
    assert stage.tick().admitted == 0
    assert len(_waiting(stage)) == 3


@pytest.mark.parametrize("limits", [Limits(calls=2), Limits(micros=1)])
def test_a_campaign_that_has_spent_its_money_is_paused_and_loses_nobody(calls, limits):
    """With the reason; nothing is asked for. It goes on when it is raised and resumed, and not before."""
    stage = _stage(calls, limits)
    stage.calls.shelf.budgets[Pot(ID, TOTAL)] = Amount(0, 2)
    for _ in range(2):
        assert _why(stage).code == "campaign_budget_spent"
        assert stage.tick().admitted == 0
        campaign = stage.scheduling.campaigns.get(ID)
        assert (campaign.state, campaign.reason.code) == (CampaignState.PAUSED, "campaign_budget_spent")
        assert len(_waiting(stage)) == 3
        resume_campaign(stage.scheduling, ID)
    change_campaign(stage.scheduling, ID, {"limits": Limits(calls=9)}, None)
    assert stage.tick().admitted == 3


def test_a_campaign_whose_last_call_spends_the_rest_completes(calls):
    """Nobody is left for whom money is wanting."""
    stage = _stage(calls, Limits(calls=3))
    assert stage.tick().admitted == 3
    stage.calls.shelf.budgets[Pot(ID, TOTAL)] = Amount(0, 3)
    stage.end_calls()
    stage.tick()
    assert stage.state is CampaignState.COMPLETED


def _why(stage):
    return progress_of(stage.scheduling, stage.scheduling.campaigns.get(ID)).why


def test_why_names_the_budget_that_members_wait_for(calls):
    """Nobody is asked for, and the line says until when; not that the next tick calls them."""
    stage = _stage(calls, Limits(calls_per_day=2))
    stage.calls.shelf.budgets[Pot(ID, "2026-03-03")] = Amount(0, 2)
    assert stage.tick().admitted == 0
    why = progress_of(stage.scheduling, stage.scheduling.campaigns.get(ID)).why
    assert why.code == "campaign_day_budget_spent"
    assert "2026-03-04 00:00 UTC" in why.explanation
