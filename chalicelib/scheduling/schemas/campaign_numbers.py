"""Campaigns in numbers, as the API shows them: progress, analytics; money as decimal strings of dollars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from chalicelib.calls.schemas.fields import View
from chalicelib.kernel.money import dollars
from chalicelib.kernel.schemas import Instant

if TYPE_CHECKING:
    from chalicelib.scheduling.domain.analytics import Analytics, AttemptCount, Funnel, VariantCount
    from chalicelib.scheduling.domain.forecasts import Forecast
    from chalicelib.scheduling.domain.intervals import Share
    from chalicelib.scheduling.services.progress import Progress


class ReasonView(View):
    """Why something does not go on: a code for programs, a sentence for people."""

    code: str
    explanation: str


Why = Annotated[
    ReasonView | None, Field(description="Why nobody is being dialed, in one line; null: somebody is.")
]


class ShareView(View):
    """So many of so many, and the Wilson 95 % interval of the true rate; nulls where nothing was counted."""

    count: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


class AttemptCountView(BaseModel):
    """Dialed calls of one attempt that are over, and those of them that somebody, or a machine, answered."""

    attempt: int
    calls: int
    answered: ShareView


class FunnelView(View):
    """Members, those dialed, those reached by an answered call, and those who came to the goal."""

    members: int
    tried: int
    reached: int
    goals: int


class ForecastView(BaseModel):
    """What was expected at `at` of what is left; renewed while the campaign runs.

    `sampled` of the `members` who are left were followed on a virtual clock, by the real rules; `basis` says
    where the assumed outcomes are from. `not_reached` nobody will call (again) although they wait.
    """

    at: Instant
    members: int
    sampled: int
    calls: int
    goals: int
    cost: str
    not_reached: int
    finish_at: Instant | None
    basis: str


class ProgressView(BaseModel):
    """How far a campaign is, how fast it dials (over the last ten minutes), and what is expected."""

    calls: int
    goals: int
    cost: str
    attempts: list[AttemptCountView]
    dials_per_minute: float
    forecast: ForecastView | None
    why: Why


class VariantNumbers(BaseModel):
    """What came of the members of one variant; `conversion` is the share of goals among those dialed."""

    template_id: str
    version: int | None
    funnel: FunnelView
    conversion: ShareView
    cost: str
    cost_per_goal: str | None


class CampaignAnalytics(BaseModel):
    """What came of a campaign's calls that are over, and how it goes.

    `conversion` is the share of goals among members dialed. `outcomes` are of calls, `done` the last ones of
    members who are done, `skipped` the reasons of members who are. `by_hour` are the answered ones of the
    calls dialed in each hour, 0 to 23, by the clocks where the number may be. Where the intervals of two
    variants do not overlap, chance alone is an unlikely reason for the difference.
    """

    funnel: FunnelView
    conversion: ShareView
    calls: int
    outcomes: dict[str, int]
    done: dict[str, int]
    skipped: dict[str, int]
    attempts: list[AttemptCountView]
    by_hour: list[ShareView]
    cost: str
    cost_per_goal: str | None
    variants: list[VariantNumbers]
    dials_per_minute: float
    forecast: ForecastView | None
    why: Why


def progress_view(found: Analytics, progress: Progress) -> ProgressView:
    """Give how far a campaign is."""
    return ProgressView(
        calls=found.calls,
        goals=found.funnel.goals,
        cost=dollars(found.cost),
        attempts=[_attempt(each) for each in found.attempts],
        **_pace(progress),
    )


def analytics_view(found: Analytics, progress: Progress) -> CampaignAnalytics:
    """Give a campaign in numbers."""
    return CampaignAnalytics(
        funnel=_funnel(found.funnel),
        conversion=_share(found.conversion),
        calls=found.calls,
        outcomes={outcome.value: count for outcome, count in found.outcomes.items()},
        done={outcome.value: count for outcome, count in found.done.items()},
        skipped=dict(found.skipped),
        attempts=[_attempt(each) for each in found.attempts],
        by_hour=[_share(each) for each in found.by_hour],
        cost=dollars(found.cost),
        cost_per_goal=_dollars(found.cost_per_goal),
        variants=[_variant(each) for each in found.variants],
        **_pace(progress),
    )


def _pace(progress: Progress) -> dict[str, Any]:
    return {
        "dials_per_minute": round(progress.dials_per_minute, 2),
        "forecast": _forecast(progress.forecast),
        "why": progress.why and ReasonView.model_validate(progress.why),
    }


def _forecast(forecast: Forecast | None) -> ForecastView | None:
    if forecast is None:
        return None
    return ForecastView(**vars(forecast) | {"cost": dollars(forecast.cost)})


def _share(share: Share) -> ShareView:
    return ShareView.model_validate(share)


def _funnel(funnel: Funnel) -> FunnelView:
    return FunnelView.model_validate(funnel)


def _attempt(count: AttemptCount) -> AttemptCountView:
    return AttemptCountView(attempt=count.attempt, calls=count.calls, answered=_share(count.answered))


def _variant(found: VariantCount) -> VariantNumbers:
    return VariantNumbers(
        template_id=found.variant.template_id,
        version=found.variant.version,
        funnel=_funnel(found.funnel),
        conversion=_share(found.conversion),
        cost=dollars(found.cost),
        cost_per_goal=_dollars(found.cost_per_goal),
    )


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else dollars(amount)
