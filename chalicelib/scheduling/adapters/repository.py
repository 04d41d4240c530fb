"""Promises in the scheduling table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.scheduling.adapters.tables import CallbackItem, SchedulingTable

if TYPE_CHECKING:
    from chalicelib.scheduling.domain import Callback


@unavailable_on(PynamoDBException)
class SchedulingRepository:
    """Stores promised callbacks."""

    def __init__(self, table_name: str) -> None:
        SchedulingTable.Meta.table_name = table_name

    def keep(self, callback: Callback) -> None:
        """Store a promise, in place of what was promised before under its id."""
        item = CallbackItem(
            f"CONTACT#{callback.contact_id}",
            f"CALLBACK#{callback.id}",
            number=callback.number,
            due_at=iso(callback.due_at),
            promised_in=callback.promised_in,
            kept_by=callback.kept_by,
            created_at=iso(callback.created_at),
        )
        item.save()
