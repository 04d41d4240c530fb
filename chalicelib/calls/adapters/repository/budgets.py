"""Sums of what calls claim of budgets: one row for each, moved in the transactions that move the calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.calls.adapters.tables import BudgetItem
from chalicelib.calls.domain.budgets import TOTAL, Amount, Pot, caps_by_pot, claim_of, has_room
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action
    from pynamodb.transactions import TransactWrite

    from chalicelib.calls.domain.budgets import Cap
    from chalicelib.calls.domain.calls import Call

_KEPT = timedelta(days=100)


@unavailable_on(PynamoDBException)
class BudgetRepository:
    """Reads what is claimed; implements `BudgetBook`."""

    def used(self, pots: Collection[Pot]) -> Mapping[Pot, Amount]:
        """Give what calls claim of these, consistently; nothing for one of which nothing was ever claimed."""
        return {pot: _claimed(pot) for pot in pots}


def add_claims(transaction: TransactWrite, moved: Mapping[Pot, Amount]) -> None:
    """Have a transaction move what calls claim."""
    for pot, amount in sorted(moved.items()):
        transaction.update(_row(pot), actions=_adding(pot, amount))


def take_claims(transaction: TransactWrite, call: Call, claims: Mapping[Pot, Amount]) -> None:
    """Have a transaction claim for a call what its decision says, if each budget has so much left."""
    caps = caps_by_pot(call)
    for pot, amount in sorted(claims.items()):
        condition = _left(caps[pot], amount) if pot in caps else None
        transaction.update(_row(pot), actions=_adding(pot, amount), condition=condition)


def can_be_paid(call: Call) -> bool:
    """Tell whether a call is within its limits where nothing else is claimed: a row need not be there."""
    claims = claim_of(call)
    return all(has_room(cap, Amount(), claims[pot].micros) for pot, cap in caps_by_pot(call).items())


def _left(cap: Cap, amount: Amount) -> Condition | None:
    """Tell that there is enough left; what has no row yet has all of it."""
    enough: Condition | None = None
    if cap.micros is not None:
        enough = BudgetItem.micros.does_not_exist() | (BudgetItem.micros <= cap.micros - amount.micros)
    if cap.calls is not None:
        below = BudgetItem.calls.does_not_exist() | (BudgetItem.calls <= cap.calls - amount.calls)
        enough = enough & below if enough is not None else below
    return enough


def _row(pot: Pot) -> BudgetItem:
    return BudgetItem(f"BUDGET#{pot.name}", pot.span)


def _adding(pot: Pot, amount: Amount) -> list[Action]:
    actions: list[Action] = [
        BudgetItem.kind.set(BudgetItem),
        *(
            attribute.add(value)
            for attribute, value in (
                (BudgetItem.micros, amount.micros),
                (BudgetItem.calls, amount.calls),
                (BudgetItem.held, amount.held),
            )
        ),
    ]
    if pot.span != TOTAL:
        over = datetime.fromisoformat(pot.span).replace(tzinfo=UTC) + _KEPT
        actions.append(BudgetItem.expires_at.set(int(over.timestamp())))
    return actions


def _claimed(pot: Pot) -> Amount:
    try:
        item = BudgetItem.get(f"BUDGET#{pot.name}", pot.span, consistent_read=True)
    except BudgetItem.DoesNotExist:
        return Amount()
    return Amount(*(int(value or 0) for value in (item.micros, item.calls, item.held)))
