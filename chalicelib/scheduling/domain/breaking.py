"""What the latest calls of a campaign tell: whether too many failed, and how fast it dials; pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.system.domain.settings import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from chalicelib.calls.domain.calls import Call
    from chalicelib.scheduling.domain.campaigns import Breaker, Campaign

MOST_CALLS = 1000  # of which a breaker can look at the latest
PACE_OVER = timedelta(minutes=10)
BREAKER = "breaker"


@dataclass(frozen=True)
class Recent:
    """The latest calls of a campaign that were dialed and are over.

    `failed` tells of each whether it failed, the latest last, of those dialed from `since` on, when the
    campaign last went on after a pause; `dialed` how many were dialed in which minute, of the last ten
    minutes or a little more.
    """

    failed: tuple[bool, ...] = ()
    dialed: Mapping[datetime, int] = field(default_factory=dict, hash=False)
    since: datetime | None = None


def with_calls(recent: Recent, calls: Iterable[Call], campaign: Campaign, now: datetime) -> Recent:
    """Give what is known when these calls are over as well; a call that was never dialed tells nothing.

    What failed before the campaign last went on after a pause is forgotten, so that it can go on.
    """
    told, since = sorted((call for call in calls if call.dialed_at), key=_end), campaign.resumed_at
    before = recent.failed if recent.since == since else ()
    later = (call for call in told if since is None or (call.dialed_at and call.dialed_at >= since))
    failed = (*before, *(call.outcome is Outcome.FAILED for call in later))
    dialed = Counter(dict(recent.dialed))
    dialed.update(_minute(call.dialed_at) for call in told if call.dialed_at)
    first = _minute(now) - PACE_OVER
    counts = {at: count for at, count in dialed.items() if at >= first}
    return Recent(failed[-MOST_CALLS:], counts, since)


def tripped(breaker: Breaker | None, recent: Recent) -> Stop | None:
    """Say that too many of the latest calls failed; None: not so, or there were not enough of them yet."""
    if breaker is None or len(recent.failed) < breaker.calls:
        return None
    failed = sum(recent.failed[-breaker.calls :])
    if failed * 100 < breaker.failed_percent * breaker.calls:
        return None
    found = f"{failed} of the last {breaker.calls} calls failed"
    return Stop(BREAKER, f"{found} (from {breaker.failed_percent} % it pauses).")


def dials_per_minute(
    recent: Recent, live: Iterable[Call], since: datetime | None, now: datetime, stand_for: float = 1.0
) -> float:
    """Say how many calls a minute were dialed in the last ten minutes, or since the start if that is later.

    `live` are calls that go on, which `recent` does not know of, or some of them: each stands for so many.
    """
    begin = _minute(now) - PACE_OVER
    going_on = [call.dialed_at for call in live if call.dialed_at and call.dialed_at >= begin]
    dialed = len(going_on) * stand_for + sum(count for at, count in recent.dialed.items() if at >= begin)
    minutes = (now - max(begin, since or begin)) / timedelta(minutes=1)
    return dialed / max(minutes, 1.0)


def _end(call: Call) -> datetime:
    return call.ended_at or call.created_at


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
