"""Counters of questions to models, in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from chalicelib.ai.domain.model_statistics import Numbers, Row


@dataclass
class FakeModelStatistics:
    """Counters in a dict; implements `ModelStatistics`."""

    counted: set[str] = field(default_factory=set)
    by_row: dict[Row, Numbers] = field(default_factory=dict)

    def count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> bool:
        """Add once."""
        if name in self.counted:
            return False
        self.counted.add(name)
        for row, numbers in moves.items():
            self.by_row.setdefault(row, Counter()).update(numbers)
        return True

    def rows(self, first: date, last: date) -> Iterable[tuple[Row, Numbers]]:
        """Give the rows of a period."""
        days = first.isoformat(), last.isoformat()
        return [(row, numbers) for row, numbers in self.by_row.items() if days[0] <= row.day <= days[1]]
