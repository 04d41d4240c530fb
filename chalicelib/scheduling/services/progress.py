"""How far a campaign is, how fast it goes, what is expected of it, and why nobody is dialed if nobody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.checks import HELD
from chalicelib.calls.services.permission import frame_of
from chalicelib.calls.services.templates import template_of_call
from chalicelib.scheduling.domain import standstills
from chalicelib.scheduling.domain.analytics import analytics_of
from chalicelib.scheduling.domain.breaking import dials_per_minute
from chalicelib.scheduling.domain.campaigns import DIALS
from chalicelib.scheduling.domain.member_numbers import TOTAL
from chalicelib.scheduling.domain.members import MemberState
from chalicelib.scheduling.ports.campaigns import ScheduleState
from chalicelib.scheduling.services.adding import is_being_filled
from chalicelib.scheduling.services.campaigns import get_campaign
from chalicelib.system.services.settings import dialing_stop

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.analytics import Analytics
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.forecasts import Forecast
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.system.domain.settings import Stop

_CALLS = 100  # calls of a campaign that are looked at, however many go on
_SCHEDULES = {
    ScheduleState.DISABLED: standstills.SCHEDULE_DISABLED,
    ScheduleState.MISSING: standstills.SCHEDULE_MISSING,
}


@dataclass(frozen=True)
class Progress:
    """A campaign at a moment: its numbers, its pace, its forecast.

    `why` says why nobody is being dialed; None: somebody is. `forecast` is None before the first, and once it
    dials no more.
    """

    schedule: ScheduleState
    numbers: Counter[str]
    dials_per_minute: float
    forecast: Forecast | None
    why: Stop | None


def progress_of(scheduling: SchedulingPorts, campaign: Campaign) -> Progress:
    """Say how far a campaign is; what that reads does not grow with its members."""
    numbers, schedule = scheduling.members.counts(campaign.id), scheduling.schedules.state(campaign.id)
    calls = _current_calls(scheduling, campaign) if numbers[MemberState.CALLING] else []
    recent, now = scheduling.campaigns.recent(campaign.id), scheduling.clock.now()
    stand_for = numbers[MemberState.CALLING] / _CALLS if len(calls) == _CALLS else 1.0
    return Progress(
        schedule=schedule,
        numbers=numbers,
        dials_per_minute=dials_per_minute(recent, calls, campaign.started_at, now, stand_for),
        forecast=scheduling.campaigns.forecast(campaign.id) if campaign.state in DIALS else None,
        why=_why(scheduling, campaign, Standing(schedule, numbers, calls)),
    )


def analyse(scheduling: SchedulingPorts, campaign_id: str) -> tuple[Analytics, Progress]:
    """Give what came of a campaign so far, and how it goes; `NotFound`, code `campaign_not_found`."""
    progress = progress_of(scheduling, get_campaign(scheduling, campaign_id))
    return analytics_of(progress.numbers), progress


@dataclass(frozen=True)
class Standing:
    """What a campaign has at a moment: its schedule, its numbers, its calls that go on or wait."""

    schedule: ScheduleState
    numbers: Counter[str]
    calls: Sequence[Call]


def _current_calls(scheduling: SchedulingPorts, campaign: Campaign) -> list[Call]:
    members = scheduling.members.calling(campaign.id, _CALLS).items
    return scheduling.calls.book.many([member.call_id for member in members])


def _why(scheduling: SchedulingPorts, campaign: Campaign, standing: Standing) -> Stop | None:
    """Give the first thing that keeps anybody from being dialed."""
    if standstills.is_dialing(standing.calls):
        return None
    is_off = campaign.state in DIALS and _SCHEDULES.get(standing.schedule)
    if found := is_off or standstills.by_state(campaign):
        return found
    return (
        dialing_stop(scheduling.calls.system)
        or standstills.by_queue(standing.calls)
        or _nobody_asked_for(scheduling, campaign, standing.numbers)
    )


def _nobody_asked_for(scheduling: SchedulingPorts, campaign: Campaign, numbers: Counter[str]) -> Stop:
    """Say why a campaign that could has asked for no call."""
    if not numbers[MemberState.WAITING]:
        if is_being_filled(scheduling, campaign.id):
            return standstills.BEING_FILLED
        return standstills.NOBODY_LEFT if numbers[TOTAL] else standstills.EMPTY
    due_at = scheduling.members.next_due(campaign.id)
    if due_at is None or due_at <= scheduling.clock.now():
        return _unpaid(scheduling, campaign) or standstills.DUE
    first = scheduling.members.due(campaign.id, due_at, 1)
    status = scheduling.calls.numbers.status(first[0].number) if first and first[0].reason == HELD else None
    if status and status.is_held_at(scheduling.clock.now()):
        return standstills.by_hold(status, due_at)
    return standstills.by_time(first[0].reason if first else "", due_at)


def _unpaid(scheduling: SchedulingPorts, campaign: Campaign) -> Stop | None:
    """Say which budget its calls wait for; None: each is paid for."""
    calls, now = scheduling.calls, scheduling.clock.now()
    templates = (template_of_call(calls, choice) for choice in campaign.choices)
    purses = (frame_of(calls, template, campaign.id).purse for template in templates)
    found = (standstills.by_budget(purse.short(now)) for purse in purses if purse)
    return next((each for each in found if each), None)
