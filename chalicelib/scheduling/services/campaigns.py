"""Keeping campaigns: making, reading, changing and deleting them; what has them dial is in `launching`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.calls.domain.templates import TemplateChoice
from chalicelib.calls.services.templates import get_chosen
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, about_field
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.campaigns import (
    REMOVABLE,
    Campaign,
    CampaignState,
    changed,
    plan_of,
    stop_of_plan,
)
from chalicelib.scheduling.services.switching import switch_schedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_MAX_TRIES = 10
# What members are called by, and so cannot change once somebody was.
_FIXED = ("template_id", "variants")
# What can still be said of a campaign that is stopped.
_WORDS = frozenset({"name", "description"})
# Until the head is certainly gone: what is left is not deleted while it is there.
_CLEAR_DELAY_S = 5


def create_campaign(scheduling: SchedulingPorts, campaign: Campaign) -> Campaign:
    """Keep a new campaign as a draft, or give the one that has this id.

    Raises `NotFound` for a missing template, or with code `line_not_found` for a number to call from that is
    not ours, and `Invalid` for times that contradict each other.
    """
    check_campaign(scheduling, campaign)
    kept = scheduling.campaigns.add(campaign)
    log("campaign.created", campaign_id=kept.id)
    return kept


def get_campaign(scheduling: SchedulingPorts, campaign_id: str) -> Campaign:
    """Give a campaign; `NotFound`, code `campaign_not_found`."""
    campaign = scheduling.campaigns.get(campaign_id)
    if campaign is None:
        raise NotFound("There is no such campaign.", code="campaign_not_found")
    return campaign


def list_campaigns(scheduling: SchedulingPorts, page_size: int, start: str | None) -> Page[Campaign]:
    """Give campaigns, newest first."""
    return scheduling.campaigns.page(page_size, start)


def change_campaign(
    scheduling: SchedulingPorts, campaign_id: str, changes: Mapping[str, Any], expected_version: int | None
) -> Campaign:
    """Set fields of a campaign, and tell the dialer; changing nothing makes no new version.

    Raises as `create_campaign` does, and `Conflict`: `version_changed` when it is not at `expected_version`,
    `campaign_started` for its template once it has begun, `campaign_over` for all but words when it is
    stopped.
    """
    now = cut_to_millis(scheduling.clock.now())

    def change(newest: Campaign) -> Campaign:
        check_version(newest, expected_version)
        wanted = changed(newest, changes)
        _refuse_too_late(newest, wanted)
        return newest if wanted == newest else replace(wanted, updated_at=now)

    check_campaign(scheduling, change(get_campaign(scheduling, campaign_id)))
    campaign = edit(scheduling, campaign_id, change)
    if campaign.started_at or stop_of_plan(campaign) is None:
        scheduling.calls.plans.put(plan_of(campaign))
    if campaign.state is CampaignState.SCHEDULED and "start_at" in changes:
        switch_schedule(scheduling, campaign_id)
    return campaign


def delete_campaign(scheduling: SchedulingPorts, campaign_id: str, expected_version: int | None) -> None:
    """Delete a campaign that is a draft or over, its members, and its schedule; its calls stay.

    `Conflict` with code `campaign_state` while it could dial, or `version_changed`.
    """
    campaign = get_campaign(scheduling, campaign_id)
    check_version(campaign, expected_version)
    if campaign.state not in REMOVABLE:
        raise Conflict("Stop the campaign before deleting it.", code="campaign_state")
    scheduling.calls.plans.remove(campaign_id)
    scheduling.schedules.remove(campaign_id)
    scheduling.ticks.clear(campaign_id, _CLEAR_DELAY_S)
    if not scheduling.campaigns.remove(campaign):
        switch_schedule(scheduling, campaign_id)
        raise _version_changed()
    log("campaign.deleted", campaign_id=campaign_id)


def clear_campaign(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Delete some of what is left of a deleted campaign, and have the rest deleted after it."""
    if scheduling.campaigns.get(campaign_id) is None and not scheduling.members.clear(campaign_id):
        scheduling.ticks.clear(campaign_id)


def edit(scheduling: SchedulingPorts, campaign_id: str, how: Callable[[Campaign], Campaign]) -> Campaign:
    """Apply `how` to the newest state, again when somebody was faster; give what holds then."""
    for _ in range(_MAX_TRIES):
        old = get_campaign(scheduling, campaign_id)
        new = how(old)
        if new == old:
            return old
        new = replace(new, version=old.version + 1)
        if scheduling.campaigns.save(new):
            if new.state is not old.state:
                log("campaign.moved", campaign_id=campaign_id, was=old.state, state=new.state)
            return new
    raise Conflict("The campaign changes too fast; try again.", code="campaign_changed")


def check_campaign(scheduling: SchedulingPorts, campaign: Campaign) -> None:
    """Refuse what names things that are not there, or times that contradict each other."""
    with about_field("/template_id"):
        get_chosen(scheduling.calls, TemplateChoice(campaign.template_id))
    for number, variant in enumerate(campaign.variants):
        with about_field(f"/variants/{number}"):
            get_chosen(scheduling.calls, variant.choice)
    dialing = campaign.dialing
    with about_field("/lines"):
        for line in dialing.lines:
            if line not in scheduling.calls.lines:
                message = f"{line} is not one of our numbers (TWILIO_FROM_NUMBERS)."
                raise NotFound(message, code="line_not_found")
    if dialing.start_at and dialing.stop_at and dialing.stop_at <= dialing.start_at:
        with about_field("/stop_at"):
            raise Invalid("A campaign must stop after it has started.", code="stop_before_start")


def check_version(campaign: Campaign, expected: int | None) -> None:
    """Raise `Conflict` with code `version_changed` when it is not at the expected version; None: any."""
    if expected is not None and campaign.version != expected:
        raise _version_changed()


def _version_changed() -> Conflict:
    return Conflict("The campaign was changed since you read it.", code="version_changed")


def _refuse_too_late(newest: Campaign, wanted: Campaign) -> None:
    names = {name for name, value in vars(wanted).items() if value != getattr(newest, name)}
    if newest.started_at and names & set(_FIXED):
        raise Conflict("Members were called by its template already.", code="campaign_started")
    if newest.state is CampaignState.STOPPED and names - _WORDS:
        raise Conflict("A stopped campaign dials no more.", code="campaign_over")
