"""Campaigns as the API shows them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.money import dollars
from chalicelib.kernel.schemas import Instant
from chalicelib.scheduling.domain.analytics import analytics_of
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.ports.campaigns import ScheduleState
from chalicelib.scheduling.schemas.campaign_numbers import ProgressView, ReasonView, progress_view
from chalicelib.scheduling.schemas.campaign_previews import PreviewView, preview_view
from chalicelib.system.schemas.settings import HoursSection

if TYPE_CHECKING:
    from collections import Counter

    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.retries import RetryRules
    from chalicelib.scheduling.services.foretelling import Preview
    from chalicelib.scheduling.services.progress import Progress


class VariantView(View):
    """A template, or a version of it, by which some members are called."""

    template_id: str
    weight: int
    version: int | None


class LimitsView(BaseModel):
    """What the campaign may spend, in dollars, and how many calls it may place; null: no limit."""

    usd: str | None
    calls: int | None
    usd_per_day: str | None
    calls_per_day: int | None


class RetryView(View):
    """What follows an outcome."""

    times: int
    gaps_s: list[int]


class RetriesView(BaseModel):
    """How often somebody is called in all, and after which outcomes again."""

    max_attempts: int
    after: dict[str, RetryView]
    best_hour: bool


class BreakerView(View):
    """What pauses the campaign by itself."""

    failed_percent: int
    calls: int


class MemberCounts(BaseModel):
    """How many members there are, and where they stand; the four states add up to the total."""

    total: int
    waiting: int
    calling: int
    done: int
    skipped: int


class CampaignView(BaseModel):
    """A campaign; lists leave out `schedule`, `members` and `progress`."""

    id: str
    name: str
    description: str
    state: CampaignState
    reason: ReasonView | None
    template_id: str
    variants: list[VariantView]
    priority: int
    hours: HoursSection | None
    holidays: list[date]
    start_at: Instant | None
    stop_at: Instant | None
    lines: list[str]
    line_calls_per_day: int | None
    live_calls: int | None
    calls_per_minute: int | None
    calls_per_number_per_day: int | None
    limits: LimitsView
    retries: RetriesView
    goal: list[Outcome]
    breaker: BreakerView | None
    created_at: Instant
    created_by: str
    updated_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    version: int
    schedule: Annotated[
        ScheduleState | None, Field(description="Its schedule in EventBridge Scheduler; null in lists.")
    ]
    members: Annotated[MemberCounts | None, Field(description="Null in lists.")]
    progress: Annotated[ProgressView | None, Field(description="Null in lists.")]
    preview: Annotated[
        PreviewView | None,
        Field(description="What would come of it, where `validate_only` asked; else null."),
    ]


class CampaignList(BaseModel):
    """One page of campaigns, newest first; the page token, if any, asks for the next."""

    items: list[CampaignView]
    next_page_token: str | None


def campaign_view(
    campaign: Campaign, progress: Progress | None = None, preview: Preview | None = None
) -> CampaignView:
    """Give a campaign as the API shows it."""
    dialing, retries, limits = campaign.dialing, campaign.retries, campaign.dialing.limits
    shown = vars(campaign) | {
        **vars(dialing),
        "reason": campaign.reason and ReasonView.model_validate(campaign.reason),
        "variants": [VariantView.model_validate(each) for each in campaign.variants],
        "hours": dialing.hours and HoursSection.model_validate(dialing.hours),
        "holidays": sorted(dialing.holidays),
        "limits": LimitsView(
            usd=_dollars(limits.micros),
            calls=limits.calls,
            usd_per_day=_dollars(limits.micros_per_day),
            calls_per_day=limits.calls_per_day,
        ),
        "retries": _retries_view(retries),
        "goal": sorted(campaign.goal),
        "breaker": campaign.breaker and BreakerView.model_validate(campaign.breaker),
        "schedule": progress and progress.schedule,
        "members": progress and _counts(progress.numbers),
        "progress": progress and progress_view(analytics_of(progress.numbers), progress),
        "preview": preview and preview_view(preview),
    }
    return CampaignView(**{name: shown[name] for name in CampaignView.model_fields})


def _counts(numbers: Counter[str]) -> MemberCounts:
    return MemberCounts(**{name: numbers[name] for name in MemberCounts.model_fields})


def _retries_view(rules: RetryRules) -> RetriesView:
    after = {outcome.value: RetryView.model_validate(retry) for outcome, retry in rules.after.items()}
    return RetriesView(max_attempts=rules.max_attempts, after=after, best_hour=rules.best_hour)


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else dollars(amount)
