"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a spreadsheet may take for a formula (OWASP, "CSV Injection"), full-width signs included; apostrophes
# before it are part of the pattern, so that taking one away gives back exactly what was written.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def safe_cell(text: str) -> str:
    """Give a cell that is shown as it is: one that could be a formula begins with an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """Give the text of which `safe_cell` made this cell: without the one apostrophe that it added."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


def write_csv(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Write rows as CSV (RFC 4180), every cell safe."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
