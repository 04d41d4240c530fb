"""Reading suppressed numbers from text: a list of numbers, a table of any kind, or an export of the list."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from chalicelib.calls.domain.suppression import IMPORT, MAX_REASON, Suppression, is_source
from chalicelib.kernel.clock import cut_to_millis, from_iso
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.logs import log
from chalicelib.kernel.numbering import parse_phone
from chalicelib.kernel.phones import E164, is_e164
from chalicelib.kernel.spreadsheets import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from chalicelib.calls.ports.calls import CallPorts

MAX_NUMBERS = 5000
# The columns of an export; the import of one restores all of them.
COLUMNS = ("number", "suppressed_at", "source", "reason")
_DELIMITERS = ",;\t|"
_NUMBER_WORDS = ("number", "phone", "mobile", "tel")
_SHOWN = 64
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class SuppressionFile:
    """What to import; national numbers need `default_country` (ISO 3166 alpha-2)."""

    content: str
    default_country: str | None = None
    validate_only: bool = False


@dataclass(frozen=True)
class RowError:
    """A row that was not imported: its place in the content, from 1, what stands there, and what to do."""

    row: int
    value: str
    remedy: str


@dataclass(frozen=True)
class ImportResult:
    """How many numbers were added, were on the list already (or twice in the content), and were refused."""

    added: int
    already: int
    errors: tuple[RowError, ...]

    @property
    def failed(self) -> int:
        """How many rows were refused."""
        return len(self.errors)


@dataclass(frozen=True)
class _Row:
    """The cells of a row by the name of their column, and where it stands."""

    place: int
    cells: Mapping[str, str]


def import_suppressions(calls: CallPorts, given: SuppressionFile) -> ImportResult:
    """Suppress every number of the content; again, it adds what is missing.

    `Invalid` with code `too_many_numbers` for more than 5,000 rows. A row that cannot be read is told and
    keeps no other from being imported. With `validate_only` nothing is written.
    """
    now = cut_to_millis(calls.clock.now())
    wanted: dict[E164, Suppression] = {}
    errors: list[RowError] = []
    read = 0
    for row in _rows(given.content):
        read += 1
        try:
            suppression = _suppression(row.cells, given.default_country, now)
        except Invalid as error:
            errors.append(RowError(row.place, row.cells["number"][:_SHOWN], error.message))
        else:
            wanted.setdefault(suppression.number, suppression)
    known = calls.numbers.suppressed(wanted, firmly=True)
    new = [each for number, each in wanted.items() if number not in known]
    if not given.validate_only:
        calls.numbers.suppress_all(new)
        log("suppressions.imported", added=len(new), failed=len(errors))
    return ImportResult(len(new), read - len(errors) - len(new), tuple(errors))


def _rows(content: str) -> Iterator[_Row]:
    """Give the rows that have anything in them; the first may be a heading."""
    text = content.removeprefix("\ufeff")
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    table = _filled(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    columns = ["number"]
    for place, cells in _without_heading(table, columns):
        yield _Row(place, {"number": "", **dict(zip(columns, map(plain_cell, cells), strict=False))})


def _without_heading(
    table: Iterable[tuple[int, list[str]]], columns: list[str]
) -> Iterator[tuple[int, list[str]]]:
    """Give the rows after a heading, whose names go into `columns`: a first row without any digit."""
    left = MAX_NUMBERS
    for count, (place, cells) in enumerate(table):
        if count == 0 and not any(letter.isdecimal() for letter in "".join(cells)):
            columns[:] = _columns(cells)
            continue
        left -= 1
        if left < 0:
            raise Invalid(f"Send {MAX_NUMBERS} numbers at a time, at most.", code="too_many_numbers")
        yield place, cells


def _filled(reader: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    try:
        for place, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                yield place, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise Invalid(f"The content is no CSV: {error}.", code="bad_csv") from error


def _columns(heading: list[str]) -> list[str]:
    """Name the columns: those of an export by their names, and the first that speaks of numbers."""
    names = [cell.casefold().replace(" ", "_") for cell in heading]
    if "number" not in names:
        spoken = (place for place, name in enumerate(names) if any(word in name for word in _NUMBER_WORDS))
        names[next(spoken, 0)] = "number"
    return names


def _suppression(cells: Mapping[str, str], country: str | None, now: datetime) -> Suppression:
    """Read a row; one of an export keeps its time, source and reason. `Invalid` says what to do."""
    number, source = cells["number"], cells.get("source", "")
    is_exported = is_e164(number) and is_source(source) and bool(cells.get("suppressed_at"))
    if not is_exported:
        return Suppression(parse_phone(number, country), now, IMPORT, _reason(cells))
    return Suppression(E164(number), _instant(cells["suppressed_at"], now), source, _reason(cells))


def _reason(cells: Mapping[str, str]) -> str:
    return _CONTROLS.sub(" ", cells.get("reason", ""))[:MAX_REASON].strip()


def _instant(text: str, now: datetime) -> datetime:
    """Read an instant with its offset; nothing was suppressed in the future."""
    try:
        written = from_iso(text)
        at = cut_to_millis(written.astimezone(UTC))
    except (ValueError, OverflowError):
        raise _no_instant() from None
    if written.tzinfo is None or at > now:
        raise _no_instant()
    return at


def _no_instant() -> Invalid:
    remedy = "Write suppressed_at as an instant in the past, such as 2026-03-03T12:00:00Z, or leave it empty."
    return Invalid(remedy, code="bad_suppressed_at")
