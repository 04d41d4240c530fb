"""What a call cost, line by line, from dated list prices; sums are exact."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.calls.domain.lifecycle import Direction
from chalicelib.calls.domain.templates import Transport
from chalicelib.kernel.money import micros

if TYPE_CHECKING:
    from chalicelib.ai.domain.analysis import Usage
    from chalicelib.calls.domain.lifecycle import Call

PRICES_OF = "2026-01"
# US list prices in dollars a started minute; a contract may differ.
_VOICE_MINUTE = {Direction.OUTBOUND: "0.0140", Direction.INBOUND: "0.0085"}
_TRANSPORT_MINUTE = {Transport.RELAY: ("conversation_relay", "0.07"), Transport.GATHER: None}
# Dollars a million tokens: prompt, cached prompt, answer.
_MODEL = {
    "gpt-4.1-mini": ("0.40", "0.10", "1.60"),
    "gpt-4.1": ("2.00", "0.50", "8.00"),
    "gpt-4o-mini": ("0.15", "0.075", "0.60"),
    "gpt-4o": ("2.50", "1.25", "10.00"),
}
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class CostLine:
    """One position: what, how much of it, and the amount in micro-dollars."""

    kind: str
    quantity: int
    unit: str
    amount: int


def cost_lines(call: Call, transport: Transport | None, model: str, usage: Usage) -> tuple[CostLine, ...]:
    """List what a finished call cost; a model without a known price is listed with its tokens at 0."""
    minutes = -(-(call.duration_s or 0) // 60)
    lines = [CostLine("voice", minutes, "minute", micros(_VOICE_MINUTE[call.direction]) * minutes)]
    if transport and (price := _TRANSPORT_MINUTE[transport]):
        lines.append(CostLine(price[0], minutes, "minute", micros(price[1]) * minutes))
    return (*lines, *_model_lines(model, usage))


def _model_lines(model: str, usage: Usage) -> list[CostLine]:
    prompt, cached, answer = _MODEL.get(model, ("0", "0", "0"))
    fresh = usage.prompt_tokens - usage.cached_tokens
    return [
        _tokens("model_prompt", fresh, prompt),
        _tokens("model_cached_prompt", usage.cached_tokens, cached),
        _tokens("model_answer", usage.completion_tokens, answer),
    ]


def _tokens(kind: str, count: int, price: str) -> CostLine:
    return CostLine(kind, count, "token", micros(Decimal(price) * count / _MILLION))
