from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.figures import Figure, percentile
from benchmarks.prices import cost_lines


def test_percentiles_are_samples():
    """A percentile is the smallest sample that so many per cent do not exceed, whatever their order."""
    samples = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(samples, percent) for percent in (0, 20, 21, 50, 99, 100)] == [1, 1, 2, 3, 5, 5]
    with pytest.raises(ValueError, match="sample"):
        percentile([], 50)


@pytest.mark.parametrize(
    ("value", "budget", "within"), [(2.0, 2.0, True), (2.1, 2.0, False), (2.0, None, None)]
)
def test_a_budget_is_kept_up_to_its_value(value, budget, within):
    """A figure is within its budget when it does not exceed it; without a budget there is no verdict."""
    figure = Figure("f", value, "ms", budget)
    assert figure.within is within
    assert ("within" in figure.view()) is (budget is not None)


def test_amounts_are_exact():
    """A cost line is quantity times list price, in decimals; something without a price is an error."""
    lines = cost_lines({"write units": 3, "function GB-seconds": 0.1})
    assert [line.amount for line in lines] == [Decimal("1.875"), Decimal("1.33333334")]
    with pytest.raises(KeyError):
        cost_lines({"wishes": 1})
