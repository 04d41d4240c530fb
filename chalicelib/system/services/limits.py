"""Requests are counted against their limits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.system.domain.limits import Allowance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.system.domain.limits import Limit
    from chalicelib.system.ports.limits import LimitPorts


def count_request(system: LimitPorts, limits: Sequence[Limit]) -> list[Allowance]:
    """Count one request against each limit; give what each leaves, exceeded or not."""
    now = system.clock.now()
    allowances = []
    for limit in limits:
        window, passed = divmod(int(now.timestamp()), limit.window_s)
        expires_at = now + timedelta(seconds=2 * limit.window_s)
        used = system.counters.count(limit.key, window, expires_at)
        allowances.append(Allowance(limit, used, limit.window_s - passed))
    return allowances
