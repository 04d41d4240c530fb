"""Counts of requests in DynamoDB: one atomic update each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.kernel.errors import unavailable_on
from chalicelib.system.adapters.tables import CountItem

if TYPE_CHECKING:
    from datetime import datetime


@unavailable_on(PynamoDBException)
class CounterRepository:
    """Counts, a row for each subject and window, which the table forgets; implements `Counters`."""

    def count(self, key: str, window: int, expires_at: datetime) -> int:
        """Add one, atomically, and give the count so far; forgotten some time after `expires_at`."""
        item = CountItem(f"COUNT#{key}#{window}", "COUNT")
        item.update(actions=[CountItem.used.add(1), CountItem.expires_at.set(int(expires_at.timestamp()))])
        return int(item.used)
