"""Switching a campaign's own schedule on and off, as the stored state wants it.

What somebody switched off in the AWS console stays off until an act of an operator has the campaign go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.campaigns import DIALS, CampaignState
from chalicelib.scheduling.ports.campaigns import ScheduleState

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_TRIES = 5  # who finds that often that the state has changed leaves it to those who change it


def switch_schedule(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Have the schedule stand as the state that is stored wants it, whoever changes that meanwhile.

    Whoever sets it looks at the state once more: of several, the last to set it has seen the last state.
    """
    wanted = _wanted(scheduling, campaign_id)
    for _ in range(_TRIES):
        _set(scheduling, campaign_id, *wanted)
        newest = _wanted(scheduling, campaign_id)
        if newest == wanted:
            return
        wanted = newest


def restore_schedule(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Switch a schedule on again that a pause has switched off, when the campaign dials by now.

    So it is left when a pause dies that came to the schedule after the resume that followed it. The cloud's
    failure is logged: the campaign was advanced, and the next chain looks again.
    """
    try:
        wanted, _ = _wanted(scheduling, campaign_id)
        if wanted is ScheduleState.ENABLED and scheduling.schedules.is_paused(campaign_id):
            switch_schedule(scheduling, campaign_id)
    except Unavailable as error:
        log("campaign.not_switched", campaign_id=campaign_id, code=error.code)


def _wanted(scheduling: SchedulingPorts, campaign_id: str) -> tuple[ScheduleState, datetime | None]:
    """Give how the schedule is to stand, and from when on; only what was started has one."""
    campaign = scheduling.campaigns.get(campaign_id)
    if campaign and campaign.state in DIALS:
        waits = campaign.state is CampaignState.SCHEDULED
        return ScheduleState.ENABLED, campaign.dialing.start_at if waits else None
    is_paused = campaign is not None and campaign.state is CampaignState.PAUSED
    return ScheduleState.DISABLED if is_paused else ScheduleState.MISSING, None


def _set(
    scheduling: SchedulingPorts, campaign_id: str, state: ScheduleState, starts_at: datetime | None
) -> None:
    if state is ScheduleState.ENABLED:
        scheduling.schedules.enable(campaign_id, starts_at)
    elif state is ScheduleState.DISABLED:
        scheduling.schedules.disable(campaign_id)
    else:
        scheduling.schedules.remove(campaign_id)
