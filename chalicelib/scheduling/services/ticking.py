"""Advancing a campaign: what came of its calls, who is called next, and whether anybody is left.

One worker at a time advances a campaign. Whatever it leaves undone when it dies, the next tick finds: a call
is asked for by an id that follows from member and attempt, and what came of it is read from the call itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.ids import new_id
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.admission import TICK_S
from chalicelib.scheduling.domain.campaigns import CampaignState, plan_of
from chalicelib.scheduling.domain.member_numbers import left_of
from chalicelib.scheduling.ports.campaigns import Turn
from chalicelib.scheduling.services.adding import is_being_filled
from chalicelib.scheduling.services.admitting import admit
from chalicelib.scheduling.services.breaking import break_circuit, remember
from chalicelib.scheduling.services.collecting import collect
from chalicelib.scheduling.services.foretelling import renew_forecast
from chalicelib.scheduling.services.launching import (
    begin_campaign,
    complete_campaign,
    finish_halt,
    settle,
    start_campaign,
    stop_campaign,
)
from chalicelib.scheduling.services.switching import restore_schedule, switch_schedule
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

# As long as the function may run: nobody else begins while its worker could still be at work.
TURN = timedelta(seconds=60)
_SLOW_TICK_S = 30  # between ticks that only follow calls which go on, or wait for the start time
# A running campaign is ticked for no longer without its schedule: who disables that stops it.
_LONGEST_CHAIN = timedelta(minutes=1)
_OVER = Stop("stop_time", "Its stop time has come.")


@dataclass
class Ticked:
    """What a tick did: calls that were over, members asked for, and whether to tick again soon.

    `goes_on`: the campaign runs, and somebody is left.
    """

    collected: int = 0
    admitted: int = 0
    again_s: int = field(default=0)
    goes_on: bool = False


def tick(scheduling: SchedulingPorts, campaign_id: str, until: datetime) -> Ticked | None:
    """Advance a campaign, and have it advanced again until then; None when it is another worker's turn.

    Harmless when repeated, late or in vain. Beyond a minute only calls that go on are followed: such a tick
    comes again when it is another's turn, since nothing else may tick a campaign that dials no more.
    """
    now = cut_to_millis(scheduling.clock.now())
    turn = Turn(new_id("turn"), now + TURN)
    is_long = until > now + _LONGEST_CHAIN
    if not scheduling.campaigns.take_turn(campaign_id, turn, now):
        if is_long:
            scheduling.ticks.tick(campaign_id, until, TICK_S)
        return None
    try:
        ticked = _advance(scheduling, campaign_id)
    finally:
        scheduling.campaigns.end_turn(campaign_id, turn)
    again_at = scheduling.clock.now() + timedelta(seconds=ticked.again_s)
    if ticked.again_s and again_at <= until and not (is_long and ticked.goes_on):
        scheduling.ticks.tick(campaign_id, until, ticked.again_s)
    elif not is_long:  # from here on its schedule alone has it advanced
        restore_schedule(scheduling, campaign_id)
    if ticked.goes_on:
        _foretell(scheduling, campaign_id)
    return ticked


def _foretell(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Renew the forecast when all is done: whatever becomes of that, nobody is called the less."""
    try:
        renew_forecast(scheduling, campaign_id)
    except AppError as error:
        log("campaign.not_foretold", campaign_id=campaign_id, code=error.code)


def _advance(scheduling: SchedulingPorts, campaign_id: str) -> Ticked:
    campaign = scheduling.campaigns.get(campaign_id)
    if campaign is None or campaign.state is CampaignState.DRAFT:
        switch_schedule(scheduling, campaign_id)  # somebody who started it died, or it was deleted meanwhile
        return Ticked()
    if campaign.state is CampaignState.SCHEDULED:
        if _is_early(scheduling, campaign):
            return Ticked(again_s=_SLOW_TICK_S)
        campaign = begin_campaign(scheduling, campaign)
    stop_at = campaign.dialing.stop_at
    if campaign.state is CampaignState.RUNNING and stop_at and stop_at <= scheduling.clock.now():
        campaign = stop_campaign(scheduling, campaign_id, _OVER)
    if campaign.state is CampaignState.RUNNING:
        campaign = _tell_rules(scheduling, campaign)
    if campaign.state is CampaignState.RUNNING:
        return _run(scheduling, campaign)
    return _follow(scheduling, campaign)


def _is_early(scheduling: SchedulingPorts, campaign: Campaign) -> bool:
    start_at = campaign.dialing.start_at
    return start_at is not None and start_at > scheduling.clock.now()


def _run(scheduling: SchedulingPorts, campaign: Campaign) -> Ticked:
    """Collect, admit, and end the campaign when nobody is left."""
    collected = collect(scheduling, campaign)
    recent = remember(scheduling, campaign, collected.ended)
    if break_circuit(scheduling, campaign, recent):
        return Ticked(collected.over)
    admitted = admit(scheduling, campaign, collected.waiting)
    log(
        "campaign.ticked",
        campaign_id=campaign.id,
        collected=collected.over,
        admitted=admitted,
        waiting=collected.waiting,
        live=collected.live,
    )
    if not (admitted or collected.waiting or collected.live) and _is_done(scheduling, campaign):
        complete_campaign(scheduling, campaign)
        if not _is_done(scheduling, campaign):
            start_campaign(scheduling, campaign.id)  # somebody added members in this very moment
        else:
            switch_schedule(scheduling, campaign.id)
        return Ticked(collected.over)
    return Ticked(collected.over, admitted, TICK_S, goes_on=True)


def _follow(scheduling: SchedulingPorts, campaign: Campaign) -> Ticked:
    """Collect what came of the last calls of a campaign that dials no more."""
    settle(scheduling, campaign.id)
    collected = collect(scheduling, campaign)
    remember(scheduling, campaign, collected.ended)
    goes_on = collected.waiting or collected.live
    if campaign.state is CampaignState.COMPLETED and not _is_done(scheduling, campaign):
        start_campaign(scheduling, campaign.id)
    elif not goes_on:
        switch_schedule(scheduling, campaign.id)
    return Ticked(collected.over, 0, _SLOW_TICK_S if goes_on else 0)


def _tell_rules(scheduling: SchedulingPorts, campaign: Campaign) -> Campaign:
    """Have the dialer obey the newest rules, should whoever changed them not have come to it.

    Gives the campaign as it is then: a halt that only the dialer was told of is carried out.
    """
    plan = scheduling.calls.plans.get(campaign.id)
    if plan is None or plan.version < campaign.version:
        scheduling.calls.plans.put(plan_of(campaign))
    if plan is None or plan.stop is None:
        return campaign
    settle(scheduling, campaign.id)
    return finish_halt(scheduling, campaign)


def _is_done(scheduling: SchedulingPorts, campaign: Campaign) -> bool:
    # In this order: whoever a job has added that is over by now is counted.
    return not is_being_filled(scheduling, campaign.id) and _nobody_is_left(scheduling, campaign)


def _nobody_is_left(scheduling: SchedulingPorts, campaign: Campaign) -> bool:
    return not left_of(scheduling.members.counts(campaign.id))
