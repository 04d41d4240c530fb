"""Numbers of questions to models over HTTP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from chalicelib.ai.domain.model_statistics import MAX_DAYS, MAX_GROUPS, RELATIVE_ERROR, By
from chalicelib.kernel.schemas import DayIn, Input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ai.domain.model_statistics import Latency, ModelDashboard, ModelNumbers

_MEDIAN, _MOST, _NEARLY_ALL = 0.5, 0.9, 0.99


class ModelDashboardQuery(Input):
    """Of which days, and told apart by what."""

    first: Annotated[
        DayIn | None, Field(alias="from", description="First day (UTC); 29 days before `to` unless given.")
    ] = None
    last: Annotated[
        DayIn | None,
        Field(alias="to", description=f"Last day (UTC), today unless given; {MAX_DAYS} days at most."),
    ] = None
    by: Annotated[By, Field(description="What the groups are.")] = By.DAY


class LatencyView(BaseModel):
    """Milliseconds within which so many percent of the questions lay; null when none was measured."""

    measured: int
    p50_ms: int | None
    p90_ms: int | None
    p99_ms: int | None


class ModelNumbersView(BaseModel):
    """Questions to models, what they consumed, how long they took, and what went wrong.

    `cached_tokens` are part of `prompt_tokens`. `cost_microdollars` is by list prices, without the `unpriced`
    questions to models whose price is not known. `errors` are counted by code; `fallbacks` are questions that
    another provider took over from one that had failed; `cancelled` ones were cut off by the caller.
    """

    requests: int
    prompt_tokens: int
    cached_tokens: int
    answer_tokens: int
    cost_microdollars: int
    unpriced: int
    failed: int
    fallbacks: int
    cancelled: int
    errors: dict[str, int]
    first_token: LatencyView
    total: LatencyView


class ModelGroup(ModelNumbersView):
    """The questions of one group; `name` is a template's, null for other groups and for what is gone."""

    key: str
    name: str | None


class ModelDashboardView(BaseModel):
    """The numbers of questions to models in finished calls and in chats, each on the day of its conversation.

    `groups` has the busiest of the `group_count` groups; of days each, in order. Percentiles are at most
    `relative_error` off.
    """

    first_day: date
    last_day: date
    by: By
    whole: ModelNumbersView
    groups: Annotated[list[ModelGroup], Field(max_length=MAX_GROUPS)]
    group_count: int
    relative_error: float


def model_dashboard_view(found: ModelDashboard, names: Mapping[str, str]) -> ModelDashboardView:
    """Show the dashboard; `names` are those of templates, by id."""
    return ModelDashboardView(
        first_day=found.first,
        last_day=found.last,
        by=found.by,
        whole=ModelNumbersView(**_numbers(found.whole)),
        groups=[
            ModelGroup(key=key, name=names.get(key), **_numbers(numbers))
            for key, numbers in found.groups.items()
        ],
        group_count=found.group_count,
        relative_error=RELATIVE_ERROR,
    )


def _numbers(found: ModelNumbers) -> dict[str, Any]:
    return {
        "requests": found.requests,
        "prompt_tokens": found.prompt_tokens,
        "cached_tokens": found.cached_tokens,
        "answer_tokens": found.answer_tokens,
        "cost_microdollars": found.cost,
        "unpriced": found.unpriced,
        "failed": sum(found.errors.values()),
        "fallbacks": found.fallbacks,
        "cancelled": found.cancelled,
        "errors": dict(sorted(found.errors.items())),
        "first_token": _latency(found.first),
        "total": _latency(found.total),
    }


def _latency(found: Latency) -> LatencyView:
    return LatencyView(
        measured=found.count,
        p50_ms=found.percentile(_MEDIAN),
        p90_ms=found.percentile(_MOST),
        p99_ms=found.percentile(_NEARLY_ALL),
    )
