"""Imports of files as values: where each stands, what came of its rows, and how the work is dealt out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zlib import crc32

from chalicelib.crm.domain.imports import RowError, RowOptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.crm.domain.imports import Row
    from chalicelib.crm.domain.mapping import ColumnMapping

LANES = 8
SHOWN = 20  # errors and duplicates that are shown with an import
CHUNK = 200  # rows that one message works on
MAX_ROWS = 500_000
MAX_FILE_BYTES = 100_000_000
MAX_HEADER = 20_000  # characters of all headers together
KEPT = timedelta(days=30)  # how long rejected rows can be fetched
# An item has 400 KB, and a character can take twelve bytes of its JSON.
_KEPT_CHARACTERS, _KEPT_ERRORS = 20_000, 20
_TELLING_DIGITS = 7  # the last ones: of a number they are the same however its country is written


class ImportState(StrEnum):
    """Where an import stands; `failed` and `cancelled` may be started again, with other options."""

    WAITING = "waiting_for_file"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = frozenset({ImportState.QUEUED, ImportState.RUNNING})


class OnDuplicate(StrEnum):
    """What happens to a row whose number a contact has already."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


class RowOutcome(StrEnum):
    """What came of a row; while validating, what would have come of it."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class Counts:
    """How many rows came out how; `duplicates` met a contact, or an earlier row, with their number."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0
    duplicates: int = 0

    @property
    def rows(self) -> int:
        """Count the rows that are done with."""
        return self.created + self.updated + self.unchanged + self.skipped + self.failed

    def with_row(self, outcome: RowOutcome, *, duplicate: bool) -> Counts:
        """Count one more row."""
        more = {outcome.value: getattr(self, outcome.value) + 1}
        return replace(self, **more, duplicates=self.duplicates + duplicate)

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))


@dataclass(frozen=True)
class ImportWish:
    """What to do with a file: how it is written, which column is what, and what happens to duplicates.

    `mapping` says the field of columns by their headers; what it leaves out is guessed. `encoding` and
    `delimiter` are guessed unless given.
    """

    options: RowOptions = field(default_factory=RowOptions)
    on_duplicate: OnDuplicate = OnDuplicate.SKIP
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    validate_only: bool = False


@dataclass(frozen=True)
class FileFacts:
    """What a file turned out to be."""

    encoding: str
    delimiter: str
    mapping: ColumnMapping
    rows: int


@dataclass(frozen=True, kw_only=True)
class Import:
    """A file on its way into the contacts.

    `run` counts how often it was started: each run has its own lanes and rejected rows. `file_tag` says which
    file was there at the start, so that no other one is imported in its place. `facts` are known when the
    file was read; `error` and `message` say why the import as a whole failed.
    """

    id: str
    file_name: str
    wish: ImportWish
    state: ImportState
    run: int = 0
    file_tag: str = ""
    facts: FileFacts | None = None
    error: str | None = None
    message: str | None = None
    created_by: str
    created_at: datetime
    finished_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True)
class Duplicate:
    """A row whose number a contact has, or an earlier row of the file, and what came of it."""

    row: int
    phone: str
    outcome: RowOutcome
    contact_id: str | None = None
    earlier_row: int | None = None


@dataclass(frozen=True)
class Lane:
    """A part of the rows that is worked on in order: all rows of one number are in one lane.

    `duplicates` are its first ones.
    """

    number: int
    chunks: int
    next_chunk: int = 0
    counts: Counts = Counts()
    duplicates: tuple[Duplicate, ...] = ()

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left of it."""
        return self.next_chunk >= self.chunks

    def advanced(self, counts: Counts, duplicates: Sequence[Duplicate] = ()) -> Lane:
        """Give the lane one chunk on."""
        return replace(
            self,
            next_chunk=self.next_chunk + 1,
            counts=self.counts + counts,
            duplicates=(*self.duplicates, *duplicates)[:SHOWN],
        )


@dataclass(frozen=True)
class Rejection:
    """A row that was not imported: its cells as they stood, and what is wrong with it."""

    row: int
    cells: tuple[str, ...]
    errors: tuple[RowError, ...]


@dataclass(frozen=True)
class Progress:
    """An import with the sum of what its lanes have done, and the first duplicates."""

    of: Import
    counts: Counts
    duplicates: tuple[Duplicate, ...] = ()


@dataclass(frozen=True)
class StoredFile:
    """A file that was uploaded: its size in bytes, and a tag that changes with its content."""

    size: int
    tag: str


@dataclass(frozen=True)
class Upload:
    """Where a client puts the file, with this method and these headers, until `expires_at`."""

    url: str
    method: str
    headers: Mapping[str, str]
    expires_at: datetime


def rejection_of(row: Row, errors: tuple[RowError, ...]) -> Rejection:
    """Give a row that was not imported, cut to what can be kept; then the first error says so."""
    if sum(map(len, row.cells)) <= _KEPT_CHARACTERS:
        return Rejection(row.number, row.cells, errors[:_KEPT_ERRORS])
    each = _KEPT_CHARACTERS // len(row.cells)
    cut = RowError(row.number, None, "", "The row is too long to be kept whole.", "Mend it in your own file.")
    return Rejection(row.number, tuple(cell[:each] for cell in row.cells), (cut, *errors)[:_KEPT_ERRORS])


def lane_of(row: Row, phone_columns: tuple[int, ...]) -> int:
    """Give the lane of a row: by the end of its first number, so that equal numbers meet in one lane."""
    cells = (row.cells[place] for place in phone_columns if place < len(row.cells))
    digits = next((found for cell in cells if (found := "".join(filter(str.isdigit, cell)))), "")
    return crc32(digits[-_TELLING_DIGITS:].encode()) % LANES


def started(found: Import, wish: ImportWish, file_tag: str) -> Import:
    """Give the import at the beginning of a new run over this file, one version on."""
    return replace(
        found,
        wish=wish,
        file_tag=file_tag,
        state=ImportState.QUEUED,
        run=found.run + 1,
        facts=None,
        error=None,
        message=None,
        finished_at=None,
        version=found.version + 1,
    )


def row_stamp(found: Import, row: int) -> str:
    """Name a row of a run, as a contact keeps it that was last written by it."""
    return f"{found.id}#{found.run}#{row}"
