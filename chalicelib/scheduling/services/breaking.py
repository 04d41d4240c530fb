"""The circuit breaker: a campaign of which too many calls fail is paused, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.logs import log
from chalicelib.scheduling.domain.breaking import tripped, with_calls
from chalicelib.scheduling.services.launching import pause_campaign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.breaking import Recent
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def remember(scheduling: SchedulingPorts, campaign: Campaign, ended: Sequence[Call]) -> Recent:
    """Keep what calls that are over tell.

    A worker that dies before this loses what its calls told of failures, and nothing else.
    """
    kept = scheduling.campaigns.recent(campaign.id)
    recent = with_calls(kept, ended, campaign, scheduling.clock.now())
    if recent.since != kept.since or any(call.dialed_at for call in ended):
        scheduling.campaigns.keep_recent(campaign.id, recent)
    return recent


def break_circuit(scheduling: SchedulingPorts, campaign: Campaign, recent: Recent) -> bool:
    """Pause a campaign when too many of its latest calls failed; tell whether it was.

    Resuming it forgets them, so that it can go on.
    """
    reason = tripped(campaign.breaker, recent)
    if reason is None:
        return False
    pause_campaign(scheduling, campaign.id, reason)
    log("campaign.broken", campaign_id=campaign.id, explanation=reason.explanation)
    return True
