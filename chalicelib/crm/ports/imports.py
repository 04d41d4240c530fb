"""Where imports are kept, and the files that they read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.crm.domain.importing import Import, Lane, Rejection, StoredFile, Upload
    from chalicelib.crm.domain.imports import Row
    from chalicelib.kernel.paging import Page


class Imports(Protocol):
    """Where imports, their lanes and their rejected rows are kept."""

    def add(self, new: Import) -> Import:
        """Keep a new import, or give the one that has this id."""

    def get(self, import_id: str) -> Import | None:
        """Give an import, consistently."""

    def save(self, changed: Import) -> bool:
        """Keep the import in place of the version below; False when the stored one has another version."""

    def page(self, page_size: int, start: str | None) -> Page[Import]:
        """Give imports, newest first, from after the id `start`."""

    def put_lanes(self, import_id: str, run: int, lanes: Sequence[Lane]) -> None:
        """Keep the lanes of a run, all or nothing; those of a run that are there already stay."""

    def lanes(self, import_id: str, run: int) -> list[Lane]:
        """Give the lanes of a run in their order, consistently; none before it was dealt out."""

    def save_lane(self, import_id: str, run: int, lane: Lane) -> bool:
        """Keep the lane in place of the one a chunk behind; False when it is not there."""

    def reject(self, import_id: str, run: int, rejections: Sequence[Rejection]) -> None:
        """Keep rows that were not imported; the same again changes nothing."""

    def rejections(self, import_id: str, run: int, page_size: int, start: str | None) -> Page[Rejection]:
        """Give rows that were not imported, in the order of the file, from after the row `start`."""

    def claim(self, import_id: str, run: int, phones: Sequence[str], row: int) -> None:
        """Note that a row has these numbers; whichever row claimed one first keeps it."""

    def claimed(self, import_id: str, run: int, phones: Sequence[str], row: int) -> int | None:
        """Give the first other row that has claimed one of these numbers, consistently."""

    def forget(self, import_id: str, run: int, rows: Sequence[int], phones: Sequence[str]) -> None:
        """Forget rejected rows, and which rows have these numbers."""


class Table(Protocol):
    """A file as a header and rows, read once."""

    header: tuple[str, ...]
    delimiter: str

    @property
    def encoding(self) -> str:
        """Name the encoding."""

    def sample(self, count: int) -> list[Row]:
        """Give up to `count` rows that the iteration still gives afterwards."""

    def __iter__(self) -> Iterator[Row]:
        """Give the rows that are not empty."""


class ImportFiles(Protocol):
    """Where files lie until they are imported, and the chunks that their rows are dealt into."""

    def upload(self, import_id: str) -> Upload:
        """Say where a client may put the file of an import."""

    def put(self, import_id: str, content: bytes) -> None:
        """Keep the file of an import."""

    def stored(self, import_id: str) -> StoredFile | None:
        """Tell of the file; None when there is none."""

    def open(self, found: Import) -> Table:
        """Begin to read the file that was there at the start, as the wish says.

        What cannot be read is `Invalid`, also a file that was replaced (code `file_changed`); a missing file
        is `NotFound` (code `file_missing`).
        """

    def put_chunk(self, import_id: str, run: int, place: tuple[int, int], rows: Sequence[Row]) -> None:
        """Keep rows at a place: their lane and the chunk's number in it."""

    def chunk(self, import_id: str, run: int, place: tuple[int, int]) -> list[Row]:
        """Give the rows at a place; none when they were removed."""

    def remove_chunk(self, import_id: str, run: int, place: tuple[int, int]) -> None:
        """Remove the rows at a place."""

    def put_contacts(
        self, import_id: str, run: int, place: tuple[int, int], contact_ids: Sequence[str]
    ) -> None:
        """Keep for a week whose the rows at a place were, without those that were refused."""

    def contacts(self, import_id: str, run: int, place: tuple[int, int]) -> list[str]:
        """Give whose the rows at a place were; `NotFound` (code `file_missing`) when that is not kept."""

    def remove(self, import_id: str) -> None:
        """Remove the file."""
