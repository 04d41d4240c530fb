"""Imports in DynamoDB: one row each, with the lanes of its runs and the rows that were not imported."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.crm.adapters.repository.import_items import import_item, import_of
from chalicelib.crm.adapters.repository.refusals import REFUSED, cancelled_for, is_refused
from chalicelib.crm.adapters.tables import ImportItem, LaneItem, RejectionItem, SeenItem
from chalicelib.crm.domain.importing import KEPT, Counts, Duplicate, Lane, Rejection, RowOutcome
from chalicelib.crm.domain.imports import RowError
from chalicelib.kernel.clock import from_millis
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.ids import made_at_millis
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynamodb.connection import Connection

    from chalicelib.crm.domain.importing import Import

_IMPORTS = "IMPORTS"
_SEEN_KEPT = timedelta(days=2)


@unavailable_on(PynamoDBException)
class ImportRepository:
    """Imports, on the connection of their table; implements `Imports`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Import) -> Import:
        """Keep a new import, or give the one that has this id."""
        if self._put(import_item(new), ImportItem.pk.does_not_exist()):
            return new
        return self.get(new.id) or new

    def get(self, import_id: str) -> Import | None:
        """Give an import, consistently."""
        try:
            return import_of(ImportItem.get(_IMPORTS, f"IMPORT#{import_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, changed: Import) -> bool:
        """Keep the import in place of the version below; False when the stored one has another version."""
        return self._put(import_item(changed), ImportItem.version == changed.version - 1)

    def page(self, page_size: int, start: str | None) -> Page[Import]:
        """Give imports, newest first, from after the id `start`."""
        found = ImportItem.query(
            _IMPORTS,
            ImportItem.sk < f"IMPORT#{start}" if start else ImportItem.sk.startswith("IMPORT#"),
            scan_index_forward=False,
            limit=page_size + 1,
            consistent_read=True,
        )
        imports = list(map(import_of, found))
        return Page(imports[:page_size], imports[page_size - 1].id if len(imports) > page_size else None)

    def put_lanes(self, import_id: str, run: int, lanes: Sequence[Lane]) -> None:
        """Keep the lanes of a run, all or nothing; those of a run that are there already stay."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                for lane in lanes:
                    transaction.save(_lane_item(import_id, run, lane), LaneItem.pk.does_not_exist())
        except TransactWriteError as error:
            if not cancelled_for(error, REFUSED):
                raise

    def lanes(self, import_id: str, run: int) -> list[Lane]:
        """Give the lanes of a run in their order, consistently; none before it was dealt out."""
        place = LaneItem.sk.startswith(f"LANE#{run:04}#")
        return list(map(_lane, LaneItem.query(f"IMPORT#{import_id}", place, consistent_read=True)))

    def save_lane(self, import_id: str, run: int, lane: Lane) -> bool:
        """Keep the lane in place of the one a chunk behind; False when it is not there."""
        return self._put(_lane_item(import_id, run, lane), LaneItem.next_chunk == lane.next_chunk - 1)

    def reject(self, import_id: str, run: int, rejections: Sequence[Rejection]) -> None:
        """Keep rows that were not imported; the same again changes nothing."""
        with RejectionItem.batch_write() as batch:
            for rejection in rejections:
                batch.save(_rejection_item(import_id, run, rejection))

    def rejections(self, import_id: str, run: int, page_size: int, start: str | None) -> Page[Rejection]:
        """Give rows that were not imported, in the order of the file, from after the row `start`."""
        first = f"ROW#{run:04}#{int(start) + 1:08}" if start else f"ROW#{run:04}#"
        place = RejectionItem.sk.between(first, f"ROW#{run:04}$")
        found = RejectionItem.query(f"IMPORT#{import_id}", place, limit=page_size + 1)
        rows = list(map(_rejection, found))
        return Page(rows[:page_size], str(rows[page_size - 1].row) if len(rows) > page_size else None)

    def claim(self, import_id: str, run: int, phones: Sequence[str], row: int) -> None:
        """Note that a row has these numbers; whichever row claimed one first keeps it."""
        for phone in phones:
            item = SeenItem(*_seen_key(import_id, run, phone), line=row)
            item.expires_at = _expiry(import_id, _SEEN_KEPT)
            self._put(item, SeenItem.pk.does_not_exist())

    def claimed(self, import_id: str, run: int, phones: Sequence[str], row: int) -> int | None:
        """Give the first other row that has claimed one of these numbers, consistently."""
        keys = [_seen_key(import_id, run, phone) for phone in dict.fromkeys(phones)]
        found = SeenItem.batch_get(keys, consistent_read=True)
        return min((int(item.line) for item in found if item.line != row), default=None)

    def forget(self, import_id: str, run: int, rows: Sequence[int], phones: Sequence[str]) -> None:
        """Forget rejected rows, and which rows have these numbers."""
        keys = [f"ROW#{run:04}#{row:08}" for row in rows] + [f"SEEN#{run:04}#{phone}" for phone in phones]
        with RejectionItem.batch_write() as batch:
            for key in keys:
                batch.delete(RejectionItem(f"IMPORT#{import_id}", key))

    def _put(self, item: Any, condition: Any) -> bool:
        try:
            item.save(condition)
        except PutError as error:
            if not is_refused(error):
                raise
            return False
        return True


def _seen_key(import_id: str, run: int, phone: str) -> tuple[str, str]:
    return f"IMPORT#{import_id}", f"SEEN#{run:04}#{phone}"


def _lane_item(import_id: str, run: int, lane: Lane) -> LaneItem:
    return LaneItem(
        f"IMPORT#{import_id}",
        f"LANE#{run:04}#{lane.number}",
        number=lane.number,
        chunks=lane.chunks,
        next_chunk=lane.next_chunk,
        counts=asdict(lane.counts),
        duplicates=[asdict(duplicate) for duplicate in lane.duplicates] or None,
    )


def _lane(item: LaneItem) -> Lane:
    duplicates = tuple(
        Duplicate(**{**kept, "outcome": RowOutcome(kept["outcome"])}) for kept in item.duplicates or ()
    )
    return Lane(int(item.number), int(item.chunks), int(item.next_chunk), Counts(**item.counts), duplicates)


def _rejection_item(import_id: str, run: int, rejection: Rejection) -> RejectionItem:
    return RejectionItem(
        f"IMPORT#{import_id}",
        f"ROW#{run:04}#{rejection.row:08}",
        cells=list(rejection.cells),
        errors=[asdict(error) for error in rejection.errors],
        expires_at=_expiry(import_id, KEPT),
    )


def _rejection(item: RejectionItem) -> Rejection:
    errors = tuple(RowError(**error) for error in item.errors)
    return Rejection(int(item.sk.rpartition("#")[2]), tuple(item.cells), errors)


def _expiry(import_id: str, kept: timedelta) -> int:
    return int((from_millis(made_at_millis(import_id)) + kept).timestamp())
