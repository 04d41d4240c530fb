"""Who is still to be called, within which bounds, and what is expected of it; pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.calls.domain.budgets import Amount, Cap
from chalicelib.calls.domain.deciding import may_dial_at
from chalicelib.calls.domain.permission import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.calls.domain.dial_facts import DialFacts
    from chalicelib.calls.domain.outcomes import Outcome
    from chalicelib.kernel.phones import E164
    from chalicelib.scheduling.domain.assuming import Assumptions
    from chalicelib.scheduling.domain.retries import RetryRules

_SAMPLES = 5  # members named for each reason


@dataclass(frozen=True)
class Prospect:
    """Somebody who is to be called: whom the rules see, what came of calls so far, and when to call next.

    `barred` says why this member is skipped whatever the rules of dialing say.
    """

    contact_id: str
    number: E164
    facts: DialFacts
    due_at: datetime
    outcomes: tuple[Outcome, ...] = ()
    barred: str = ""


@dataclass(frozen=True)
class Allowance:
    """A budget: its limit, in all or on each day (UTC), and what is used of it at the beginning.

    A call is placed while there is `reserve` (micro-dollars) left, the most that it could cost.
    """

    cap: Cap
    used: Amount = field(default_factory=Amount)
    is_daily: bool = False
    reserve: int = 0


@dataclass(frozen=True)
class Bounds:
    """How fast and how much: the least time between two calls, calls at once (None: no limit), budgets."""

    interval: timedelta = timedelta(0)
    live_calls: int | None = None
    allowances: tuple[Allowance, ...] = ()


@dataclass(frozen=True)
class Terms:
    """By which rules a campaign goes on; each prospect stands for `scale` members.

    `best_hour` is the hour that retries wait for, None: they do not; none waits beyond `stop_at`.
    """

    retries: RetryRules
    goal: frozenset[Outcome]
    bounds: Bounds
    assumptions: Assumptions
    scale: float = 1.0
    best_hour: int | None = None
    stop_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What the rules say of members at first: how many, and some of them."""

    verdict: Verdict
    reason: str
    explanation: str
    members: int
    samples: tuple[str, ...]


@dataclass
class Foreseen:
    """What is expected; every number is of prospects, or parts of them, and `scale` makes it one of members.

    `left` are those whom nobody will call (again) although they wait, by reason.
    """

    calls: float = 0
    by_attempt: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    outcomes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    goals: float = 0
    answered: float = 0
    cost: float = 0
    left: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    first_dial_at: datetime | None = None
    last_dial_at: datetime | None = None
    finish_at: datetime | None = None


def standings(prospects: Iterable[Prospect], at: datetime) -> list[Standing]:
    """Say how the rules see everybody at an instant, the most frequent answer first."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for each in prospects:
        verdict, reason, explanation = _seen(each, at)
        found[verdict, reason].append((each.contact_id, explanation))
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Standing(Verdict(verdict), reason, who[0][1], len(who), tuple(each for each, _ in who[:_SAMPLES]))
        for (verdict, reason), who in ranked
    ]


def _seen(prospect: Prospect, at: datetime) -> tuple[Verdict, str, str]:
    if prospect.barred:
        return Verdict.REFUSE, prospect.barred, "Another member is the same contact by now."
    decision = may_dial_at(prospect.facts, at)
    return decision.verdict, decision.reason, decision.explanation


def portions(counts: Sequence[float], total: int) -> list[int]:
    """Give a total divided as these counts are; what is left by rounding goes to the largest remainders."""
    whole = sum(counts)
    if not whole:
        return [0 for _ in counts]
    exact = [count * total / whole for count in counts]
    parts = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts
