"""Counters of finished calls in DynamoDB: a row for each day and template, in eight parts each."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.operand import Path

from chalicelib.calls.adapters.tables import CallsTable, StatisticsItem
from chalicelib.calls.domain.statistics import Row
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pynamodb.connection import Connection
    from pynamodb.transactions import TransactWrite

    from chalicelib.calls.domain.statistics import Numbers

# Transactions that write one row at the same moment collide, and one of them has to begin again.
SHARDS = 8
_KEYS = frozenset({"pk", "sk", "kind"})
_AFTER_ALL = "~"


@unavailable_on(PynamoDBException)
class StatisticsRepository:
    """Counters, on the connection of their table; implements `Statistics`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, first: date, last: date) -> list[tuple[Row, Numbers]]:
        """Give every row from one day to another, both included, as it was a moment ago, part by part."""
        between = StatisticsItem.sk.between(first.isoformat(), f"{last.isoformat()}{_AFTER_ALL}")
        return [row for shard in range(SHARDS) for row in self._part(f"STATS#{shard}", between)]

    def _part(self, shard: str, between: Any) -> Iterator[tuple[Row, Numbers]]:
        start: Any = None
        while True:
            # Not through the model: it knows no attributes but those that it declares.
            page = self._connection.query(
                CallsTable.Meta.table_name, shard, range_key_condition=between, exclusive_start_key=start
            )
            yield from map(_row_of, page["Items"])
            start = page.get("LastEvaluatedKey")
            if not start:
                return


def count(transaction: TransactWrite, call_id: str, moves: Mapping[Row, Numbers]) -> None:
    """Have a transaction add to the rows; the part of a row depends on the call."""
    shard = hashlib.sha256(call_id.encode()).digest()[0] % SHARDS
    for row, numbers in moves.items():
        adding = [Path(name).add(number) for name, number in sorted(numbers.items())]
        item = StatisticsItem(f"STATS#{shard}", f"{row.day}#{row.template_id}")
        transaction.update(item, actions=[StatisticsItem.kind.set(StatisticsItem), *adding])


def _row_of(item: Mapping[str, Any]) -> tuple[Row, Numbers]:
    day, _, template_id = item["sk"]["S"].partition("#")
    numbers = Counter({name: int(value["N"]) for name, value in item.items() if name not in _KEYS})
    return Row(day, template_id), numbers
