"""Runs of the retention, and the lists of what is kept for a while, oldest first."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository.codec import LIST_SHARDS
from chalicelib.calls.adapters.repository.writes import indexed, put_if
from chalicelib.calls.adapters.tables import CallItem, CallsTable, RetentionItem
from chalicelib.calls.domain.retention import DataKind, Due, RetentionRun, RunState, Tally
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from datetime import datetime

    from pynamodb.connection import Connection

_KEPT = timedelta(days=400)  # a report tells of deletions, and of nothing personal
_NOTHING = "-"


def _shards(name: str) -> tuple[str, ...]:
    return tuple(f"{name}#{shard}" for shard in range(LIST_SHARDS))


# In `by_listed`; whoever stores such a row lists it there as long as it has what is to go.
_LISTS = {
    DataKind.TRANSCRIPTS: _shards("TEXTS"),
    DataKind.RECORDINGS: _shards("RECORDINGS"),
    DataKind.VOICEMAILS: ("VOICEMAILS#new", "VOICEMAILS#heard"),
    DataKind.MESSAGES: _shards("MESSAGES"),
}


@unavailable_on(PynamoDBException)
class RetentionRepository:
    """Stored runs, and the lists that they work through."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, run: RetentionRun) -> bool:
        """Store a new run; False when there is one with this id."""
        return put_if(_item(run), RetentionItem.pk.does_not_exist())

    def get(self, run_id: str) -> RetentionRun | None:
        """Give a run, consistently."""
        try:
            return _run_of(RetentionItem.get(f"RETENTION#{run_id}", "RUN", consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, run: RetentionRun) -> bool:
        """Store a run in place of the version before; False when that is not there any more."""
        return put_if(_item(run), RetentionItem.version == run.version - 1)

    def older(self, kind: DataKind, before: datetime, limit: int, after: str) -> tuple[Due, ...]:
        """Give up to `limit` rows of a kind from before an instant, oldest first, after a position."""
        rows = [row for name in _LISTS[kind] for row in self._older(name, iso(before), limit, after)]
        return tuple(sorted(rows)[:limit])

    def remove(self, row: Due) -> None:
        """Delete a row; nothing when it is gone."""
        CallsTable(row.pk, row.sk).delete()

    def _older(self, name: str, before: str, limit: int, after: str) -> list[Due]:
        if after >= before:
            return []
        between = CallItem.listed_at.between(after or "0", before)
        page = indexed(self._connection, "by_listed", name, between, limit=limit + 1)
        found = (Due(row["listed_at"]["S"], row["pk"]["S"], row["sk"]["S"]) for row in page["Items"])
        return [row for row in found if row.position != after]


def _item(run: RetentionRun) -> RetentionItem:
    return RetentionItem(
        f"RETENTION#{run.id}",
        "RUN",
        expires_at=int((run.created_at + _KEPT).timestamp()),
        dry_run=run.dry_run,
        state=run.state.value,
        created_at=iso(run.created_at),
        created_by=run.created_by,
        updated_at=iso(run.updated_at),
        ended_at=iso(run.ended_at) if run.ended_at else None,
        kept_since={kind.value: iso(since) for kind, since in run.kept_since.items()},
        report={kind.value: asdict(tally) for kind, tally in run.report.items()},
        position=f"{run.kind.value if run.kind else _NOTHING}|{run.position}",
        waiting=[list(row) for row in run.waiting] or None,
        version=run.version,
    )


def _run_of(item: RetentionItem) -> RetentionRun:
    kind, _, position = (item.position or _NOTHING).partition("|")
    return RetentionRun(
        id=item.pk.removeprefix("RETENTION#"),
        dry_run=item.dry_run,
        state=RunState(item.state),
        created_at=from_iso(item.created_at),
        created_by=item.created_by,
        updated_at=from_iso(item.updated_at),
        ended_at=from_iso(item.ended_at) if item.ended_at else None,
        kept_since={DataKind(name): from_iso(since) for name, since in item.kept_since.items()},
        report={DataKind(name): Tally(**tally) for name, tally in item.report.items()},
        kind=None if kind == _NOTHING else DataKind(kind),
        position=position,
        waiting=tuple(Due(*row) for row in item.waiting or ()),
        version=int(item.version),
    )
