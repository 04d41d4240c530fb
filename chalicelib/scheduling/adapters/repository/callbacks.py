"""Promises in the scheduling table."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.tables import CallbackItem, SchedulingTable
from chalicelib.scheduling.domain.callbacks import Callback


@unavailable_on(PynamoDBException)
class CallbackRepository:
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

    def of_contact(self, contact_id: str) -> list[Callback]:
        """Give every promise to a contact, consistently."""
        found = CallbackItem.query(
            f"CONTACT#{contact_id}", CallbackItem.sk.startswith("CALLBACK#"), consistent_read=True
        )
        return [_callback(item) for item in found]

    def remove(self, callback: Callback) -> None:
        """Forget a promise."""
        CallbackItem(f"CONTACT#{callback.contact_id}", f"CALLBACK#{callback.id}").delete()


def _callback(item: CallbackItem) -> Callback:
    return Callback(
        id=item.sk.removeprefix("CALLBACK#"),
        contact_id=item.pk.removeprefix("CONTACT#"),
        number=E164(item.number),
        due_at=from_iso(item.due_at),
        promised_in=item.promised_in,
        kept_by=item.kept_by,
        created_at=from_iso(item.created_at),
    )
