"""Where it is kept what calls have claimed of their budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from chalicelib.calls.domain.budgets import Amount, Pot


class BudgetBook(Protocol):
    """Sums of claims; they move in the same write as the calls themselves (`CallBook`)."""

    def used(self, pots: Collection[Pot]) -> Mapping[Pot, Amount]:
        """Give what calls claim of these, consistently; nothing for one of which nothing was ever claimed."""
