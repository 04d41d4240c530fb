"""What models cost: dated list prices as data, found by a model's name at whichever provider."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.kernel.money import micros

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Usage

PRICES_OF = "2026-01"
_MILLION = Decimal(1_000_000)
# What providers put around a model's name: region and maker before it, date and revision after it.
_PATH = re.compile(r"^.*/")
_BEFORE = re.compile(r"^((us|eu|apac|jp|au|global)\.)?(anthropic|amazon|meta|mistral|cohere)\.")
_AFTER = re.compile(r"(-\d{4}-\d{2}-\d{2}|-\d{8})?(-v\d+)?(:\d+)?$")


@dataclass(frozen=True)
class Price:
    """Dollars a million tokens: fresh prompt, cached prompt, answer."""

    prompt: Decimal
    cached: Decimal
    answer: Decimal


@dataclass(frozen=True)
class TokenCost:
    """Tokens and micro-dollars of a use: fresh prompt, cached prompt, answer."""

    prompt: tuple[int, int]
    cached: tuple[int, int]
    answer: tuple[int, int]

    def __add__(self, other: TokenCost) -> TokenCost:
        return TokenCost(
            _sum(self.prompt, other.prompt),
            _sum(self.cached, other.cached),
            _sum(self.answer, other.answer),
        )

    @property
    def amount(self) -> int:
        """The sum in micro-dollars."""
        return self.prompt[1] + self.cached[1] + self.answer[1]


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _price(prompt: str, cached: str, answer: str) -> Price:
    return Price(Decimal(prompt), Decimal(cached), Decimal(answer))


FREE = _price("0", "0", "0")
# List prices of the providers for text, in dollars a million tokens; a contract may differ.
MODELS = {
    "gpt-4.1": _price("2.00", "0.50", "8.00"),
    "gpt-4.1-mini": _price("0.40", "0.10", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.025", "0.40"),
    "gpt-4o": _price("2.50", "1.25", "10.00"),
    "gpt-4o-mini": _price("0.15", "0.075", "0.60"),
    "claude-haiku-4-5": _price("1.00", "0.10", "5.00"),
    "claude-sonnet-4-5": _price("3.00", "0.30", "15.00"),
    "claude-haiku-5-5": _price("0.10", "0.01", "0.50"),  # since October 2026, up to 100,000 tokens
    "claude-sonnet-5-5": _price("2.00", "0.10", "10.00"),  # since October 2026
    "nova-micro": _price("0.035", "0.00875", "0.14"),
    "nova-lite": _price("0.06", "0.015", "0.24"),
    "nova-pro": _price("0.80", "0.20", "3.20"),
}
DEAREST = max(MODELS.values(), key=lambda price: price.answer)


def price_of(model: str) -> Price | None:
    """Give the price of a model, by its own name or as a provider writes it; None when it is not known."""
    bare = _AFTER.sub("", _BEFORE.sub("", _PATH.sub("", model)))
    return MODELS.get(model) or MODELS.get(bare)


def token_cost(model: str, usage: Usage, otherwise: Price = FREE) -> TokenCost:
    """Say what a use of a model cost; one without a known price costs `otherwise`, by default nothing."""
    price = price_of(model) or otherwise
    fresh = usage.prompt_tokens - usage.cached_tokens
    return TokenCost(
        _cost(fresh, price.prompt),
        _cost(usage.cached_tokens, price.cached),
        _cost(usage.completion_tokens, price.answer),
    )


def _cost(count: int, price: Decimal) -> tuple[int, int]:
    return count, micros(price * count / _MILLION)
