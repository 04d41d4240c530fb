"""How many DynamoDB units a read or a write consumes, from the items themselves; pure.

Emulators answer with constants, so the rules are applied here. Source: AWS, DynamoDB developer guide,
"Read and write operations" and "DynamoDB item sizes and formats".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

_READ_UNIT_BYTES, _WRITE_UNIT_BYTES = 4096, 1024
_CONTAINER_BYTES = 3
_TRANSACTION_FACTOR = 2

Item = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Index:
    """A global secondary index: its own keys, and the table's, which each entry repeats; or `whole` items."""

    hash_key: str
    range_key: str
    table_keys: tuple[str, ...] = ("pk", "sk")
    whole: bool = False


def item_size(item: Item) -> int:
    """Return the bytes that an item counts for: the names and the values of its attributes."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    """Return a value's bytes; only the kinds that the product stores are known."""
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number_size(content)
        case "M":
            return _CONTAINER_BYTES + item_size(content) + len(content)
        case "L":
            return _CONTAINER_BYTES + sum(_value_size(entry) + 1 for entry in content)
        case "BOOL" | "NULL":
            return 1
    raise ValueError(f"the size of an attribute of kind {kind} is not known")


def _number_size(text: str) -> int:
    digits = text.lstrip("+-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + 1 + text.startswith("-")


def read_units(size: int, *, consistent: bool) -> float:
    """Return the units of reading `size` bytes in one request; reading nothing costs as much as a little."""
    units = max(math.ceil(size / _READ_UNIT_BYTES), 1)
    return units if consistent else units / 2


def write_units(
    before: Item | None, after: Item | None, indexes: tuple[Index, ...] = (), *, transaction: bool = False
) -> int:
    """Return the units of one write, the table's and its indexes'.

    A transaction counts double on the table; that its writes to an index do not is the guide's silence,
    not its word. A write that a condition refused leaves the item as it was, and still costs.
    """
    size = max(item_size(before or {}), item_size(after or {}))
    table = max(math.ceil(size / _WRITE_UNIT_BYTES), 1) * (_TRANSACTION_FACTOR if transaction else 1)
    return table + sum(_index_units(index, before or {}, after or {}) for index in indexes)


def _index_units(index: Index, before: Item, after: Item) -> int:
    """Return what an index costs: an entry whose keys change is removed, and another one written."""
    old, new = _entry(index, before), _entry(index, after)
    if old == new:
        return 0
    if old and new and all(old[key] == new[key] for key in (index.hash_key, index.range_key)):
        return max(_units(old), _units(new))
    return sum(map(_units, filter(None, (old, new))))


def _units(entry: Item) -> int:
    return max(math.ceil(item_size(entry) / _WRITE_UNIT_BYTES), 1)


def _entry(index: Index, item: Item) -> Item | None:
    if index.hash_key not in item or index.range_key not in item:
        return None
    if index.whole:
        return item
    return {name: item[name] for name in (index.hash_key, index.range_key, *index.table_keys)}
