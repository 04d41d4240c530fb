"""Counters of questions to models: a row for each day, call template, provider and model, in parts."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chalicelib.ai.adapters.tables import AiTable, CountedItem, ModelStatisticsItem
from chalicelib.ai.domain.model_statistics import Row
from chalicelib.kernel.errors import Unavailable, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from pynamodb.connection import Connection

    from chalicelib.ai.domain.model_statistics import Numbers

# Transactions that write one row at the same moment collide, and one of them has to begin again.
SHARDS = 4
_TRIES = 5
_MARK_LIFE = timedelta(days=90)
_KEYS = frozenset({"pk", "sk", "kind"})
_REFUSED = "ConditionalCheckFailed"


@unavailable_on(PynamoDBException)
class ModelStatisticsRepository:
    """Counters, on the connection of their table; implements `ModelStatistics`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> bool:
        """Add to the rows and mark `name` as counted, all or nothing; False when it was counted before."""
        for _ in range(_TRIES):
            try:
                self._count(name, moves, now)
            except TransactWriteError as error:
                if not error.cancellation_reasons:
                    raise
                if _mark_was_there(error):
                    return False
            else:
                return True
        raise Unavailable("The counters are written by others.", retryable=True, code="counters_busy")

    def rows(self, first: date, last: date) -> Iterator[tuple[Row, Numbers]]:
        """Give the rows of each day from one to another, as they were a moment ago, part by part."""
        for part in _parts(first, last):
            # Everything of the last day follows its own name and `#`, and `$` follows `#`.
            between = ModelStatisticsItem.sk.between(first.isoformat(), f"{last.isoformat()}$")
            yield from map(_row, self._items(part, between))

    def _count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> None:
        mark = CountedItem(f"COUNTED#{name}", "COUNTED", expires_at=int((now + _MARK_LIFE).timestamp()))
        shard = hashlib.sha256(name.encode()).digest()[0] % SHARDS
        with TransactWrite(connection=self._connection) as transaction:
            transaction.save(mark, condition=CountedItem.pk.does_not_exist())
            for row, numbers in moves.items():
                item = ModelStatisticsItem(f"AISTATS#{_month(row.day)}#{shard}", "#".join(row))
                adding = [Path([number]).add(count) for number, count in sorted(numbers.items())]
                kind = ModelStatisticsItem.kind.set(ModelStatisticsItem)
                transaction.update(item, actions=[kind, *adding])

    def _items(self, part: str, condition: Any) -> Iterator[Mapping[str, Any]]:
        start: Any = None
        while True:
            # Not through the model: it knows no attributes but those that it declares.
            page = self._connection.query(
                AiTable.Meta.table_name, part, range_key_condition=condition, exclusive_start_key=start
            )
            yield from page["Items"]
            start = page.get("LastEvaluatedKey")
            if not start:
                return


def _mark_was_there(error: TransactWriteError) -> bool:
    reason = error.cancellation_reasons[0]
    return reason is not None and reason.code == _REFUSED


def _month(day: str) -> str:
    return day[: len("2026-03")]


def _parts(first: date, last: date) -> list[str]:
    """Give the keys of all parts of all months of a period."""
    days = range((last - first).days + 1)
    months = sorted({_month((first + timedelta(days=on)).isoformat()) for on in days})
    return [f"AISTATS#{month}#{shard}" for month in months for shard in range(SHARDS)]


def _row(item: Mapping[str, Any]) -> tuple[Row, Numbers]:
    numbers = {name: int(value["N"]) for name, value in item.items() if name not in _KEYS}
    return Row(*item["sk"]["S"].split("#", 3)), Counter(numbers)
