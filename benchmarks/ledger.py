"""Counts what the product asks of AWS, where botocore sends it, with the units that DynamoDB would charge.

Every write is priced from the item before and after it, read aside with a client that is not counted.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import botocore.handlers

from benchmarks.capacity import Index, Item, item_size, read_units, write_units
from benchmarks.product import REGION
from infra.stack.tables import TABLES, table_resources

if TYPE_CHECKING:
    from collections.abc import Iterator


def _index(described: dict[str, Any]) -> Index:
    hash_key, range_key = (key["AttributeName"] for key in described["KeySchema"])
    return Index(hash_key, range_key, whole=described["Projection"]["ProjectionType"] == "ALL")


_INDEXES = {
    TABLES[table]: tuple(map(_index, resource["Properties"].get("GlobalSecondaryIndexes", ())))
    for table, resource in table_resources().items()
}
_SINGLE_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


@dataclass
class Entry:
    """What was done in one phase; `checks` are reads that only ask whether a turn was interrupted."""

    reads: int = 0
    checks: int = 0
    writes: int = 0
    read_units: float = 0
    write_units: int = 0
    requests: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Entry) -> Entry:
        """Return the sum."""
        return Entry(
            self.reads + other.reads,
            self.checks + other.checks,
            self.writes + other.writes,
            self.read_units + other.read_units,
            self.write_units + other.write_units,
            self.requests + other.requests,
        )


class Ledger:
    """Watches every botocore client of this process that is made after `install`."""

    def __init__(self) -> None:
        self._phases: dict[str, Entry] = {}
        self._entry = Entry()
        self._watching = False
        self._client: Any = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Watch clients that are made inside."""
        handlers: list[Any] = [("before-parameter-build", self._before), ("after-call", self._after)]
        known: list[Any] = botocore.handlers.BUILTIN_HANDLERS
        known.extend(handlers)
        try:
            self._client = boto3.client("dynamodb", region_name=REGION)
            yield
        finally:
            for handler in handlers:
                known.remove(handler)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what is done inside under this name."""
        self._entry = self._phases.setdefault(name, Entry())
        self._watching = True
        try:
            yield
        finally:
            self._watching = False

    def closed(self) -> dict[str, Entry]:
        """Return the phases so far, and begin anew."""
        phases, self._phases = self._phases, {}
        return phases

    def _before(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        if not self._watching:
            return
        context["benchmark_request"] = params
        if model.service_model.service_name == "dynamodb":
            context["benchmark_before"] = [self._look(key) for key in _written(model.name, params)]

    def _after(self, model: Any, context: dict[str, Any], parsed: dict[str, Any], **_: Any) -> None:
        request = context.pop("benchmark_request", None)
        if request is None or not self._watching:
            return
        service = model.service_model.service_name
        self._entry.requests[f"{service}.{model.name}"] += 1
        if service != "dynamodb":
            return
        if before := context.pop("benchmark_before"):
            self._wrote(model.name, request, before)
        else:
            self._read(request, parsed)

    def _wrote(self, name: str, request: dict[str, Any], before: list[Item | None]) -> None:
        keys = _written(name, request)
        self._entry.writes += 1
        for (table, key), old in zip(keys, before, strict=True):
            new = self._look((table, key))
            indexes = _INDEXES.get(table, ())
            self._entry.write_units += write_units(old, new, indexes, transaction=name not in _SINGLE_WRITES)

    def _read(self, request: dict[str, Any], parsed: dict[str, Any]) -> None:
        found = parsed.get("Items") or [parsed.get("Item") or {}]
        if request.get("Limit"):
            self._entry.checks += 1
        else:
            self._entry.reads += 1
        size = sum(item_size(item) for item in found)
        self._entry.read_units += read_units(size, consistent=bool(request.get("ConsistentRead")))

    def _look(self, where: tuple[str, Item]) -> Item | None:
        table, key = where
        self._watching = False
        try:
            found: Item | None = self._client.get_item(TableName=table, Key=key).get("Item")
        finally:
            self._watching = True
        return found


def _written(name: str, params: dict[str, Any]) -> list[tuple[str, Item]]:
    """List the table and key of every item that a request writes; nothing for a read."""
    if name in _SINGLE_WRITES:
        return [_place(params)]
    if name == "TransactWriteItems":
        return [_place(action) for member in params["TransactItems"] for action in member.values()]
    return []


def _place(action: dict[str, Any]) -> tuple[str, Item]:
    key = action.get("Key") or action["Item"]
    return action["TableName"], {name: key[name] for name in ("pk", "sk")}
