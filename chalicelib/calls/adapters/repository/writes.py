"""What writing and reading rows of the calls table have in common."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DeleteError, PutError, UpdateError

from chalicelib.calls.adapters.tables import CallsTable
from chalicelib.kernel.clock import from_iso, iso, to_millis
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pynamodb.connection import Connection

_REFUSED = "ConditionalCheckFailedException"


def put_if(item: CallsTable, condition: Any) -> bool:
    """Store a row where a condition holds; False, and nothing is stored, where it does not."""
    return done(lambda: item.save(condition))


def done(write: Callable[[], Any]) -> bool:
    """Put, update or delete; tell whether the condition for it held."""
    try:
        write()
    except (PutError, UpdateError, DeleteError) as error:
        if response_code(error) == _REFUSED:
            return False
        raise
    return True


def shard_of(name: str, shards: int) -> int:
    """Give the part of a list, of at most 256, in which something of this name always is."""
    return hashlib.sha256(name.encode()).digest()[0] % shards


def indexed(connection: Connection, index: str, key: str, condition: Any, **options: Any) -> dict[str, Any]:
    """Query an index that holds keys only, and give the answer of the table.

    Not through a model: it would filter by kind, and such an index has no kind to filter by.
    """
    found: dict[str, Any] = connection.query(
        CallsTable.Meta.table_name, key, range_key_condition=condition, index_name=index, **options
    )
    return found


def text_of(instant: datetime | None) -> str | None:
    """Write an instant, or that there is none."""
    return iso(instant) if instant else None


def millis_of(instants: Iterable[datetime]) -> list[int]:
    """Write instants as a list."""
    return [to_millis(instant) for instant in instants]


def instant_of(text: str | None) -> datetime | None:
    """Read what `text_of` wrote."""
    return from_iso(text) if text else None
