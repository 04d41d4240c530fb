"""Text as rows of cells, one at a time whatever the file's size; what is wrong with a row stays with it."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain, islice
from typing import TYPE_CHECKING

from chalicelib.crm.adapters.files.decoding import Decoder, readable, wrong_byte
from chalicelib.crm.adapters.files.dialect import check_delimiter, guess_delimiter, told_delimiter
from chalicelib.crm.adapters.files.headers import check_header
from chalicelib.crm.domain.imports import Fault, Row
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.spreadsheets import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

MAX_CELL = 10_000
_MAX_RECORD = 1_000_000  # characters of a row
_FIRST_LINES = 300
_FIRST_CHARACTERS = 200_000
_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')  # how Excel is told that digits are text
_SAVE_AGAIN = "Save the file as CSV UTF-8, or name its encoding in the options."


class Table:
    """The rows below the header of one file, which is read once."""

    def __init__(self, decoder: Decoder, delimiter: str | None) -> None:
        self._decoder = decoder
        lines = _lines(decoder)
        first = _first(lines)
        told = told_delimiter(first[0]) if first else None
        skipped = 1 if told else 0
        chosen = check_delimiter(delimiter) if delimiter else told
        self.delimiter = chosen or guess_delimiter(first)
        self._rows = _records(chain(first[skipped:], lines), self.delimiter, skipped)
        self.header = check_header(next((row for row in self._rows if not _is_empty(row)), None))

    @property
    def encoding(self) -> str:
        """Name the encoding that was asked for or guessed; a file may tell only in a later row."""
        return self._decoder.encoding

    def sample(self, count: int) -> list[Row]:
        """Give up to `count` rows that the iteration still gives afterwards."""
        rows = list(islice(self, count))
        self._rows = chain(rows, self._rows)
        return rows

    def __iter__(self) -> Iterator[Row]:
        """Give the rows that are not empty.

        Raises `Invalid` with code `broken_quotes` or `row_too_long` where no later row can be told.
        """
        width = len(self.header)
        for row in self._rows:
            if not _is_empty(row):
                yield self._judged(row, width)

    def _judged(self, row: Row, width: int) -> Row:
        if row.fault:  # judged before, as part of a sample
            return row
        cells = _fitted(row.cells, width)
        fault = _width_fault(cells, width) or _cell_fault(cells, self.header, self.encoding)
        return Row(row.number, row.line, tuple(map(readable, cells)) if fault else cells, fault)


def open_table(stream: BinaryIO, encoding: str | None = None, delimiter: str | None = None) -> Table:
    """Read a file's header and get ready for its rows; encoding and delimiter are guessed unless given.

    Raises `Invalid` with code `empty_file`, `not_a_table`, `bad_encoding`, `bad_delimiter`, `bad_header`,
    `header_missing`, `too_many_columns`, `broken_quotes` or `row_too_long`.
    """
    return Table(Decoder(stream, encoding), delimiter)


def _first(lines: Iterator[str]) -> list[str]:
    """Take the lines that tell the delimiter."""
    taken: list[str] = []
    length = 0
    for line in islice(lines, _FIRST_LINES):
        taken.append(line)
        length += len(line)
        if length > _FIRST_CHARACTERS:
            break
    return taken


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Cut text into lines that keep their ends: LF, CR LF or CR."""
    rest = ""
    for piece in pieces:
        if len(rest) > _MAX_RECORD:
            yield rest
            rest = ""
        *whole, rest = [*io.StringIO(rest + piece, newline=""), ""]
        while whole and not (rest or whole[-1].endswith("\n")):  # a CR may be the half of a CR LF
            rest = whole.pop()
        yield from whole
    yield from io.StringIO(rest, newline="")


class _Feed:
    """The lines on their way to the CSV reader: where a row begins, how long it is, whether all is read."""

    def __init__(self, lines: Iterable[str], skipped: int) -> None:
        self._lines = iter(lines)
        self._read = skipped
        self._length = 0
        self.ended = False
        self.begins = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self._read += 1
        self._length += len(line)
        if self._length > _MAX_RECORD:
            raise _too_long(self.begins)
        return line

    def start(self) -> None:
        """Note that the next line begins a row."""
        self.begins, self._length = self._read + 1, 0


def _records(lines: Iterable[str], delimiter: str, skipped: int) -> Iterator[Row]:
    """Split lines into rows, empty ones included, numbered as a spreadsheet would."""
    feed = _Feed(lines, skipped)
    reader = csv.reader(feed, delimiter=delimiter)
    number = 0
    while True:
        feed.start()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _too_long(feed.begins) from error
        if cells is None:
            return
        if feed.ended:
            raise _unclosed(feed.begins)
        number += 1
        yield Row(number, feed.begins, tuple(map(_plain, cells)))


def _too_long(line: int) -> Invalid:
    return Invalid(
        f"The row that begins on line {line} is too long to be one. "
        "Look for a quotation mark that is not closed, or for line ends that are missing.",
        code="row_too_long",
    )


def _unclosed(line: int) -> Invalid:
    return Invalid(
        f"A quotation mark in the row that begins on line {line} is not closed, so no later row can be told. "
        'Close it, or write a quotation mark inside a cell twice ("").',
        code="broken_quotes",
    )


def _plain(cell: str) -> str:
    """Give what a cell says, without what protects it from being run or rounded by a spreadsheet."""
    plain = plain_cell(cell)
    if plain == cell and (found := _TEXT_FORMULA.fullmatch(cell.strip())):
        return found[1].replace('""', '"')
    return plain


def _is_empty(row: Row) -> bool:
    return not any(cell.strip() for cell in row.cells)


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    """Leave out empty cells beyond the header, which spreadsheets write and nobody means."""
    return cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells


def _width_fault(cells: tuple[str, ...], width: int) -> Fault | None:
    if len(cells) == width:
        return None
    less = len(cells) < width
    return Fault(
        f"The row has {len(cells)} cells, the header has {width}.",
        "Add the missing delimiters, or remove a line break inside the row."
        if less
        else "Put cells that contain the delimiter or a quotation mark into quotation marks.",
    )


def _cell_fault(cells: tuple[str, ...], header: tuple[str, ...], encoding: str) -> Fault | None:
    faults = (_text_fault(cell, name, encoding) for cell, name in zip(cells, header, strict=True))
    return next((fault for fault in faults if fault), None)


def _text_fault(cell: str, name: str, encoding: str) -> Fault | None:
    if cell.isascii() and "\x00" not in cell and len(cell) <= MAX_CELL:
        return None
    if len(cell) > MAX_CELL:
        return Fault(f"The cell has more than {MAX_CELL:,} characters.", "Shorten it.", name, cell)
    if "\x00" in cell:
        return Fault("The cell contains a NUL character.", "Remove it.", name, cell.replace("\x00", "␀"))
    if wrong := wrong_byte(cell):
        return Fault(f"It contains {wrong}, which is no {encoding} text.", _SAVE_AGAIN, name, readable(cell))
    return None
