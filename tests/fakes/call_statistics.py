"""Counters of finished calls, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from fakes.call_books import Shelf

    from chalicelib.ai.domain.model_statistics import Row as ModelRow
    from chalicelib.calls.domain.statistics import Row


@dataclass
class FakeStatistics:
    """Counters on the shelf of the calls; implements `Statistics`."""

    shelf: Shelf

    reads: list[str] = field(default_factory=list)

    def totals(self, first: date, last: date) -> list[tuple[str, Counter[str]]]:
        """Give the numbers of these days."""
        self.reads.append("totals")
        return [(row.day, numbers) for row, numbers in self._rows(first, last)]

    def of_template(self, template_id: str, first: date, last: date) -> list[tuple[str, Counter[str]]]:
        """Give those of one template."""
        self.reads.append("of_template")
        rows = self._rows(first, last)
        return [(row.day, numbers) for row, numbers in rows if row.template_id == template_id]

    def by_template(self, first: date, last: date) -> list[tuple[str, Counter[str]]]:
        """Give the numbers of volume of all templates."""
        self.reads.append("by_template")
        return [(row.template_id, _volume(numbers)) for row, numbers in self._rows(first, last)]

    def asked(self, first: date, last: date) -> list[tuple[ModelRow, Counter[str]]]:
        """Give what models were asked."""
        days = (first.isoformat(), last.isoformat())
        return [(row, numbers) for row, numbers in self.shelf.asked.items() if days[0] <= row.day <= days[1]]

    def _rows(self, first: date, last: date) -> list[tuple[Row, Counter[str]]]:
        days = (first.isoformat(), last.isoformat())
        return [
            (row, numbers) for row, numbers in self.shelf.counted.items() if days[0] <= row.day <= days[1]
        ]


def _volume(numbers: Counter[str]) -> Counter[str]:
    wanted = ("calls_", "answered_", "dialed", "cost")
    return Counter({name: n for name, n in numbers.items() if name.startswith(wanted)})
