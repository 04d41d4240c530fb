"""How the calls of a campaign may be dialed; only ever narrower than what holds for every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.kernel.phones import E164
    from chalicelib.system.domain.settings import Hours, Stop


@dataclass(frozen=True)
class Limits:
    """What may be spent, in micro-dollars and in calls placed, in all and a day (UTC); None: no limit."""

    micros: int | None = None
    calls: int | None = None
    micros_per_day: int | None = None
    calls_per_day: int | None = None


@dataclass(frozen=True)
class DialPlan:
    """What a campaign asks of the dialer; `id` is the campaign's.

    `hours` are local to who is called; None: only the hours that hold for every call. On `holidays`, days of
    the called person's calendar, nobody is called. `not_before` and `not_after` bound the whole campaign.
    `lines` are the numbers to call from, each on at most `line_calls_per_day` calls a day (UTC); none: the
    first of ours. `live_calls` may go on at once, `calls_per_minute` may start, and to one number
    `calls_per_number_per_day` within 24 hours. `stop` says why nothing of it is dialed now. `version` grows
    with each change of the rules; the stop has none.
    """

    id: str
    name: str
    hours: Hours | None = None
    holidays: frozenset[date] = frozenset()
    not_before: datetime | None = None
    not_after: datetime | None = None
    lines: tuple[E164, ...] = ()
    line_calls_per_day: int | None = None
    live_calls: int | None = None
    calls_per_minute: int | None = None
    calls_per_number_per_day: int | None = None
    limits: Limits = Limits()
    stop: Stop | None = None
    version: int = 1
