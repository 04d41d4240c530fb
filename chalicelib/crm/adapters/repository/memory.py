"""What calls taught of contacts, in DynamoDB, in the contact's collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.refusals import COLLIDED, REFUSED, cancelled_for
from chalicelib.crm.adapters.tables import ContactItem, MemoryItem
from chalicelib.crm.domain.memory import FORGOTTEN_KEPT, Memory
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition


@unavailable_on(PynamoDBException)
class MemoryRepository:
    """Facts, on the connection of their table; implements `Memories`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, contact_id: str) -> list[Memory]:
        """Give everything, consistently, also what only says that something was forgotten."""
        found = MemoryItem.query(
            f"CONTACT#{contact_id}", MemoryItem.sk.startswith("MEMORY#"), consistent_read=True
        )
        return list(map(memory_of, found))

    def put(self, memory: Memory, gone: Sequence[Memory] = ()) -> None:
        """Keep a fact in place of its version below, or as a new one at version 1; forget others with it.

        All or nothing. Raises `Conflict` with code `version_changed` when one of them is not as it was read,
        or the id of a new one is taken, and with code `contact_changed` when the contact is gone.
        """
        head = f"CONTACT#{memory.contact_id}", "CONTACT"
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.condition_check(ContactItem, *head, condition=ContactItem.version.exists())
                transaction.save(memory_item(memory), condition=_is_at(memory.version - 1))
                for each in gone:
                    transaction.delete(memory_item(each), condition=_is_at(each.version))
        except TransactWriteError as error:
            raise _refusal(error) from error


def memory_item(memory: Memory) -> MemoryItem:
    """Give the item of a fact; what was forgotten expires."""
    said = {name: value for name, value in vars(memory).items() if value or name == "turn"}
    kept: dict[str, Any] = {**said, "learned_at": iso(memory.learned_at)}
    if memory.forgotten:
        kept["expires_at"] = int((memory.learned_at + FORGOTTEN_KEPT).timestamp())
    return MemoryItem(f"CONTACT#{memory.contact_id}", f"MEMORY#{memory.id}", **kept)


def memory_of(item: MemoryItem) -> Memory:
    """Read a fact."""
    return Memory(
        id=item.id,
        contact_id=item.contact_id,
        key=item.key or "",
        value=item.value or "",
        said=item.said or "",
        turn=None if item.turn is None else int(item.turn),
        call_id=item.call_id,
        learned_at=from_iso(item.learned_at),
        corrected_by=item.corrected_by,
        forgotten=bool(item.forgotten),
        version=int(item.version),
    )


def _is_at(version: int) -> Condition:
    """Ask for a version; 0: that there is none."""
    if version == 0:
        return MemoryItem.pk.does_not_exist()
    same: Condition = MemoryItem.version == version
    return same


def _refusal(error: TransactWriteError) -> Exception:
    reasons = error.cancellation_reasons
    if reasons and reasons[0] and reasons[0].code == REFUSED:
        return Conflict("The contact is gone, or was merged.", code="contact_changed")
    if cancelled_for(error, REFUSED, COLLIDED):
        return Conflict("The fact was changed meanwhile.", code="version_changed")
    return error
