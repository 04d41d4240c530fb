"""What AWS charges for the requests of a call, itemised; list prices with their date; pure.

Amounts are micro-dollars as exact decimals: single requests cost less than one micro-dollar.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

PRICES_OF = "us-east-1, arm64, 2026-01"
# Micro-dollars a unit; a price of $1 a million is 1 µ$ each.
_PRICES = {
    "write units": Decimal("0.625"),
    "write units of audit and limits": Decimal("0.625"),
    "read units": Decimal("0.125"),
    "REST requests": Decimal("3.50"),
    "socket frames": Decimal("1.00"),
    "socket minutes": Decimal("0.25"),
    "function invocations": Decimal("0.20"),
    "function GB-seconds": Decimal("13.3333334"),
    "queue requests": Decimal("0.40"),
    "bus events": Decimal("1.00"),
    "log kilobytes": Decimal("0.50"),
}


@dataclass(frozen=True)
class CostLine:
    """So much of something, and its amount in micro-dollars."""

    kind: str
    quantity: Decimal
    amount: Decimal


def cost_lines(quantities: dict[str, float]) -> list[CostLine]:
    """Price what a call consumed; raises KeyError for something without a price."""
    exact = {kind: Decimal(str(quantity)) for kind, quantity in quantities.items()}
    return [CostLine(kind, quantity, quantity * _PRICES[kind]) for kind, quantity in exact.items()]
