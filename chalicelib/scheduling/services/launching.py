"""Having campaigns dial, and not: start, pause, resume, stop, complete.

What stops is written first where the dialer sees it, so that nothing is dialed after it; what starts is
written last. Each act may be repeated after a crash: it does what is left of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, about_field
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.campaigns import Act, CampaignState, acted, plan_of, stop_of_plan
from chalicelib.scheduling.domain.member_numbers import TOTAL
from chalicelib.scheduling.services.adding import is_being_filled
from chalicelib.scheduling.services.campaigns import check_campaign, check_version, edit, get_campaign
from chalicelib.scheduling.services.switching import switch_schedule
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

# A tick goes on for so long by itself: until the next of the schedule, which can be disabled.
CHAIN = timedelta(seconds=55)
# For so long calls that go on are followed when nothing else ticks the campaign: a call lasts an hour at
# most, and what it cost is known soon afterwards.
WIND_DOWN = timedelta(minutes=90)
BY_OPERATOR = Stop("operator", "Somebody asked for it.")
_UNANSWERED = Stop("unanswered", "It was asked for, and whoever did it broke off before the answer.")


def start_campaign(
    scheduling: SchedulingPorts, campaign_id: str, expected_version: int | None = None
) -> Campaign:
    """Have a campaign dial, from now on or from its start time.

    `Conflict` with code `campaign_state` or `campaign_empty`, and errors as of `create_campaign`.
    """
    return _go(scheduling, campaign_id, Act.START, expected_version)


def resume_campaign(
    scheduling: SchedulingPorts, campaign_id: str, expected_version: int | None = None
) -> Campaign:
    """Have a paused campaign dial again; `Conflict`, code `campaign_state`."""
    return _go(scheduling, campaign_id, Act.RESUME, expected_version)


def check_start(scheduling: SchedulingPorts, campaign_id: str) -> Campaign:
    """Give a campaign that can be started as it is; raises what `start_campaign` would."""
    return _checked(scheduling, campaign_id, Act.START, None)[0]


def check_resume(scheduling: SchedulingPorts, campaign_id: str) -> Campaign:
    """Give a campaign that can be resumed as it is; raises what `resume_campaign` would."""
    return _checked(scheduling, campaign_id, Act.RESUME, None)[0]


def begin_campaign(scheduling: SchedulingPorts, campaign: Campaign) -> Campaign:
    """Have a scheduled campaign run, now that its start time has come."""
    now = cut_to_millis(scheduling.clock.now())
    return edit(scheduling, campaign.id, lambda newest: acted(newest, Act.BEGIN, now))


def pause_campaign(
    scheduling: SchedulingPorts,
    campaign_id: str,
    reason: Stop = BY_OPERATOR,
    expected_version: int | None = None,
) -> Campaign:
    """Have nothing of a campaign dialed until it is resumed; calls that go on, go on.

    Nothing is dialed after this was written. `Conflict`, code `campaign_state`.
    """
    return _halt(scheduling, campaign_id, Act.PAUSE, reason, expected_version)


def stop_campaign(
    scheduling: SchedulingPorts,
    campaign_id: str,
    reason: Stop = BY_OPERATOR,
    expected_version: int | None = None,
) -> Campaign:
    """End a campaign for good; calls that wait are called off, and those that go on, go on.

    Nothing is dialed after this was written. `Conflict`, code `campaign_state`.
    """
    return _halt(scheduling, campaign_id, Act.STOP, reason, expected_version)


def finish_halt(scheduling: SchedulingPorts, campaign: Campaign) -> Campaign:
    """Carry out a pause or a stop of a running campaign of which only the dialer was told; give what holds.

    Whoever was at it may still be: then both come to the same.
    """
    plan = scheduling.calls.plans.get(campaign.id)
    if plan is None or plan.stop is None:
        return campaign
    halt = stop_campaign if plan.stop.code == f"campaign_{CampaignState.STOPPED}" else pause_campaign
    try:
        return halt(scheduling, campaign.id, _UNANSWERED, campaign.version)
    except Conflict:  # it was changed in this very moment
        return get_campaign(scheduling, campaign.id)


def complete_campaign(scheduling: SchedulingPorts, campaign: Campaign) -> Campaign:
    """End a campaign of which nobody is left to be called; whoever does switches its schedule afterwards."""
    now = cut_to_millis(scheduling.clock.now())
    return edit(scheduling, campaign.id, lambda newest: acted(newest, Act.COMPLETE, now))


def _go(scheduling: SchedulingPorts, campaign_id: str, act: Act, expected_version: int | None) -> Campaign:
    now = cut_to_millis(scheduling.clock.now())
    campaign, going = _checked(scheduling, campaign_id, act, expected_version)
    scheduling.calls.plans.put(plan_of(campaign))
    waits = going.state is CampaignState.SCHEDULED
    scheduling.schedules.enable(campaign_id, campaign.dialing.start_at if waits else None)
    try:
        going = edit(scheduling, campaign_id, lambda newest: acted(newest, act, now))
    finally:
        settle(scheduling, campaign_id)
        switch_schedule(scheduling, campaign_id)
    scheduling.ticks.tick(campaign_id, now + CHAIN)
    return going


def _checked(
    scheduling: SchedulingPorts, campaign_id: str, act: Act, expected_version: int | None
) -> tuple[Campaign, Campaign]:
    """Give a campaign as it is, and as it would be after the act, when nothing speaks against that."""
    campaign = get_campaign(scheduling, campaign_id)
    check_version(campaign, expected_version)
    going = acted(campaign, act, cut_to_millis(scheduling.clock.now()))
    check_campaign(scheduling, campaign)
    _check_stop_time(scheduling, campaign)
    if not (scheduling.members.counts(campaign_id)[TOTAL] or is_being_filled(scheduling, campaign_id)):
        raise Conflict("Nobody is in this campaign; add members first.", code="campaign_empty")
    return campaign, going


def _check_stop_time(scheduling: SchedulingPorts, campaign: Campaign) -> None:
    """Refuse to have a campaign dial whose next tick would stop it for good; a completed one ends anyway."""
    stop_at = campaign.dialing.stop_at
    if stop_at and stop_at <= scheduling.clock.now() and not campaign.is_over:
        with about_field("/stop_at"):
            raise Invalid("Its stop time has come: change it first.", code="stop_before_start")


def _halt(
    scheduling: SchedulingPorts, campaign_id: str, act: Act, reason: Stop, expected_version: int | None
) -> Campaign:
    campaign = get_campaign(scheduling, campaign_id)
    check_version(campaign, expected_version)
    now = cut_to_millis(scheduling.clock.now())
    halted = acted(campaign, act, now, reason)
    scheduling.calls.plans.stop(campaign_id, stop_of_plan(halted), campaign.version + 1)
    log("campaign.halted", campaign_id=campaign_id, act=act, reason=reason.code)
    try:
        halted = edit(scheduling, campaign_id, lambda newest: acted(newest, act, now, reason))
    finally:
        settle(scheduling, campaign_id)
    scheduling.ticks.tick(campaign_id, now + WIND_DOWN, delay_s=1)
    switch_schedule(scheduling, campaign_id)
    return halted


def settle(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Have the dialer obey the state that is stored, unless a later one has been told meanwhile."""
    campaign = scheduling.campaigns.get(campaign_id)
    if campaign:
        scheduling.calls.plans.stop(campaign_id, stop_of_plan(campaign), campaign.version)
