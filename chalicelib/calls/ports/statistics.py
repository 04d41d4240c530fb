"""Counters of finished calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.calls.domain.statistics import Numbers, Row


class Statistics(Protocol):
    """Counters of finished calls; they move in the same write as the calls themselves (`CallBook.change`)."""

    def read(self, first: date, last: date) -> Iterable[tuple[Row, Numbers]]:
        """Give every row from one day to another, both included; a row may come in several parts."""
