"""Search entries in DynamoDB: partitions by the first two characters of a phrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.crm.adapters.tables import SearchItem
from chalicelib.crm.domain.search import SHORTEST, SearchEntry
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from typing import Any


@unavailable_on(PynamoDBException)
class SearchRepository:
    """Search entries, which moves of indexes write; implements `Searches`."""

    def entries(self, prefix: str, after: str | None, limit: int) -> list[SearchEntry]:
        """Give up to `limit` entries whose phrases begin with `prefix`, in the order of their keys.

        They are those behind the key `after`. The prefix has two characters or more.
        """
        found = SearchItem.query(
            _partition(prefix),
            SearchItem.sk.startswith(prefix),
            last_evaluated_key=_place(prefix, after) if after else None,
            limit=limit,
        )
        return list(map(_entry, found))


def search_item(entry: SearchEntry) -> SearchItem:
    """Give the item of an entry."""
    return SearchItem(_partition(entry.phrase), entry.key, texts=list(entry.texts))


def _entry(item: SearchItem) -> SearchEntry:
    phrase, _, contact_id = item.sk.rpartition("#")
    return SearchEntry(phrase, contact_id, tuple(item.texts))


def _partition(phrase: str) -> str:
    return f"SEARCH#{phrase[:SHORTEST]}"


def _place(prefix: str, key: str) -> dict[str, dict[str, Any]]:
    return {"pk": {"S": _partition(prefix)}, "sk": {"S": key}}
