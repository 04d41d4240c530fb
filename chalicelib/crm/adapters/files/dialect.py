"""What separates the cells of a table: told by Excel's `sep=` line, or guessed from the first rows."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from chalicelib.kernel.errors import FieldError, Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

DELIMITERS = (",", ";", "\t", "|")
_NAMES = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_ROWS = 50


def check_delimiter(text: str) -> str:
    """Give a delimiter by itself or its name (`tab`); else `Invalid` with code `bad_delimiter`."""
    delimiter = _NAMES.get(text.casefold(), text)
    if delimiter in DELIMITERS:
        return delimiter
    message = f"{text[:10]!r} is no delimiter that is read; use comma, semicolon, tab or pipe."
    raise Invalid(message, code="bad_delimiter", errors=(FieldError("/options/delimiter", message),))


def told_delimiter(line: str) -> str | None:
    """Give the delimiter that a first line like `sep=;` tells to Excel; None for any other line."""
    found = _SEP_LINE.fullmatch(line)
    return found[1] if found and found[1] in DELIMITERS else None


def guess_delimiter(lines: Sequence[str]) -> str:
    """Guess from the first lines: the sign that splits the rows into as many cells as the header."""
    return max(DELIMITERS, key=lambda delimiter: _fit(lines, delimiter))


def _fit(lines: Sequence[str], delimiter: str) -> tuple[float, int]:
    """Tell how many rows have as many cells as the header, and how many cells; (0, 0) without a second."""
    rows = _rows(lines, delimiter)
    width = len(rows[0]) if rows else 0
    if width <= 1:
        return 0, 0
    alike = sum(len(row) == width for row in rows[1:])
    return round(alike / max(len(rows) - 1, 1), 1) if rows[1:] else 1, width


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """Split the first rows that are not empty; one that cannot be split ends them."""
    found: list[list[str]] = []
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if any(cell.strip() for cell in row):
                found.append(row)
            if len(found) > _ROWS:
                break
    except csv.Error:
        pass
    return found
