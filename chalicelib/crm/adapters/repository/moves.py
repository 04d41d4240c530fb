"""Rows under the id of a merged contact move to the winner's, in DynamoDB."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.tables import ContactItem, CrmTable
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from pynamodb.connection import Connection

_CHUNK = 25
_KEPT = frozenset({"CONTACT", "INDEX"})  # the head's own transactions and the fold see to these
_KEYS = frozenset({"pk", "sk", "row"})
# By these lists and people find the row: from now on, the new one.
_FOUND_BY = ("timeline_id", "timeline_key", "task_list", "task_key")


@unavailable_on(PynamoDBException)
class MoveRepository:
    """Moves rows, on the connection of their table; implements `Moves`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def move(self, from_id: str, to_id: str) -> bool:
        """Move up to 25 rows beside the head and its index; False when there was none left.

        Doing it again, also after a death half-way, moves each row once. A row that somebody changes at
        that moment is left for the next time, and nothing moves to a contact that is gone.
        """
        rows = CrmTable.query(f"CONTACT#{from_id}", page_size=_CHUNK, consistent_read=True)
        found = list(islice((row for row in rows if row.sk not in _KEPT), _CHUNK))
        fresh = [row for row in found if row.moved_to is None]
        moved = not fresh or self._copy(fresh, from_id, to_id)
        with CrmTable.batch_write() as batch:
            for row in found if moved else (row for row in found if row.moved_to is not None):
                batch.delete(row)
        return bool(found)

    def _copy(self, rows: list[Any], from_id: str, to_id: str) -> bool:
        """Put the rows in their new place and mark the old ones, all or nothing; False when refused."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                there = ContactItem.version.exists()
                transaction.condition_check(ContactItem, f"CONTACT#{to_id}", "CONTACT", condition=there)
                for row in rows:
                    transaction.save(_in_new_place(row, from_id, to_id))
                    actions = [CrmTable.moved_to.set(to_id), CrmTable.changed_by.set(actor())]
                    transaction.update(
                        row,
                        [*actions, *(Path(name).remove() for name in _FOUND_BY)],
                        condition=_unchanged(row),
                    )
        except TransactWriteError as error:
            if not any(_is_passing(reason) for reason in error.cancellation_reasons):
                raise
            return False
        return True


def _in_new_place(row: Any, from_id: str, to_id: str) -> Any:
    kept = {name: value for name, value in row.attribute_values.items() if name not in _KEYS}
    kept |= {name: to_id for name in ("contact_id", "timeline_id") if kept.get(name) is not None}
    return type(row)(f"CONTACT#{to_id}", row.sk, **(kept | {"moved_from": from_id, "changed_by": actor()}))


def _unchanged(row: Any) -> Any:
    version = row.attribute_values.get("version")
    here = CrmTable.pk.exists() & CrmTable.moved_to.does_not_exist()
    return here if version is None else here & (Path("version") == version)


def _is_passing(reason: Any) -> bool:
    return bool(reason) and reason.code in {"ConditionalCheckFailed", "TransactionConflict"}
