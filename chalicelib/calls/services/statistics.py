"""Numbers of calls are read out of counters; what that costs does not depend on how many calls there are.

Nor does it depend on how many templates there are, unless numbers of each template are asked for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.statistics import MAX_DAYS, MAX_TEMPLATE_DAYS, dashboard_of
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.calls.domain.statistics import CallDashboard
    from chalicelib.calls.ports.calls import CallPorts

_DAYS = 30


def read_dashboard(
    calls: CallPorts,
    first: date | None = None,
    last: date | None = None,
    template_id: str | None = None,
    *,
    by_template: bool = False,
) -> CallDashboard:
    """Give the numbers of finished calls from one day to another (UTC, both included).

    Until today unless `last` is given, and of thirty days unless `first` is; of one template with
    `template_id`, and with `by_template` with numbers of each of the busiest templates. Raises `Invalid` with
    code `bad_period` for a period that ends before it begins, or has more than 366 days, or more than 92 days
    by template.
    """
    last = last or calls.clock.now().date()
    first = first or last - timedelta(days=_DAYS - 1)
    most = MAX_TEMPLATE_DAYS if by_template and not template_id else MAX_DAYS
    if not 0 <= (last - first).days < most:
        raise Invalid(f"The period ends before it begins, or has more than {most} days.", code="bad_period")
    if template_id:
        days = list(calls.statistics.of_template(template_id, first, last))
        return dashboard_of(days, ((template_id, numbers) for _, numbers in days), first, last)
    templates = calls.statistics.by_template(first, last) if by_template else ()
    return dashboard_of(calls.statistics.totals(first, last), templates, first, last)
