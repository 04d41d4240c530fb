"""Counters of all questions to models: of chats and evaluations, and those that calls keep themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from chalicelib.ai.domain.model_statistics import Numbers, Row
    from chalicelib.ai.ports.statistics import ModelStatistics
    from chalicelib.bootstrap import Container


@dataclass(frozen=True)
class AllQuestions:
    """Counts in `own`, and reads both; implements the `ModelStatistics` of ai."""

    own: ModelStatistics
    root: Container

    def count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> bool:
        """Add to the rows and mark `name` as counted, all or nothing; False when it was counted before."""
        return self.own.count(name, moves, now)

    def rows(self, first: date, last: date) -> Iterator[tuple[Row, Numbers]]:
        """Give the rows of each day from one to another, both included; a row may come in parts."""
        yield from self.own.rows(first, last)
        yield from self.root.calls.statistics.asked(first, last)
