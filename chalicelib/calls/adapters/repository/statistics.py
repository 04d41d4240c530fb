"""Counters of finished calls in DynamoDB: a row for each day, and one for each template and day, in parts.

The row of a template and day also has what models were asked for its calls: numbers of each model under a
short tag, and the tag with the model's name.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.operand import Path

from chalicelib.ai.domain.model_statistics import Row as ModelRow
from chalicelib.calls.adapters.repository.writes import shard_of
from chalicelib.calls.adapters.tables import CallsTable, StatisticsItem
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.statistics import ANSWERED, CALLS, COST, DIALED, Row, totals_of
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from pynamodb.connection import Connection
    from pynamodb.transactions import TransactWrite

    from chalicelib.calls.domain.statistics import Numbers, Questions

# Transactions that write one row at the same moment collide, and one of them has to begin again.
SHARDS = 8
_KEYS = frozenset({"pk", "sk", "kind"})
# No number of calls has a name that begins with it.
_MODEL = "q"
_TAG_LENGTH = 7
_VOLUME = (*(f"{name}{way}" for name in (CALLS, ANSWERED) for way in Direction), DIALED, COST)


@unavailable_on(PynamoDBException)
class StatisticsRepository:
    """Counters, on the connection of their table; implements `Statistics`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def totals(self, first: date, last: date) -> list[tuple[str, Numbers]]:
        """Give the numbers of each day from one to another, as they were a moment ago, part by part."""
        between = StatisticsItem.sk.between(first.isoformat(), last.isoformat())
        return [_named(item) for n in range(SHARDS) for item in self._rows(f"STATS#{n}", between)]

    def of_template(self, template_id: str, first: date, last: date) -> list[tuple[str, Numbers]]:
        """Give those of the calls of one template."""
        between = StatisticsItem.sk.between(f"{template_id}#{first}", f"{template_id}#{last}")
        rows = (item for part in _parts(first, last) for item in self._rows(part, between))
        return [(name.partition("#")[2], numbers) for name, numbers in map(_named, rows)]

    def by_template(self, first: date, last: date) -> list[tuple[str, Numbers]]:
        """Give volume, answers and cost of each template in a period."""
        found = []
        for part in _parts(first, last):
            for name, numbers in map(_named, self._rows(part, None, ["sk", *_VOLUME])):
                template_id, _, day = name.partition("#")
                if first.isoformat() <= day <= last.isoformat():
                    found.append((template_id, numbers))
        return found

    def asked(self, first: date, last: date) -> Iterator[tuple[ModelRow, Numbers]]:
        """Give what models were asked for calls, from one day to another, part by part."""
        for part in _parts(first, last):
            for item in self._rows(part, None):
                template_id, _, day = item["sk"]["S"].partition("#")
                if first.isoformat() <= day <= last.isoformat():
                    yield from _questions(item, Row(day, template_id))

    def _rows(
        self, part: str, condition: Any, attributes: list[str] | None = None
    ) -> Iterator[Mapping[str, Any]]:
        start: Any = None
        while True:
            # Not through the model: it knows no attributes but those that it declares.
            page = self._connection.query(
                CallsTable.Meta.table_name,
                part,
                range_key_condition=condition,
                attributes_to_get=attributes,
                exclusive_start_key=start,
            )
            yield from page["Items"]
            start = page.get("LastEvaluatedKey")
            if not start:
                return


def count(transaction: TransactWrite, call_id: str, moves: Mapping[Row, Numbers], asked: Questions) -> None:
    """Have a transaction add to the rows; the part of a row depends on the call.

    So are questions to models, in the row of their template and day.
    """
    shard = shard_of(call_id, SHARDS)
    for day, numbers in totals_of(moves).items():
        _add(transaction, StatisticsItem(f"STATS#{shard}", day), numbers)
    for row in dict.fromkeys((*moves, *(Row(model.day, model.template_id) for model in asked))):
        item = StatisticsItem(f"STATS#{_month(row.day)}#{shard}", f"{row.template_id}#{row.day}")
        mine = {model: n for model, n in asked.items() if (model.day, model.template_id) == row}
        added = {**moves.get(row, {}), **_tagged(mine)}
        _add(transaction, item, added, {_tag(model): _name(model) for model in mine})


def _add(
    transaction: TransactWrite,
    item: StatisticsItem,
    numbers: Mapping[str, int],
    names: Mapping[str, str] = {},
) -> None:
    adding = [Path(name).add(number) for name, number in sorted(numbers.items())]
    naming = [Path(tag).set(name) for tag, name in sorted(names.items())]
    transaction.update(item, actions=[StatisticsItem.kind.set(StatisticsItem), *naming, *adding])


def _name(row: ModelRow) -> str:
    return f"{row.provider}#{row.model}"


def _tag(row: ModelRow) -> str:
    """Give the short name of a model: names of numbers are in every row, and its size is paid for."""
    return f"{_MODEL}{hashlib.sha256(_name(row).encode()).hexdigest()}"[:_TAG_LENGTH]


def _tagged(asked: Questions) -> dict[str, int]:
    return {f"{_tag(row)}_{name}": n for row, numbers in asked.items() for name, n in numbers.items()}


def _questions(item: Mapping[str, Any], row: Row) -> Iterator[tuple[ModelRow, Numbers]]:
    names = {name: value["S"] for name, value in item.items() if name.startswith(_MODEL) and "S" in value}
    for tag, model in names.items():
        mine = {name: value for name, value in item.items() if name.startswith(f"{tag}_")}
        numbers = {name.partition("_")[2]: int(value["N"]) for name, value in mine.items()}
        yield ModelRow(*row, *model.split("#", 1)), Counter(numbers)


def _month(day: str) -> str:
    return day[: len("2026-03")]


def _parts(first: date, last: date) -> list[str]:
    """Give the keys of all parts of all months of a period."""
    days = range((last - first).days + 1)
    months = sorted({_month((first + timedelta(days=on)).isoformat()) for on in days})
    return [f"STATS#{month}#{shard}" for month in months for shard in range(SHARDS)]


def _named(item: Mapping[str, Any]) -> tuple[str, Numbers]:
    mine = (name for name in item if name not in _KEYS and not name.startswith(_MODEL))
    numbers = {name: int(item[name]["N"]) for name in mine}
    return item["sk"]["S"], Counter(numbers)
