"""What search and counters hold of each contact, in DynamoDB: it moves together with what it tells of."""

from __future__ import annotations

import heapq
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.consents import consent_of
from chalicelib.crm.adapters.repository.contact_items import SHARDS, read_item, shard_of
from chalicelib.crm.adapters.repository.counters import counting
from chalicelib.crm.adapters.repository.refusals import COLLIDED, REFUSED, cancelled_for
from chalicelib.crm.adapters.repository.search import search_item
from chalicelib.crm.adapters.tables import (
    ConsentItem,
    ContactItem,
    CounterItem,
    CrmTable,
    GoneItem,
    IndexItem,
)
from chalicelib.crm.domain.folding import NOTHING, Facts, Index, Kept
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pynamodb.connection import Connection

    from chalicelib.crm.domain.folding import Move, Moves
    from chalicelib.kernel.clock import Clock

# Much longer than any writer holds what it has read.
_EMPTY_KEPT = timedelta(days=30)
_FIRST, _LAST = "CONSENT#", "INDEX"


@unavailable_on(PynamoDBException)
class IndexRepository:
    """Indexes, on the connection of their table; implements `Indexes`."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def read(self, contact_id: str) -> Kept:
        """Give a contact with its consents and its index, consistently.

        Whatever changes after the index was read is newer than it: a move of this index is then refused.
        """
        # Backwards, so that the index, which stands last, is read first.
        items = CrmTable.query(
            f"CONTACT#{contact_id}",
            CrmTable.sk.between(_FIRST, _LAST),
            consistent_read=True,
            scan_index_forward=False,
        )
        return _kept(contact_id, list(items))

    def apply(self, moves: Moves) -> None:
        """Write the entries of the moves, add to the counters, and move the indexes on; all or nothing.

        Raises `Conflict` with code `index_moved` when an index is not as it was read, or when another
        transaction is just writing one of the rows.
        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for move in moves.all:
                    self._move(transaction, move)
                # Any shard will do: the parts are only read as a sum.
                shard = shard_of(moves.all[0].contact_id)
                for name, delta in moves.deltas.items():
                    transaction.update(CounterItem(f"COUNTERS#{shard}", name), actions=counting(delta))
        except TransactWriteError as error:
            if not cancelled_for(error, REFUSED, COLLIDED):
                raise
            raise Conflict("The index was moved meanwhile.", code="index_moved") from error

    def page(self, page_size: int, start: str | None) -> Page[Index]:
        """Give all indexes that hold something, those of gone contacts too, as they were a moment ago."""
        shards = [self._ids(shard, start or "0", page_size + 2) for shard in range(SHARDS)]
        ids = list(islice((found for found in heapq.merge(*shards) if found != start), page_size + 1))
        keys = [(f"CONTACT#{contact_id}", "INDEX") for contact_id in ids[:page_size]]
        items = CrmTable.batch_get(keys) if keys else ()
        found = sorted((_index(item) for item in items), key=lambda index: index.contact_id)
        return Page(found, ids[page_size - 1] if len(ids) > page_size else None)

    def _ids(self, shard: int, start: str, limit: int) -> list[str]:
        # Not through the model: it filters by kind, and an index of keys only has no kind to filter by.
        answer = self._connection.query(
            CrmTable.Meta.table_name,
            f"INDEXED#{shard}",
            range_key_condition=ContactItem.created_key >= start,
            index_name="by_created",
            limit=limit,
        )
        return [item["created_key"]["S"] for item in answer["Items"]]

    def _move(self, transaction: Any, move: Move) -> None:
        before = move.before.version
        as_read = (IndexItem.version == before) if before else IndexItem.pk.does_not_exist()
        transaction.save(self._item(move), condition=as_read)
        for entry in move.entered:
            transaction.save(search_item(entry))
        for entry in move.left:
            transaction.delete(search_item(entry))

    def _item(self, move: Move) -> IndexItem:
        contact_id, facts = move.contact_id, move.after
        item = IndexItem(f"CONTACT#{contact_id}", "INDEX", version=move.before.version + 1)
        if facts == NOTHING:
            item.expires_at = int((self._clock.now() + _EMPTY_KEPT).timestamp())
            return item
        item.texts, item.counted = list(facts.texts), sorted(facts.counted)
        item.list_shard, item.created_key = f"INDEXED#{shard_of(contact_id)}", contact_id
        return item


def _kept(contact_id: str, items: list[CrmTable]) -> Kept:
    heads = (item for item in items if isinstance(item, ContactItem | GoneItem))
    head = next(heads, None)
    consents = tuple(consent_of(item) for item in items if isinstance(item, ConsentItem))
    index = next(_indexes(items), Index(contact_id))
    return Kept(read_item(head) if head else None, consents, index)


def _indexes(items: list[CrmTable]) -> Iterator[Index]:
    return (_index(item) for item in items if isinstance(item, IndexItem))


def _index(item: Any) -> Index:
    facts = Facts(tuple(item.texts or ()), frozenset(item.counted or ()))
    return Index(item.pk.removeprefix("CONTACT#"), facts, int(item.version))
