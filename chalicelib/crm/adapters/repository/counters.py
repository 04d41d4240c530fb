"""Counters in DynamoDB: each is the sum of its parts, one in each shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.repository.contact_items import SHARDS
from chalicelib.crm.adapters.tables import CounterItem
from chalicelib.crm.domain.counting import Tally
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pynamodb.expressions.update import Action


@unavailable_on(PynamoDBException)
class CounterRepository:
    """Counters; implements `Counters`."""

    def read(self, first: str, last: str) -> dict[str, Tally]:
        """Give the counters from `first` to `last`, both included, by name."""
        found: dict[str, Tally] = {}
        for shard in range(SHARDS):
            between = CounterItem.sk.between(first, last)
            for item in CounterItem.query(f"COUNTERS#{shard}", between, consistent_read=True):
                part = Tally(int(item.amount), int(item.writes))
                found[item.sk] = found.get(item.sk, Tally()) + part
        return found

    def adjust(self, deltas: Mapping[str, int]) -> None:
        """Add to counters what a recount has found missing."""
        for name, delta in deltas.items():
            CounterItem("COUNTERS#0", name).update(actions=counting(delta))


def counting(delta: int) -> list[Action]:
    """Give what adds to a counter, and makes it if it is not there."""
    return [
        CounterItem.amount.add(delta),
        CounterItem.writes.add(1),
        CounterItem.row.set(CounterItem),  # an update that makes the row says not what it is
    ]
