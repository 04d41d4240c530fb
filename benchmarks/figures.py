"""What a benchmark gives: figures with their budgets; measuring and printing are elsewhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Figure:
    """A measured value in `unit`; at most `budget`, where there is one.

    `ratio` is the value over that of the base line that was measured beside it, comparable between machines.
    """

    name: str
    value: float
    unit: str
    budget: float | None = None
    ratio: float | None = None

    @property
    def within(self) -> bool | None:
        """Tell whether the budget is kept; None when there is none."""
        return None if self.budget is None else self.value <= self.budget

    def view(self) -> dict[str, Any]:
        """Return the figure as JSON."""
        fields = {"name": self.name, "value": round(self.value, 3), "unit": self.unit}
        given = {"budget": self.budget, "within": self.within, "ratio": self.ratio and round(self.ratio, 3)}
        return fields | {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Report:
    """One benchmark's figures, and with what they were measured."""

    title: str
    measured_with: str
    figures: list[Figure] = field(default_factory=list)

    def view(self) -> dict[str, Any]:
        """Return the report as JSON."""
        figures = [figure.view() for figure in self.figures]
        return {"title": self.title, "measured_with": self.measured_with, "figures": figures}


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the smallest sample that at least `percent` of all samples do not exceed (nearest rank)."""
    if not samples:
        raise ValueError("a percentile needs at least one sample")
    ordered = sorted(samples)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]
