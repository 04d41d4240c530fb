"""Tables as CSV that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What a spreadsheet may take for a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Give a cell that is shown as it is: one that could be a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV (RFC 4180), every cell safe."""
    out = io.StringIO()
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
