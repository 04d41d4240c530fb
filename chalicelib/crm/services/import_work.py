"""The work of an import: its file is dealt into lanes, and each lane is worked off chunk by chunk.

Messages may come twice, late, or to a worker that dies: the table says how far a lane is, chunks are done
again when nobody has said so, and what a row does is the same however often it is done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.crm.domain.importing import (
    CHUNK,
    LANES,
    MAX_HEADER,
    MAX_ROWS,
    UNDER_WAY,
    Counts,
    Duplicate,
    FileFacts,
    Import,
    ImportState,
    Lane,
    Rejection,
    RowOutcome,
    lane_of,
    rejection_of,
)
from chalicelib.crm.domain.mapping import PHONES, guess_mapping
from chalicelib.crm.services.import_rows import RowWork
from chalicelib.kernel.actors import acting_as
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import AppError, Invalid, Unavailable
from chalicelib.kernel.logs import log, log_context

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.crm.domain.imports import Row
    from chalicelib.crm.domain.mapping import ColumnMapping
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.crm.ports.imports import Table

_SAMPLE = 100  # rows from which the mapping is guessed


def prepare_import(crm: CrmPorts, import_id: str) -> None:
    """Read the file of a queued import and deal its rows out; then have each lane worked on."""
    found = crm.imports.get(import_id)
    if found is None or found.state not in UNDER_WAY:
        return
    with log_context(import_id=import_id):
        if found.state is ImportState.QUEUED:
            found = _deal_out(crm, found)
        if found.state is not ImportState.RUNNING:
            return
        lanes = crm.imports.lanes(found.id, found.run)
        for lane in lanes:
            if not lane.is_done:
                crm.work.import_chunk(found.id, found.run, lane.number, lane.next_chunk)
        if all(lane.is_done for lane in lanes):
            _finish(crm, found)


def import_chunk(crm: CrmPorts, import_id: str, run: int, place: tuple[int, int]) -> None:
    """Import the rows at a place, if they are the next of their lane, and have the lane go on.

    The message of the chunk before only wakes the current one: its worker may have died before it could.
    """
    found = crm.imports.get(import_id)
    if found is None or found.run != run or found.state is not ImportState.RUNNING:
        return
    number, chunk = place
    lane = _lane(crm, found, number)
    if chunk < lane.next_chunk - 1:
        return
    with log_context(import_id=import_id), acting_as(found.created_by):
        if chunk == lane.next_chunk:
            rows = crm.import_files.chunk(found.id, run, place)
            if not rows:
                _give_up_lost(crm, found, place)
                return
            lane = lane.advanced(*_work(crm, found, rows, place))
            if not crm.imports.save_lane(found.id, run, lane):
                return
        crm.import_files.remove_chunk(found.id, run, place)
        _go_on(crm, found, lane)


def _deal_out(crm: CrmPorts, found: Import) -> Import:
    try:
        table = crm.import_files.open(found)
        facts = _deal_rows(crm, found, table)
    except Unavailable:
        raise
    except AppError as error:
        return _over(crm, replace(found, error=error.code, message=error.message), ImportState.FAILED)
    running = replace(found, state=ImportState.RUNNING, facts=facts, version=found.version + 1)
    return running if crm.imports.save(running) else crm.imports.get(found.id) or found


def _deal_rows(crm: CrmPorts, found: Import, table: Table) -> FileFacts:
    if sum(map(len, table.header)) > MAX_HEADER:
        raise Invalid(f"The header has more than {MAX_HEADER:,} characters.", code="bad_header")
    definitions = {one.key: one for one in crm.fields.all()}
    mapping = guess_mapping(table.header, definitions, table.sample(_SAMPLE), found.wish.mapping)
    dealer = _Dealer(crm, found, mapping)
    rows = dealer.deal(table)
    crm.imports.put_lanes(found.id, found.run, dealer.lanes())
    return FileFacts(table.encoding, table.delimiter, mapping, rows)


class _Dealer:
    """Deals rows into the chunks of lanes; holds no more rows than its lanes have room for."""

    def __init__(self, crm: CrmPorts, found: Import, mapping: ColumnMapping) -> None:
        self._crm = crm
        self._found = found
        self._phones = tuple(place for place, target in enumerate(mapping.fields) if target in PHONES)
        self._held: list[list[Row]] = [[] for _ in range(LANES)]
        self._chunks = [0] * LANES

    def deal(self, rows: Iterable[Row]) -> int:
        """Deal all rows and count them; `Invalid` with code `too_many_rows`."""
        count = 0
        for count, row in enumerate(rows, 1):
            if count > MAX_ROWS:
                raise Invalid(f"A file has {MAX_ROWS:,} rows at most: split it.", code="too_many_rows")
            lane = lane_of(row, self._phones)
            self._held[lane].append(row)
            if len(self._held[lane]) == CHUNK:
                self._flush(lane)
        for lane in range(LANES):
            if self._held[lane]:
                self._flush(lane)
        return count

    def lanes(self) -> list[Lane]:
        """Give the lanes as they were dealt."""
        return [Lane(number, chunks) for number, chunks in enumerate(self._chunks)]

    def _flush(self, lane: int) -> None:
        place = (lane, self._chunks[lane])
        self._crm.import_files.put_chunk(self._found.id, self._found.run, place, self._held[lane])
        self._held[lane] = []
        self._chunks[lane] += 1


def _lane(crm: CrmPorts, found: Import, number: int) -> Lane:
    return next(lane for lane in crm.imports.lanes(found.id, found.run) if lane.number == number)


def _give_up_lost(crm: CrmPorts, found: Import, place: tuple[int, int]) -> None:
    """End an import whose rows are not in the bucket any more, unless another worker has just done them."""
    number, chunk = place
    if _lane(crm, found, number).next_chunk == chunk:
        message = "Its rows were kept for a week and are gone. Import the file again: what is in stays once."
        _over(crm, replace(found, error="file_missing", message=message), ImportState.FAILED)


def _work(
    crm: CrmPorts, found: Import, rows: Sequence[Row], place: tuple[int, int]
) -> tuple[Counts, list[Duplicate]]:
    """Import each row of a chunk; give what came of them, and those that met others.

    Whose rows they were is kept beside, for who wants to do something with the contacts of an import.
    """
    ids: dict[str, None] = {}
    counts, rejected, duplicates = Counts(), list[Rejection](), list[Duplicate]()
    work = RowWork(crm, found, rows)
    for row, done in zip(rows, work.run(rows), strict=True):
        duplicates += filter(None, [work.duplicate(row, done)])
        counts = counts.with_row(done.outcome, duplicate=done.duplicate)
        if done.outcome is RowOutcome.FAILED:
            rejected.append(rejection_of(row, done.errors))
        elif done.contact_id:
            ids[done.contact_id] = None
    crm.imports.reject(found.id, found.run, rejected)
    if not found.wish.validate_only:
        crm.import_files.put_contacts(found.id, found.run, place, list(ids))
    return counts, duplicates


def _go_on(crm: CrmPorts, found: Import, lane: Lane) -> None:
    if not lane.is_done:
        crm.work.import_chunk(found.id, found.run, lane.number, lane.next_chunk)
    elif all(each.is_done for each in crm.imports.lanes(found.id, found.run)):
        _finish(crm, found)


def _finish(crm: CrmPorts, found: Import) -> None:
    if not found.wish.validate_only:
        crm.import_files.remove(found.id)
    _over(crm, found, ImportState.DONE)


def _over(crm: CrmPorts, found: Import, state: ImportState) -> Import:
    at = cut_to_millis(crm.clock.now())
    over = replace(found, state=state, finished_at=at, version=found.version + 1)
    if crm.imports.save(over):
        log("import.finished", state=state.value, error=over.error or "")
    return over
