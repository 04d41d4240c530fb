"""Money in whole micro-dollars, so that sums are exact."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

MICROS_PER_DOLLAR = 1_000_000


def micros(dollars: str | Decimal) -> int:
    """Micro-dollars of an amount in dollars, rounded half up."""
    return int((Decimal(dollars) * MICROS_PER_DOLLAR).quantize(Decimal(1), ROUND_HALF_UP))


def dollars(amount: int) -> str:
    """Show micro-dollars as dollars with six decimals, such as `0.014500`."""
    return f"{Decimal(amount) / MICROS_PER_DOLLAR:.6f}"
