"""May I dial? One pure function over facts, with a stable reason for every answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.kernel.numbering import NumberPlan

# Kinds of line on which toll fraud earns money, or about which nothing is known.
_REFUSED_KINDS = frozenset({"premium_rate", "shared_cost", "unknown", "pager", "personal"})
_LINE_BUSY_WAIT = timedelta(seconds=30)
STOPPED_WAIT = timedelta(minutes=1)
# Nobody could tell whether dialing is stopped, so nothing is dialed.
UNREADABLE = "settings_unavailable"


class Verdict(StrEnum):
    """The three possible answers."""

    ALLOW = "allow"
    NOT_YET = "not_yet"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Decision:
    """An answer that can be shown and stored: code, sentence, and when to ask again."""

    verdict: Verdict
    reason: str
    explanation: str
    decided_at: datetime
    not_before: datetime | None = None


@dataclass(frozen=True)
class NumberStatus:
    """What we hold about a number itself, whoever it belongs to."""

    suppressed_at: datetime | None = None
    suppression_source: str = ""
    suppression_reason: str = ""
    live_call_id: str = ""
    live_until: datetime | None = None
    texts_day: str = ""  # the day of the last text message that we committed to send (UTC, YYYY-MM-DD)
    texts: int = 0  # how many on that day; answers to STOP and HELP do not count


@dataclass(frozen=True)
class DialFacts:
    """All that the decision rests on; `stop` is the code and the sentence of what stops all dialing."""

    plan: NumberPlan
    status: NumberStatus
    allowed_countries: frozenset[str]
    contact_refuses: bool
    call_id: str
    now: datetime
    stop: tuple[str, str] | None = None
    contact_gone: bool = False


def may_dial(facts: DialFacts) -> Decision:
    """Give the first rule that forbids or postpones the call, or allow it."""
    return next(_objections(facts), _decide(facts, Verdict.ALLOW, "allowed", "No rule forbids this call."))


def _objections(facts: DialFacts) -> Iterator[Decision]:
    if facts.status.suppressed_at:
        yield _decide(facts, Verdict.REFUSE, "suppressed", "This number asked not to be called.")
    if facts.contact_gone:
        yield _decide(facts, Verdict.REFUSE, "contact_gone", "This contact was deleted.")
    if facts.contact_refuses:
        yield _decide(facts, Verdict.REFUSE, "do_not_contact", "This contact is marked do-not-contact.")
    if objection := objection_to(facts.plan, facts.allowed_countries):
        yield _decide(facts, Verdict.REFUSE, *objection)
    if facts.stop:
        yield stopped(*facts.stop, facts.now)
    if _is_busy_elsewhere(facts):
        yield _decide(facts, Verdict.NOT_YET, "number_in_call", "Another call with this number is going on.")


def stopped(reason: str, explanation: str, now: datetime) -> Decision:
    """Put a call off because nothing is dialed at the moment: it waits, and is never lost."""
    return Decision(Verdict.NOT_YET, reason, explanation, now, now + STOPPED_WAIT)


def objection_to(plan: NumberPlan, allowed_countries: frozenset[str]) -> tuple[str, str] | None:
    """Say why nothing is ever dialed to such a number, as code and sentence; holds for every leg."""
    if plan.kind in _REFUSED_KINDS:
        kind = plan.kind.replace("_", " ")
        return "number_kind_refused", f"Numbers of the kind {kind} are not called."
    if plan.country not in allowed_countries:
        country = plan.country or "no country"
        return "country_not_allowed", f"Calls to {country} are not enabled (settings, allowed_countries)."
    return None


def _is_busy_elsewhere(facts: DialFacts) -> bool:
    status = facts.status
    is_other = bool(status.live_call_id) and status.live_call_id != facts.call_id
    return is_other and status.live_until is not None and status.live_until > facts.now


def _decide(facts: DialFacts, verdict: Verdict, reason: str, explanation: str) -> Decision:
    not_before = facts.now + _LINE_BUSY_WAIT if verdict is Verdict.NOT_YET else None
    return Decision(verdict, reason, explanation, facts.now, not_before)
