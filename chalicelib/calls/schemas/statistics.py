"""Numbers of calls over HTTP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.statistics import BOUNDS, MAX_DAYS, MAX_TEMPLATE_DAYS, MAX_TEMPLATES
from chalicelib.calls.schemas.fields import Id
from chalicelib.kernel.schemas import DayIn, Input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.calls.domain.statistics import CallDashboard, Lengths, Volume

_MEDIAN, _MOST, _NEARLY_ALL = 0.5, 0.9, 0.99


class CallDashboardQuery(Input):
    """Of which days and which template."""

    first: Annotated[
        DayIn | None, Field(alias="from", description="First day (UTC); 29 days before `to` unless given.")
    ] = None
    last: Annotated[
        DayIn | None,
        Field(alias="to", description=f"Last day (UTC), today unless given; {MAX_DAYS} days at most."),
    ] = None
    template_id: Annotated[Id | None, Field(description="Only calls held by this call template.")] = None
    by_template: Annotated[
        bool,
        Field(
            description=f"Give the numbers of the {MAX_TEMPLATES} busiest call templates too; "
            f"of {MAX_TEMPLATE_DAYS} days at most."
        ),
    ] = False


class VolumeView(BaseModel):
    """How many calls there were, how many the carrier was asked for, and what they cost.

    `answer_rate` is the share of outbound calls that were answered, by a person or a machine, among those
    that the carrier was asked for; null when there were none.
    """

    calls: int
    inbound: int
    outbound: int
    dialed: int
    answered: int
    answered_inbound: int
    answered_outbound: int
    answer_rate: float | None
    cost_microdollars: int


class DayVolume(VolumeView):
    """The calls of a day (UTC)."""

    day: date


class TemplateVolume(VolumeView):
    """The calls of a template; `name` is null when it is no longer there."""

    template_id: str
    name: str | None


class HourCount(BaseModel):
    """How many calls began in this hour of the day (UTC), and how many of them were answered."""

    hour: int
    calls: int
    answered: int


class LengthCount(BaseModel):
    """How many answered calls lasted up to so many seconds, and longer than the part before; null: longer."""

    up_to_s: int | None
    calls: int


class DurationsView(BaseModel):
    """How long answered calls lasted, from answer to end.

    Percentiles are read from the histogram: the bound of the part that holds them; null when there are none,
    or beyond the last bound. Histograms of several periods can be added.
    """

    calls: int
    total_s: int
    average_s: float | None
    p50_s: int | None
    p90_s: int | None
    p99_s: int | None
    histogram: list[LengthCount]


class CallDashboardView(BaseModel):
    """The numbers of finished calls; a call counts on the day (UTC) on which it began.

    Erased calls stay counted. `by_template` has the busiest of the `templates` call templates that had calls;
    empty, and 0, unless one or all of them were asked for. `unknown_statuses` counts statuses of the carrier
    that this version does not know.
    """

    first_day: date
    last_day: date
    template_id: str | None
    volume: VolumeView
    outcomes: dict[Outcome, int]
    durations: DurationsView
    unknown_statuses: int
    by_day: list[DayVolume]
    by_hour: list[HourCount]
    by_template: list[TemplateVolume]
    templates: int


def call_dashboard_view(
    found: CallDashboard, template_id: str | None, names: Mapping[str, str]
) -> CallDashboardView:
    """Show the dashboard, the busiest templates first."""
    return CallDashboardView(
        first_day=found.first,
        last_day=found.last,
        template_id=template_id,
        volume=VolumeView(**_volume(found.volume)),
        outcomes=dict(found.outcomes),
        durations=_durations(found.lengths),
        unknown_statuses=found.unknown_statuses,
        by_day=[DayVolume(day=day, **_volume(volume)) for day, volume in found.by_day.items()],
        by_hour=[
            HourCount(hour=hour, calls=calls, answered=answered)
            for hour, (calls, answered) in enumerate(found.by_hour)
        ],
        by_template=[
            TemplateVolume(template_id=each, name=names.get(each), **_volume(volume))
            for each, volume in found.by_template.items()
        ],
        templates=found.templates,
    )


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "calls": volume.total,
        "inbound": volume.calls[Direction.INBOUND],
        "outbound": volume.calls[Direction.OUTBOUND],
        "dialed": volume.dialed,
        "answered": volume.answered_total,
        "answered_inbound": volume.answered[Direction.INBOUND],
        "answered_outbound": volume.answered[Direction.OUTBOUND],
        "answer_rate": None if volume.answer_rate is None else round(volume.answer_rate, 4),
        "cost_microdollars": volume.cost,
    }


def _durations(lengths: Lengths) -> DurationsView:
    return DurationsView(
        calls=lengths.count,
        total_s=lengths.total_s,
        average_s=round(lengths.total_s / lengths.count, 1) if lengths.count else None,
        p50_s=lengths.percentile(_MEDIAN),
        p90_s=lengths.percentile(_MOST),
        p99_s=lengths.percentile(_NEARLY_ALL),
        histogram=[
            LengthCount(up_to_s=bound, calls=calls)
            for bound, calls in zip((*BOUNDS, None), lengths.parts, strict=True)
        ],
    )
