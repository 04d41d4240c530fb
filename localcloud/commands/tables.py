"""Tables for terminals: what is copied or compared stays in one piece, and narrow ones show less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.table import Table

from localcloud.commands.cells import is_instant, piped, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_GAP = 2
_DATE = len("2026-11-22")


@dataclass(frozen=True)
class Column:
    """A column of a list.

    `least` is how many characters a text needs at least before its rest is folded; None: it is never folded.
    `of` gives the value, by default the item's field of this name.
    """

    name: str
    least: int | None = None
    of: Callable[[dict[str, Any]], Any] | None = None

    def value(self, item: dict[str, Any]) -> Any:
        """Give what the column shows of an item."""
        return self.of(item) if self.of else item.get(self.name)


@dataclass(frozen=True)
class _Drawn:
    """A column with its heading and cells as they will stand there."""

    name: str
    least: int | None
    heading: str
    cells: list[str]

    @property
    def longest(self) -> int:
        """How many characters it takes when nothing is folded."""
        return max(cell_len(line) for cell in (self.heading, *self.cells) for line in cell.split("\n"))

    @property
    def needs(self) -> int:
        """How many characters it needs at least."""
        if self.least is None:
            return self.longest
        return min(self.longest, max(self.least, len(self.heading)))


def table_of(
    columns: Sequence[Column], items: Sequence[dict[str, Any]], essential: Sequence[str], width: int
) -> Table:
    """Draw items in a terminal that is `width` characters wide.

    In a narrow one columns that `essential` does not name are left out, empty ones first, then from the
    right; then instants are shown as dates; then the last of the essential ones are left out.
    """
    dates = False
    drawn = [_drawn(column, items, dates=dates) for column in columns]
    while _spare(drawn, width) < 0 and len(drawn) > 1:
        victim = _dispensable(drawn, essential)
        if victim is None and not dates:
            dates = True
            kept = {column.name for column in drawn}
            drawn = [_drawn(column, items, dates=dates) for column in columns if column.name in kept]
        else:
            drawn.remove(victim or _last_essential(drawn, essential))
    return _table(drawn, max(0, _spare(drawn, width)))


def whole_row(columns: Sequence[Column], item: dict[str, Any]) -> list[str]:
    """Give an item's cells for a line in a pipe."""
    return [piped(column.value(item)).replace("\t", " ").replace("\n", " ") for column in columns]


def _drawn(column: Column, items: Sequence[dict[str, Any]], *, dates: bool) -> _Drawn:
    values = [column.value(item) for item in items]
    cells = [readable(value)[:_DATE] if dates and is_instant(value) else readable(value) for value in values]
    has_times = not dates and any(map(is_instant, values))
    heading = f"{column.name} (UTC)" if has_times else column.name
    return _Drawn(column.name, column.least, heading, cells)


def _spare(drawn: Sequence[_Drawn], width: int) -> int:
    """How many characters are left when each column has what it needs; negative: it does not fit."""
    return width + _GAP - sum(column.needs + _GAP for column in drawn)


def _dispensable(drawn: Sequence[_Drawn], essential: Sequence[str]) -> _Drawn | None:
    others = [column for column in reversed(drawn) if column.name not in essential]
    empty = [column for column in others if not any(column.cells)]
    return next(iter([*empty, *others]), None)


def _last_essential(drawn: Sequence[_Drawn], essential: Sequence[str]) -> _Drawn:
    return max(drawn, key=lambda column: (not any(column.cells), essential.index(column.name)))


def _table(drawn: Sequence[_Drawn], spare: int) -> Table:
    """Draw columns; those whose texts would be folded share what is spare, from the left."""
    table = Table(box=None, pad_edge=False)
    for column in drawn:
        more = min(spare, column.longest - column.needs)
        spare -= more
        table.add_column(column.heading, overflow="fold", width=column.needs + more)
    for row in zip(*(column.cells for column in drawn), strict=True):
        table.add_row(*row)
    return table
