"""Rows of files as values: what stands in them, what is wrong, and what is known of a contact by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.crm.domain.details import ContactStatus
    from chalicelib.kernel.phones import E164

MAX_SHOWN = 100


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row, and what to do about it; `column` is a header, None for the whole row."""

    problem: str
    remedy: str
    column: str | None = None
    value: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a file: `number` as a spreadsheet shows it, `line` of the text where it begins, its cells.

    A row with a `fault` could not be read as the header says; its cells are what was found.
    """

    number: int
    line: int
    cells: tuple[str, ...]
    fault: Fault | None = None


@dataclass(frozen=True)
class RowError:
    """Why a row is not imported: the row's number, the column's header, the value (cut), and the remedy."""

    row: int
    column: str | None
    value: str
    problem: str
    remedy: str

    @property
    def text(self) -> str:
        """Say it in one line, as it stands beside a rejected row."""
        where = f"{self.column} {self.value!r}: " if self.column and self.value else ""
        where = where or (f"{self.column}: " if self.column else "")
        return f"{where}{self.problem} {self.remedy}"


@dataclass(frozen=True)
class RowOptions:
    """How cells are read, and what a created contact gets where the file says nothing.

    `default_country` (ISO 3166 alpha-2) is for national numbers, `date_order` (`dmy` or `mdy`) for dates
    like 3/4/2026, `tags` (names) are added to every contact.
    """

    default_country: str | None = None
    date_order: str | None = None
    time_zone: str | None = None
    language: str | None = None
    source: str | None = None
    status: ContactStatus | None = None
    owner: str | None = None
    tags: tuple[str, ...] = ()

    def defaults(self) -> dict[str, Any]:
        """Give the fields of a created contact that the file does not give."""
        named = ("time_zone", "language", "source", "status", "owner")
        return {name: value for name in named if (value := getattr(self, name)) is not None}


@dataclass(frozen=True)
class RowContact:
    """What one row says of a contact, by its numbers; an empty cell says nothing.

    `fields` has only what is given, by the names and types of a contact's details, but for `tags` (names)
    and `address` and `custom_fields`, which have the given parts only. `defaults` are for a contact that is
    created.
    """

    row: int
    phones: tuple[E164, ...]
    fields: Mapping[str, Any]
    defaults: Mapping[str, Any] = field(default_factory=dict)


def row_error(row: Row, fault: Fault) -> RowError:
    """Give the fault as an error of this row."""
    return RowError(row.number, fault.column, fault.value[:MAX_SHOWN], fault.problem, fault.remedy)
