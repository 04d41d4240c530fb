"""Foretelling what comes of a campaign: before it starts, and while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.allowances import most_of
from chalicelib.calls.domain.budgets import Amount, Budget, Cap, caps_of, pot_of
from chalicelib.calls.domain.pacing import PaceState, rhythm_of_all, rhythm_of_plan
from chalicelib.calls.services.statistics import read_dashboard
from chalicelib.calls.services.templates import get_chosen
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.scheduling.domain.admission import TICK_S, room_for
from chalicelib.scheduling.domain.assuming import Assumptions, assumptions_of, measured
from chalicelib.scheduling.domain.best_hours import best_hour
from chalicelib.scheduling.domain.campaigns import plan_of
from chalicelib.scheduling.domain.forecasts import Forecast, is_stale
from chalicelib.scheduling.domain.foreseeing import foresee
from chalicelib.scheduling.domain.member_numbers import hours_of, left_of
from chalicelib.scheduling.domain.prospects import Allowance, Bounds, Terms, standings
from chalicelib.scheduling.services.campaigns import get_campaign
from chalicelib.scheduling.services.prospects import sample_of
from chalicelib.system.services.settings import current_settings, dialing_stop

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.prospects import Foreseen, Standing
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.scheduling.services.prospects import Sample
    from chalicelib.system.domain.settings import Stop, SystemSettings

SAMPLED = 500  # members that a preview follows at most
_SAMPLED_RUNNING = 30  # members that the forecast of a running campaign follows
_PATIENCE_S, _PATIENCE_RUNNING_S = 12.0, 3.0  # for gathering them; a request has 29 s in all


@dataclass(frozen=True)
class Preview:
    """What would come of a campaign if it dialed from `begins_at` on.

    `stop` says what keeps everything from being dialed now, which the preview leaves aside. `standings` are
    what the rules say of everybody at the beginning; numbers in it and in `foreseen` are of the sample.
    """

    at: datetime
    begins_at: datetime
    stop: Stop | None
    sample: Sample
    standings: tuple[Standing, ...]
    foreseen: Foreseen
    terms: Terms


def preview_campaign(scheduling: SchedulingPorts, campaign: Campaign) -> Preview:
    """Let a campaign run on a virtual clock, by the rules that hold and from where it is; store nothing."""
    now, start_at = scheduling.clock.now(), campaign.dialing.start_at
    begins_at = max(now, start_at) if start_at and campaign.started_at is None else now
    numbers = scheduling.members.counts(campaign.id)
    sample = sample_of(scheduling, campaign, numbers, SAMPLED, _PATIENCE_S)
    terms = terms_of(scheduling, campaign, numbers, sample)
    return Preview(
        at=now,
        begins_at=begins_at,
        stop=dialing_stop(scheduling.calls.system),
        sample=sample,
        standings=tuple(standings(sample.prospects, begins_at)),
        foreseen=foresee(sample.prospects, terms, begins_at),
        terms=terms,
    )


def renew_forecast(scheduling: SchedulingPorts, campaign_id: str) -> None:
    """Keep a fresh forecast of a running campaign for whoever looks at it."""
    campaign, now = get_campaign(scheduling, campaign_id), cut_to_millis(scheduling.clock.now())
    numbers = scheduling.members.counts(campaign_id)
    if is_stale(scheduling.campaigns.forecast(campaign_id), now, left_of(numbers)):
        scheduling.campaigns.keep_forecast(campaign_id, _forecast(scheduling, campaign, numbers, now))


def _forecast(
    scheduling: SchedulingPorts, campaign: Campaign, numbers: Counter[str], now: datetime
) -> Forecast:
    sample = sample_of(scheduling, campaign, numbers, _SAMPLED_RUNNING, _PATIENCE_RUNNING_S)
    terms = terms_of(scheduling, campaign, numbers, sample)
    found, scale = foresee(sample.prospects, terms, now), terms.scale
    return Forecast(
        at=now,
        members=sample.members,
        sampled=len(sample.prospects),
        calls=round(found.calls * scale),
        goals=round(found.goals * scale),
        cost=round(found.cost * scale),
        not_reached=round(sum(found.left.values()) * scale),
        finish_at=cut_to_millis(found.finish_at) if found.finish_at else None,
        basis=terms.assumptions.basis,
    )


def terms_of(scheduling: SchedulingPorts, campaign: Campaign, numbers: Counter[str], sample: Sample) -> Terms:
    """Give the rules, bounds and assumptions by which a campaign is foretold."""
    settings = current_settings(scheduling.calls.system)
    return Terms(
        retries=campaign.retries,
        goal=campaign.goal,
        bounds=_bounds(scheduling, campaign, settings),
        assumptions=assume(scheduling, campaign, numbers),
        scale=sample.scale,
        best_hour=best_hour(hours_of(numbers)) if campaign.retries.best_hour else None,
        stop_at=campaign.dialing.stop_at,
    )


def assume(scheduling: SchedulingPorts, campaign: Campaign, numbers: Counter[str]) -> Assumptions:
    """Say what calls come to: by this campaign's own, else those of its template, else all, else as usual."""
    calls = scheduling.calls
    own_template = read_dashboard(calls, template_id=campaign.choices[0].template_id)
    assumed = assumptions_of(own_template, "template")
    if assumed is None:
        assumed = assumptions_of(read_dashboard(calls), "account")
    return measured(numbers, assumed or Assumptions())


def _bounds(scheduling: SchedulingPorts, campaign: Campaign, settings: SystemSettings) -> Bounds:
    now, plan = scheduling.clock.now(), plan_of(campaign)
    rhythms = (rhythm_of_all(settings.pace.calls_per_second, PaceState(), now), rhythm_of_plan(plan))
    intervals = [rhythm.interval for rhythm in rhythms if rhythm]
    # So many are asked for at each tick.
    intervals.append(timedelta(seconds=TICK_S) / max(1, room_for(campaign.dialing, settings, 0)))
    live = [cap for cap in (settings.caps.live_calls, campaign.dialing.live_calls) if cap]
    allowances = (*_allowances(scheduling, campaign, settings), *_allowances_of_lines(scheduling, campaign))
    return Bounds(max(intervals), min(live, default=None), allowances)


def _allowances(
    scheduling: SchedulingPorts, campaign: Campaign, settings: SystemSettings
) -> tuple[Allowance, ...]:
    calls, today = scheduling.calls, scheduling.clock.now().date()
    template = get_chosen(calls, campaign.choices[0])
    most = most_of(template, settings.budgets.per_call_micros)
    if most is None:
        return (Allowance(Cap(calls=0)),)
    caps = caps_of(settings.budgets, plan_of(campaign))
    pots = {budget: pot_of(budget, campaign.id, today) for budget in caps}
    used = calls.budgets.used(tuple(pots.values())) if pots else {}
    return tuple(
        Allowance(cap, used.get(pots[each], Amount()), each is not Budget.CAMPAIGN, most)
        for each, cap in caps.items()
    )


def _allowances_of_lines(scheduling: SchedulingPorts, campaign: Campaign) -> tuple[Allowance, ...]:
    """Give what the numbers to call from leave: so many calls of each on a day (UTC), if that is limited."""
    lines, limit = campaign.dialing.lines, campaign.dialing.line_calls_per_day
    if not lines or limit is None:
        return ()
    used = scheduling.calls.line_uses.used(lines, scheduling.clock.now().date())
    spent = sum(min(used[line], limit) for line in lines)
    return (Allowance(Cap(calls=len(lines) * limit), Amount(calls=spent), is_daily=True),)
