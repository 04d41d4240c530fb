"""Which of our numbers a campaign's call comes from: the one that was used least today."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.permission import Decision, Verdict

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.phones import E164

_KEPT_FOR = timedelta(days=3)


def choose_line(calls: CallPorts, call: Call, plan: DialPlan | None) -> E164 | None:
    """Give the number to call from, and count it; None when each was used as often as it may be today.

    A dial that comes to nothing after this is counted too: a number is used no more often than it may be.
    """
    if plan is None or not plan.lines:
        return call.line
    now = calls.clock.now()
    used = calls.line_uses.used(plan.lines, now.date())
    for line in sorted(plan.lines, key=lambda line: used[line]):
        if calls.line_uses.use(line, now.date(), plan.line_calls_per_day, now + _KEPT_FOR):
            return line
    return None


def are_used_up(calls: CallPorts, plan: DialPlan, day: date) -> bool:
    """Tell whether each number of a campaign was used on a day (UTC) as often as it may be; count nothing."""
    limit, used = plan.line_calls_per_day, calls.line_uses.used(plan.lines, day)
    return limit is not None and all(used[line] >= limit for line in plan.lines)


def no_line(now: datetime) -> Decision:
    """Put a call off to tomorrow, when our numbers may be used again."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    explanation = "Every number of this campaign was used as often as it may be today."
    return Decision(Verdict.NOT_YET, "lines_used_up", explanation, now, tomorrow)
