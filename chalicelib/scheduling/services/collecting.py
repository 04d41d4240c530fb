"""Finding out what came of the calls of a campaign, by reading them: no news can be lost."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.calls.domain.lifecycle import look_again
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.services.withdrawing import call_off
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Unavailable
from chalicelib.scheduling.domain.best_hours import best_hour
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.domain.member_numbers import hours_of
from chalicelib.scheduling.domain.members import CHUNK, MemberChange, after_attempt, never_called
from chalicelib.scheduling.services.asking import ask_for_call

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

CAMPAIGN_STOPPED = "campaign_stopped"
_PAUSED = f"campaign_{CampaignState.PAUSED}"  # why a call was put off, as `stop_of_plan` says it


@dataclass
class Collected:
    """Calls of a campaign: how many are over since the last tick, wait to be dialed, and go on.

    `ended` are those that are over; another worker may have told of some of them.
    """

    over: int = 0
    ended: list[Call] = field(default_factory=list)
    waiting: int = 0
    live: int = 0


def collect(scheduling: SchedulingPorts, campaign: Campaign) -> Collected:
    """Advance every member whose call is over; ask again for calls that nobody came to ask for.

    The calls of a stopped campaign that wait to be dialed are called off.
    """
    collected, start = Collected(), None
    best = _best_hour(scheduling, campaign)
    while True:
        page = scheduling.members.calling(campaign.id, CHUNK, start)
        _collect(scheduling, campaign, list(page.items), collected, best)
        start = page.next_start
        if start is None:
            return collected


def _best_hour(scheduling: SchedulingPorts, campaign: Campaign) -> int | None:
    """Give the hour of the day that retries wait for; None: they do not."""
    if not campaign.retries.best_hour:
        return None
    return best_hour(hours_of(scheduling.members.counts(campaign.id)))


def _collect(
    scheduling: SchedulingPorts,
    campaign: Campaign,
    members: list[Member],
    collected: Collected,
    best: int | None,
) -> None:
    calls = {call.id: call for call in scheduling.calls.book.many([each.call_id for each in members])}
    changes = []
    for member in members:
        call = calls.get(member.call_id)
        new = _without_call(scheduling, campaign, member, collected) if call is None else member
        if call is not None:
            new = after_attempt(member, call, campaign, best)
            if new == member:
                _count(scheduling, campaign, call, collected)
        if new != member:
            changes.append(MemberChange(member, new))
    stored = scheduling.members.save(changes)
    collected.over += len(stored)
    collected.ended += [calls[each.call_id] for each in stored if each.history and each.call_id in calls]


def _without_call(
    scheduling: SchedulingPorts, campaign: Campaign, member: Member, collected: Collected
) -> Member:
    """Ask for the call of a member whose worker died before it came to that, while the campaign runs."""
    if campaign.state is CampaignState.RUNNING:
        collected.waiting += ask_for_call(scheduling, campaign, member)
    return never_called(member, CAMPAIGN_STOPPED) if campaign.is_over else member


def _count(scheduling: SchedulingPorts, campaign: Campaign, call: Call, collected: Collected) -> None:
    if call.state is not CallState.QUEUED:
        collected.live += 1
        return
    collected.waiting += 1
    if campaign.is_over:
        call_off(scheduling.calls, call.id, CAMPAIGN_STOPPED)
    elif campaign.state is CampaignState.RUNNING and call.decision and call.decision.reason == _PAUSED:
        _go_on(scheduling, call)


def _go_on(scheduling: SchedulingPorts, call: Call) -> None:
    """Have a call dialed at once that was put off while its campaign was paused."""
    now = cut_to_millis(scheduling.clock.now())
    _, newest = scheduling.calls.book.change(call.id, lambda newest: _due(newest, now))
    if newest.state is CallState.QUEUED:
        with suppress(Unavailable):  # a lost wake-up costs a minute: the sweep finds the call
            scheduling.calls.wakeups.attend(call.id)


def _due(call: Call, now: datetime) -> Call:
    is_later = call.state is CallState.QUEUED and call.look_at is not None and call.look_at > now
    return look_again(call, now) if is_later else call
