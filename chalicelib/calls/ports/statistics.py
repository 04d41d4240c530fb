"""Counters of finished calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.ai.domain.model_statistics import Row as ModelRow
    from chalicelib.calls.domain.statistics import Numbers


class Statistics(Protocol):
    """Counters of finished calls; they move in the same write as the calls themselves (`CallBook.change`)."""

    def totals(self, first: date, last: date) -> Iterable[tuple[str, Numbers]]:
        """Give the numbers of each day from one to another, both included; a day may come in parts."""

    def of_template(self, template_id: str, first: date, last: date) -> Iterable[tuple[str, Numbers]]:
        """Give those of the calls of one template."""

    def by_template(self, first: date, last: date) -> Iterable[tuple[str, Numbers]]:
        """Give volume, answers and cost of each template in a period; a template may come in parts."""

    def asked(self, first: date, last: date) -> Iterable[tuple[ModelRow, Numbers]]:
        """Give what models were asked for calls, from one day to another; a row may come in parts."""
