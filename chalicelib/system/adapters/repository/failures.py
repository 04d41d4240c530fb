"""Failed work in DynamoDB: rows lie by state and queue, so that a list costs what it shows."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import from_iso, iso, to_millis
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.system.adapters.tables import CauseItem, FailedWorkItem
from chalicelib.system.domain.failures import Cause, FailedState, FailedWork, WorkQueue

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.connection import Connection

_CAUSE_SECONDS = 15 * 24 * 3600  # a day longer than SQS keeps a message
_SETTLED_SECONDS = 90 * 24 * 3600
_REFUSED = "ConditionalCheckFailed"
_CONTENDED = "TransactionConflict"


@unavailable_on(PynamoDBException)
class FailedWorkRepository:
    """Failed work, on the connection of its table; implements `FailedWorkBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def keep(self, work: FailedWork) -> None:
        """Keep open work, unless it is known already, in whatever state."""
        transaction = TransactWrite(connection=self._connection)
        transaction.save(_item(work), condition=FailedWorkItem.pk.does_not_exist())
        for state in (FailedState.REPLAYED, FailedState.DISCARDED):
            key = _key(state, work.queue, work.id)
            transaction.condition_check(FailedWorkItem, *key, condition=FailedWorkItem.pk.does_not_exist())
        _committed(transaction, unless={_REFUSED})

    def get(self, work_id: str) -> FailedWork | None:
        """Give the work with this id, consistently."""
        keys = [_key(state, queue, work_id) for state, queue in product(FailedState, WorkQueue)]
        return next(map(_work, FailedWorkItem.batch_get(keys, consistent_read=True)), None)

    def latest(
        self, state: FailedState, queue: WorkQueue | None, page_size: int, start: str | None = None
    ) -> Page[FailedWork]:
        """Give a page of the work in this state, of one queue or of all, the latest failure first."""
        found = [work for each in _queues(queue) for work in _latest(state, each, page_size, start)]
        found.sort(key=lambda work: work.id, reverse=True)
        shown = found[:page_size]
        return Page(shown, shown[-1].id if len(found) > page_size else None)

    def mark(self, work: FailedWork) -> bool:
        """Keep the mark of open work that a replay has begun; False when it is no longer open."""
        transaction = TransactWrite(connection=self._connection)
        transaction.save(_item(work), condition=FailedWorkItem.pk.exists())
        return _committed(transaction, unless={_REFUSED, _CONTENDED})

    def settle(self, work: FailedWork) -> bool:
        """Keep open work as the settled work that is given; False when it is no longer open."""
        open_item = FailedWorkItem(*_key(FailedState.OPEN, work.queue, work.id))
        there = FailedWorkItem.pk.exists()
        if work.state is FailedState.DISCARDED:
            there &= FailedWorkItem.settlement.does_not_exist()
        transaction = TransactWrite(connection=self._connection)
        transaction.delete(open_item, condition=there)
        transaction.save(_item(work), condition=FailedWorkItem.pk.does_not_exist())
        return _committed(transaction, unless={_REFUSED, _CONTENDED})

    def remove(self, work: FailedWork) -> None:
        """Forget work in the state that is given."""
        FailedWorkItem(*_key(work.state, work.queue, work.id)).delete()


@unavailable_on(PynamoDBException)
class CauseRepository:
    """Why messages failed; implements `Causes`."""

    def note(self, message_id: str, cause: Cause, at: datetime) -> None:
        """Keep why a message failed; the last failure stands."""
        expiry = to_millis(at) // 1000 + _CAUSE_SECONDS
        CauseItem(
            f"CAUSE#{message_id}", "CAUSE", text=cause.text, attempts=cause.attempts, expires_at=expiry
        ).save()

    def find(self, message_id: str) -> Cause | None:
        """Give why a message failed."""
        try:
            item = CauseItem.get(f"CAUSE#{message_id}", "CAUSE", consistent_read=True)
        except DoesNotExist:
            return None
        return Cause(item.text, int(item.attempts))


def _queues(queue: WorkQueue | None) -> list[WorkQueue]:
    return [queue] if queue else list(WorkQueue)


def _latest(state: FailedState, queue: WorkQueue, page_size: int, start: str | None) -> list[FailedWork]:
    items = FailedWorkItem.query(
        _partition(state, queue),
        FailedWorkItem.sk < start if start else None,
        scan_index_forward=False,
        limit=page_size + 1,
        page_size=page_size + 1,
        consistent_read=True,
    )
    return [_work(item) for item in items]


def _partition(state: FailedState, queue: WorkQueue) -> str:
    return f"FAILED#{state}#{queue}"


def _key(state: FailedState, queue: WorkQueue, work_id: str) -> tuple[str, str]:
    return _partition(state, queue), work_id


def _committed(transaction: TransactWrite, unless: set[str]) -> bool:
    """Commit; False when it was cancelled for one of these reasons."""
    try:
        with transaction:
            pass
    except TransactWriteError as error:
        if {reason.code for reason in error.cancellation_reasons if reason} & unless:
            return False
        raise
    return True


def _item(work: FailedWork) -> FailedWorkItem:
    settled_at = work.settled_at
    return FailedWorkItem(
        *_key(work.state, work.queue, work.id),
        queue=work.queue.value,
        kind=work.kind,
        subject=work.subject,
        body=work.body,
        failed_at=iso(work.failed_at),
        cause=work.cause,
        attempts=work.attempts,
        state=work.state.value,
        settled_at=settled_at and iso(settled_at),
        settled_by=work.settled_by,
        reason=work.reason,
        settlement=work.settlement,
        version=work.version,
        expires_at=to_millis(settled_at) // 1000 + _SETTLED_SECONDS if settled_at else None,
    )


def _work(item: FailedWorkItem) -> FailedWork:
    return FailedWork(
        id=item.sk,
        queue=WorkQueue(item.queue),
        kind=item.kind,
        subject=item.subject,
        body=item.body,
        failed_at=from_iso(item.failed_at),
        cause=item.cause,
        attempts=None if item.attempts is None else int(item.attempts),
        state=FailedState(item.state),
        settled_at=from_iso(item.settled_at) if item.settled_at else None,
        settled_by=item.settled_by,
        reason=item.reason,
        settlement=item.settlement,
        version=int(item.version),
    )
