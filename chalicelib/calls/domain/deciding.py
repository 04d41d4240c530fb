"""May I dial? One pure function over facts, and the first instant at which it may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calling_hours import LEAD, next_open
from chalicelib.calls.domain.checks import BUDGETS, HELD, LINE_BUSY, TOO_LATE, checks
from chalicelib.calls.domain.frequency import record_of
from chalicelib.calls.domain.permission import STOPPED_WAIT, Decision, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.checks import Check
    from chalicelib.calls.domain.dial_facts import DialFacts

_LINE_BUSY_WAIT = timedelta(seconds=30)
# Whoever releases a number wakes its calls: this is for those that nobody found.
_HELD_WAIT = timedelta(minutes=15)
# How often hours and caps can put each other off before no time is left.
_MAX_ROUNDS = 20


def may_dial(facts: DialFacts) -> Decision:
    """Give the first rule that forbids or postpones the call, or allow it."""
    objection = next((check for check in checks(facts) if check.verdict is not Verdict.ALLOW), None)
    if objection is None:
        record = record_of(facts.status.dials, facts.other_dials, facts.now)
        hold = facts.purse.hold if facts.purse else None
        explanation = "No rule forbids this call."
        return Decision(Verdict.ALLOW, "allowed", explanation, facts.now, record=record, hold=hold)
    return _decision(facts, objection)


def may_dial_at(facts: DialFacts, instant: datetime) -> Decision:
    """Give the answer that these facts would have at another instant; it costs no reading."""
    return may_dial(replace(facts, now=instant))


def next_allowed(facts: DialFacts) -> datetime | None:
    """Give the first instant, from now on, that every rule of time allows; None: there is none.

    Whether anything else forbids the call, and other calls that may go on or be dialed before, do not count.
    """
    campaign, narrowing = facts.campaign, facts.narrowing
    windows = [each.window for each in narrowing.windows]
    instant = max(facts.now, (campaign and campaign.not_before) or facts.now)
    for _ in range(_MAX_ROUNDS):
        waits = (each.cap.free_at(facts.counted_by(each), instant) for each in narrowing.caps)
        free = max((wait for wait in waits if wait), default=instant)
        opens = next_open(windows, max(free, instant))
        if opens is None or (facts.ends_at and opens + LEAD >= facts.ends_at):
            return None
        if opens == instant:
            return instant
        instant = opens
    return None


def _decision(facts: DialFacts, objection: Check) -> Decision:
    """Put an objection as a decision, with the time at which to ask again."""
    decision = Decision(
        objection.verdict,
        objection.reason,
        objection.explanation,
        facts.now,
        rule=objection.rule,
        source=objection.source,
    )
    if objection.verdict is Verdict.REFUSE:
        return decision
    if objection.rule == BUDGETS and facts.short:
        return replace(decision, not_before=facts.short.again_at)
    if objection.rule == HELD:
        again = facts.now + _HELD_WAIT
        return replace(decision, not_before=min(facts.status.held_until or again, again))
    if not objection.waits:
        wait = _LINE_BUSY_WAIT if objection.reason == LINE_BUSY else STOPPED_WAIT
        return replace(decision, not_before=facts.now + wait)
    if at := next_allowed(facts):
        return replace(decision, not_before=at)
    never = f"There is no time at which every rule allows this call. {objection.explanation}"
    reason = TOO_LATE if facts.not_after else "no_time_allowed"
    return replace(decision, verdict=Verdict.REFUSE, reason=reason, explanation=never)
