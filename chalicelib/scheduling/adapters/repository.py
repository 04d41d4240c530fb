"""Promises in the scheduling table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.exceptions import PutError

from chalicelib.kernel.clock import iso
from chalicelib.scheduling.adapters.tables import CallbackItem, SchedulingTable

if TYPE_CHECKING:
    from chalicelib.scheduling.domain import Callback


class SchedulingRepository:
    """Stores promised callbacks."""

    def __init__(self, table_name: str) -> None:
        SchedulingTable.Meta.table_name = table_name

    def add(self, callback: Callback) -> bool:
        """Store a promise; False when it was stored before."""
        item = CallbackItem(
            f"CONTACT#{callback.contact_id}",
            f"CALLBACK#{callback.id}",
            number=callback.number,
            due_at=iso(callback.due_at),
            promised_in=callback.promised_in,
            kept_by=callback.kept_by,
            created_at=iso(callback.created_at),
        )
        try:
            item.save(CallbackItem.pk.does_not_exist())
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            raise
        return True
