"""Numbers of contacts over HTTP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, Field

from chalicelib.crm.domain.counting import MAX_DAYS
from chalicelib.kernel.schemas import Input, Instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.domain.counting import Dashboard


class DashboardQuery(Input):
    """How far back new contacts are shown by day."""

    days: Annotated[int, Field(ge=1, le=MAX_DAYS, description="Days (UTC) of new contacts, today last.")] = 30


class RecountIn(Input):
    """Whether what a recount finds wrong is put right."""

    repair: bool = False


class TagCount(BaseModel):
    """How many contacts carry a tag."""

    tag_id: str
    name: str
    count: int


class DayCount(BaseModel):
    """How many contacts were created on a day (UTC)."""

    day: date
    count: int


class CoverageView(BaseModel):
    """How many contacts have granted something, revoked it, and said nothing of it."""

    granted: int
    revoked: int
    unanswered: int


class DashboardView(BaseModel):
    """The numbers of all contacts as of an instant; counters follow the contacts within a second or so.

    `suppressed` counts contacts whose first number nobody may dial. `reachable_now` counts those who are
    neither suppressed nor marked do-not-contact, and in every time zone of whose number, and in their own, it
    is between 8:00 and 21:00 at `as_of`.
    """

    as_of: Instant
    total: int
    by_status: dict[str, int]
    by_source: dict[str, int]
    by_tag: list[TagCount]
    new_by_day: list[DayCount]
    consents: dict[str, CoverageView]
    suppressed: int
    reachable_now: int


def dashboard_view(dashboard: Dashboard, tag_names: Mapping[str, str]) -> DashboardView:
    """Show the dashboard, with tags by their names, the most frequent first."""
    tags = [
        TagCount(tag_id=tag, name=name, count=dashboard.by_tag.get(tag, 0)) for tag, name in tag_names.items()
    ]
    days = sorted(dashboard.new_by_day.items())
    return DashboardView(
        as_of=dashboard.as_of,
        total=dashboard.total,
        by_status=dict(dashboard.by_status),
        by_source=dict(dashboard.by_source),
        by_tag=sorted(tags, key=lambda tag: (-tag.count, tag.name)),
        new_by_day=[DayCount(day=day, count=count) for day, count in days],
        consents={kind.value: CoverageView(**vars(found)) for kind, found in dashboard.consents.items()},
        suppressed=dashboard.suppressed,
        reachable_now=dashboard.reachable_now,
    )
