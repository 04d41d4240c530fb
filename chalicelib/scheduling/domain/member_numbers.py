"""What the members of a campaign are counted by, so that its numbers follow from them alone; pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.scheduling.domain.members import MemberState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.scheduling.domain.members import Member, MemberChange, Try

# Names of numbers.
TOTAL, TRIED, REACHED, GOAL, COST = "total", "tried", "reached", "goal", "cost"
OUTCOME, SKIPPED, TRIES, ANSWERED = "o_", "s_", "t_", "a_"
CALLS, HOUR, ANSWERED_HOUR = "c_", "h_", "ah_"


def counted_of(member: Member | None) -> Counter[str]:
    """Give what a member adds to the numbers of its campaign; all of them follow from it alone.

    `total` and its state (the four add up to it), `o_<last outcome>` when it is done, `s_<reason>` when it is
    skipped, `goal`, `cost` in micro-dollars; of each attempt that is over `c_<outcome>`, of each that was
    dialed `t_<attempt>` and by its hour `h_<hour>`, and when it was answered `a_<attempt>` and `ah_<hour>`;
    and `total`, `tried` (dialed at all), `reached` (by a call that was answered), `goal` and `cost` of its
    variant, `@<template id>` or `@<template id>@<version>`.
    """
    if member is None:
        return Counter()
    numbers = Counter({TOTAL: 1, member.state.value: 1})
    if member.state is MemberState.DONE and member.last_outcome:
        numbers[f"{OUTCOME}{member.last_outcome}"] += 1
    if member.state is MemberState.SKIPPED:
        numbers[f"{SKIPPED}{member.reason}"] += 1
    for tried in member.history:
        numbers += _of_try(tried)
    numbers[GOAL] += member.goal_reached
    return +(numbers + _of_variant(member))


def left_of(numbers: Counter[str]) -> int:
    """Give how many members wait, or have a call."""
    return numbers[MemberState.WAITING] + numbers[MemberState.CALLING]


def hours_of(numbers: Counter[str]) -> tuple[tuple[int, int], ...]:
    """Give the calls that were dialed in each hour of the day, 0 to 23, and those answered of them."""
    return tuple((numbers[f"{HOUR}{hour:02d}"], numbers[f"{ANSWERED_HOUR}{hour:02d}"]) for hour in range(24))


def _of_try(tried: Try) -> Counter[str]:
    numbers = Counter({f"{CALLS}{tried.outcome}": 1, COST: tried.cost})
    if tried.was_dialed:
        numbers[f"{TRIES}{tried.attempt}"] = 1
        numbers[f"{ANSWERED}{tried.attempt}"] = int(tried.answered)
        numbers[f"{HOUR}{tried.hour:02d}"] = 1
        numbers[f"{ANSWERED_HOUR}{tried.hour:02d}"] = int(tried.answered)
    return numbers


def _of_variant(member: Member) -> Counter[str]:
    """Give what tells the variants apart: how many there are, were reached, and came to the goal."""
    numbers = {
        TOTAL: 1,
        TRIED: any(each.was_dialed for each in member.history),
        REACHED: any(each.answered for each in member.history),
        GOAL: member.goal_reached,
        COST: sum(each.cost for each in member.history),
    }
    return Counter({f"{name}@{member.variant.name}": int(number) for name, number in numbers.items()})


def moved_by(changes: Iterable[MemberChange]) -> Counter[str]:
    """Give what these changes add to the numbers, nothing where nothing moves."""
    moved: Counter[str] = Counter()
    for change in changes:
        moved.update(counted_of(change.new))
        moved.subtract(counted_of(change.old))
    return Counter({name: number for name, number in moved.items() if number})
