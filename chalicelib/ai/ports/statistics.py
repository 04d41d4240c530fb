"""Counters of questions to models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from chalicelib.ai.domain.model_statistics import Numbers, Row
    from chalicelib.kernel.clock import Clock


class ModelStatistics(Protocol):
    """Counters of questions to models."""

    def count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> bool:
        """Add to the rows and mark `name` as counted, all or nothing; False when it was counted before."""

    def rows(self, first: date, last: date) -> Iterable[tuple[Row, Numbers]]:
        """Give the rows of each day from one to another, both included; a row may come in parts."""


class CountingPorts(Protocol):
    """What counting works with."""

    @property
    def model_statistics(self) -> ModelStatistics: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
