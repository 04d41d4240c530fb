"""Numbers of contacts are read out of the counters that the fold keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.crm.domain.counting import AFTER_ALL, MAX_DAYS, TAG, dashboard_of, first_counter, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.domain.counting import Dashboard
    from chalicelib.crm.ports.crm import CrmPorts


def read_dashboard(crm: CrmPorts, days: int = MAX_DAYS) -> Dashboard:
    """Give the numbers of all contacts; new ones of each of the last `days` days (UTC)."""
    now = crm.clock.now()
    return dashboard_of(crm.counters.read(first_counter(now, days), AFTER_ALL), now, days)


def tag_counts(crm: CrmPorts) -> Mapping[str, int]:
    """Give how many contacts carry each tag, by its id; a tag that nobody carries is not there."""
    tallies = crm.counters.read(TAG, f"{TAG}{AFTER_ALL}")
    return values_of({name: tally.amount for name, tally in tallies.items()}, TAG)
