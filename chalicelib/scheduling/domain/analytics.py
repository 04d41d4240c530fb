"""What people read of a campaign's numbers: its funnel, its attempts, its variants side by side; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.templates import choice_of
from chalicelib.scheduling.domain.intervals import share_of
from chalicelib.scheduling.domain.member_numbers import (
    ANSWERED,
    CALLS,
    COST,
    GOAL,
    OUTCOME,
    REACHED,
    SKIPPED,
    TOTAL,
    TRIED,
    TRIES,
    hours_of,
)

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from chalicelib.calls.domain.templates import TemplateChoice
    from chalicelib.scheduling.domain.intervals import Share


@dataclass(frozen=True)
class Funnel:
    """How many members there are, were dialed, were reached by an answered call, and came to the goal."""

    members: int
    tried: int
    reached: int
    goals: int


@dataclass(frozen=True)
class AttemptCount:
    """How many dialed first (second, …) attempts are over, and were answered by somebody or by a machine."""

    attempt: int
    calls: int
    answered: Share


@dataclass(frozen=True)
class VariantCount:
    """What came of the members of one variant; `conversion`: goals among those dialed."""

    variant: TemplateChoice
    funnel: Funnel
    conversion: Share
    cost: int
    cost_per_goal: int | None


@dataclass(frozen=True)
class Analytics:
    """A campaign in numbers, all of calls that are over; money in micro-dollars.

    `outcomes` are of calls, `done` the last ones of members who are done, `skipped` the reasons of those who
    are skipped. `by_hour` are the answered calls among those dialed in each hour, 0 to 23, by the clocks
    where the number may be. `cost_per_goal` is None before the first.
    """

    funnel: Funnel
    conversion: Share
    calls: int
    outcomes: Mapping[Outcome, int]
    done: Mapping[Outcome, int]
    skipped: Mapping[str, int]
    attempts: tuple[AttemptCount, ...]
    by_hour: tuple[Share, ...]
    cost: int
    cost_per_goal: int | None
    variants: tuple[VariantCount, ...]


def analytics_of(numbers: Counter[str]) -> Analytics:
    """Read a campaign's numbers (`counted_of`)."""
    variants = tuple(_variant(numbers, each) for each in sorted(_named(numbers, f"{TOTAL}@")))
    funnel = Funnel(
        numbers[TOTAL],
        sum(each.funnel.tried for each in variants),
        sum(each.funnel.reached for each in variants),
        numbers[GOAL],
    )
    outcomes = {outcome: numbers[f"{CALLS}{outcome}"] for outcome in Outcome}
    return Analytics(
        funnel=funnel,
        conversion=share_of(funnel.goals, funnel.tried),
        calls=sum(outcomes.values()),
        outcomes=outcomes,
        done={outcome: numbers[f"{OUTCOME}{outcome}"] for outcome in Outcome},
        skipped=_named(numbers, SKIPPED),
        attempts=attempts_of(numbers),
        by_hour=tuple(share_of(answered, dialed) for dialed, answered in hours_of(numbers)),
        cost=numbers[COST],
        cost_per_goal=_per(numbers[COST], funnel.goals),
        variants=variants,
    )


def attempts_of(numbers: Counter[str]) -> tuple[AttemptCount, ...]:
    """Give the funnel by attempt, the first attempt first."""
    tries = sorted((int(attempt), count) for attempt, count in _named(numbers, TRIES).items())
    return tuple(
        AttemptCount(attempt, calls, share_of(numbers[f"{ANSWERED}{attempt}"], calls))
        for attempt, calls in tries
    )


def _variant(numbers: Counter[str], named: str) -> VariantCount:
    def number(name: str) -> int:
        return numbers[f"{name}@{named}"]

    funnel = Funnel(number(TOTAL), number(TRIED), number(REACHED), number(GOAL))
    conversion = share_of(funnel.goals, funnel.tried)
    cost_per_goal = _per(number(COST), funnel.goals)
    return VariantCount(choice_of(named), funnel, conversion, number(COST), cost_per_goal)


def _named(numbers: Counter[str], prefix: str) -> dict[str, int]:
    """Give the numbers whose names begin so, by what follows."""
    found = {name.removeprefix(prefix): number for name, number in numbers.items() if name.startswith(prefix)}
    return {name: number for name, number in found.items() if number}


def _per(amount: int, count: int) -> int | None:
    return round(amount / count) if count else None
