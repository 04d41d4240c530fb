"""Sums of what calls claim of budgets, in memory: on the shelf of the calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.budgets import Amount, caps_by_pot, claim_of, has_room

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.budgets import Pot
    from chalicelib.calls.domain.calls import Call


@dataclass
class FakeBudgets:
    """Budgets; implements `BudgetBook`."""

    shelf: Shelf

    def used(self, pots: Collection[Pot]) -> Mapping[Pot, Amount]:
        """Give what calls claim."""
        with self.shelf.lock:
            self.shelf.uses["used"] += 1
            return {pot: self.shelf.budgets.get(pot, Amount()) for pot in pots}


def move(budgets: dict[Pot, Amount], moved: Mapping[Pot, Amount]) -> None:
    """Add to what is claimed."""
    for pot, amount in moved.items():
        budgets[pot] = budgets.get(pot, Amount()).plus(amount)


def is_left(budgets: Mapping[Pot, Amount], call: Call) -> bool:
    """Tell whether every budget has what a call takes of it."""
    claims = claim_of(call)
    return all(
        has_room(cap, budgets.get(pot, Amount()), claims[pot].micros)
        for pot, cap in caps_by_pot(call).items()
    )


def recounted(calls: Iterable[Call]) -> dict[Pot, Amount]:
    """Add up what calls claim."""
    sums: dict[Pot, Amount] = {}
    for call in calls:
        move(sums, claim_of(call))
    return sums
