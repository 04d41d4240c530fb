"""May I dial? The answers, with a stable reason for each; `deciding` gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.budgets import Hold
    from chalicelib.calls.domain.frequency import DialRecord
    from chalicelib.kernel.numbering import NumberPlan

# Kinds of line on which toll fraud earns money, or about which nothing is known.
_REFUSED_KINDS = frozenset({"premium_rate", "shared_cost", "unknown", "pager", "personal"})
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
    """An answer that can be shown and stored: code, sentence, and when to ask again.

    `rule` names the row of the rules that decided, `source` where it is written. `record` and `hold` are for
    the commitment of a call that is allowed: how the number's recent dials must still stand, and what is
    taken of which budgets; they are not stored.
    """

    verdict: Verdict
    reason: str
    explanation: str
    decided_at: datetime
    not_before: datetime | None = None
    rule: str = ""
    source: str = ""
    record: DialRecord | None = field(default=None, compare=False, repr=False)
    hold: Hold | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class NumberStatus:
    """What we hold about a number itself, whoever it belongs to.

    `dials` are the recent ones, the oldest first; `talked_at` is when a call was answered on which somebody
    talked about a debt, the last of these. If `is_held`, the number is held back until `held_until`, or until
    somebody releases it.
    """

    suppressed_at: datetime | None = None
    suppression_source: str = ""
    suppression_reason: str = ""
    live_call_id: str = ""
    live_until: datetime | None = None
    texts_day: str = ""  # the day of the last text message that we committed to send (UTC, YYYY-MM-DD)
    texts: int = 0  # how many on that day; answers to STOP and HELP do not count
    dials: tuple[datetime, ...] = ()
    talked_at: datetime | None = None
    is_held: bool = False
    held_until: datetime | None = None

    def is_held_at(self, now: datetime) -> bool:
        """Tell whether the number is held back at an instant."""
        return self.is_held and (self.held_until is None or now < self.held_until)


def stopped(reason: str, explanation: str, now: datetime) -> Decision:
    """Put a call off because nothing is dialed at the moment: it waits, and is never lost."""
    return Decision(Verdict.NOT_YET, reason, explanation, now, now + STOPPED_WAIT, rule=reason)


def objection_to(plan: NumberPlan, allowed_countries: frozenset[str]) -> tuple[str, str] | None:
    """Say why nothing is ever dialed to such a number, as code and sentence; holds for every leg."""
    if objection := kind_objection(plan):
        return "number_kind_refused", objection
    if objection := country_objection(plan, allowed_countries):
        return "country_not_allowed", objection
    return None


def kind_objection(plan: NumberPlan) -> str:
    """Say why numbers of this kind are never called; empty: nothing speaks against it."""
    if plan.kind not in _REFUSED_KINDS:
        return ""
    return f"Numbers of the kind {plan.kind.replace('_', ' ')} are not called."


def country_objection(plan: NumberPlan, allowed_countries: frozenset[str]) -> str:
    """Say why nobody in this country is called; empty: nothing speaks against it."""
    if plan.country in allowed_countries:
        return ""
    return f"Calls to {plan.country or 'no country'} are not enabled (settings, allowed_countries)."
