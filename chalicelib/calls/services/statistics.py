"""Numbers of calls are read out of counters; what that costs does not depend on how many calls there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.statistics import MAX_DAYS, dashboard_of
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.calls.domain.statistics import CallDashboard
    from chalicelib.calls.ports.calls import CallPorts

_DAYS = 30


def read_dashboard(
    calls: CallPorts, first: date | None = None, last: date | None = None, template_id: str | None = None
) -> CallDashboard:
    """Give the numbers of finished calls from one day to another (UTC, both included).

    Until today unless `last` is given, and of thirty days unless `first` is. Raises `Invalid` with code
    `bad_period` for a period that ends before it begins, or has more than 366 days.
    """
    last = last or calls.clock.now().date()
    first = first or last - timedelta(days=_DAYS - 1)
    if not 0 <= (last - first).days < MAX_DAYS:
        raise Invalid(
            f"The period ends before it begins, or has more than {MAX_DAYS} days.", code="bad_period"
        )
    return dashboard_of(calls.statistics.read(first, last), first, last, template_id)
