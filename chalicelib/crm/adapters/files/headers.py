"""What a header must be before a file's columns can be told apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.crm.adapters.files.decoding import wrong_byte
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from chalicelib.crm.domain.imports import Row

MAX_COLUMNS = 200
_MAX_NAME = 200
_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{5,}\d")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_BLANKS = re.compile(r"\s+")


def check_header(row: Row | None) -> tuple[str, ...]:
    """Give the names of the columns, or `Invalid` by `open_table`'s codes."""
    if row is None:
        raise Invalid("The file is empty; its first row must name the columns.", code="empty_file")
    names = _named([_BLANKS.sub(" ", cell).strip() for cell in row.cells])
    _check_text(names, row)
    if len(names) > MAX_COLUMNS:
        raise Invalid(
            f"The file has {len(names)} columns, {MAX_COLUMNS} at most are read. Remove some.",
            code="too_many_columns",
        )
    _check_names(names)
    return tuple(names)


def column_letters(index: int) -> str:
    """Name a column, counted from 0, as a spreadsheet does: A to Z, then AA."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def _named(names: list[str]) -> list[str]:
    """Leave out empty names at the end, which spreadsheets write and nobody means."""
    while names and not names[-1]:
        names = names[:-1]
    return names


def _check_text(names: list[str], row: Row) -> None:
    for index, name in enumerate(names):
        if "\x00" in name or wrong_byte(name):
            raise Invalid(
                f"The name of column {column_letters(index)} (line {row.line}) is not readable as text. "
                "Save the file as CSV UTF-8, or name its encoding in the options.",
                code="bad_header",
            )


def _check_names(names: list[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        _check_name(name, index)
        other = seen.setdefault(name.casefold(), index)
        if other != index:
            raise Invalid(
                f"Columns {column_letters(other)} and {column_letters(index)} are both called {name!r}. "
                "Rename one of them.",
                code="bad_header",
            )


def _check_name(name: str, index: int) -> None:
    if _NUMBER.fullmatch(name) or _EMAIL.fullmatch(name):
        raise Invalid(
            f"The first row contains {name!r}, so it seems to be a contact. "
            "Put a row above it that names the columns, such as: name, phone, email.",
            code="header_missing",
        )
    if not name:
        raise Invalid(
            f"Column {column_letters(index)} has no name. Name it in the first row, or remove the column.",
            code="bad_header",
        )
    if len(name) > _MAX_NAME:
        raise Invalid(
            f"The name of column {column_letters(index)} has more than {_MAX_NAME} characters. Shorten it.",
            code="bad_header",
        )
