"""Counters of finished calls, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections import Counter
    from datetime import date

    from fakes.call_books import Shelf

    from chalicelib.calls.domain.statistics import Row


@dataclass
class FakeStatistics:
    """Counters on the shelf of the calls; implements `Statistics`."""

    shelf: Shelf

    def read(self, first: date, last: date) -> list[tuple[Row, Counter[str]]]:
        """Give the rows of these days."""
        days = (first.isoformat(), last.isoformat())
        return [
            (row, numbers) for row, numbers in self.shelf.counted.items() if days[0] <= row.day <= days[1]
        ]
