"""What a call cost, line by line, from dated list prices; sums are exact."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.prices import DEAREST, FREE, PRICES_OF, TokenCost, token_cost
from chalicelib.calls.domain.calls import Direction
from chalicelib.calls.domain.machines import was_detected
from chalicelib.calls.domain.rooms import Role
from chalicelib.calls.domain.templates import Transport
from chalicelib.kernel.money import micros

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.domain.prices import Price
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.rooms import Participant

__all__ = [
    "DETECTION",
    "PRICES_OF",
    "CostLine",
    "cost_lines",
    "dearest_minute",
    "estimated_spend",
    "leg_lines",
]

# US list prices in dollars a started minute; a contract may differ.
_VOICE_MINUTE = {Direction.OUTBOUND: "0.0140", Direction.INBOUND: "0.0085"}
_TRANSPORT_MINUTE = {Transport.RELAY: ("conversation_relay", "0.07"), Transport.GATHER: None}
# Dollars a started minute of each participant.
_CONFERENCE_MINUTE = "0.0018"
# Micro-dollars a call on which the carrier said who answered.
DETECTION = micros("0.0075")


@dataclass(frozen=True)
class CostLine:
    """One position: what, how much of it, and the amount in micro-dollars."""

    kind: str
    quantity: int
    unit: str
    amount: int


def cost_lines(
    call: Call, transport: Transport | None, asked: Iterable[ModelUse], otherwise: Price = FREE
) -> tuple[CostLine, ...]:
    """List what a finished call cost, tokens by the price of each model that was asked.

    A model without a known price costs `otherwise`, by default nothing; its tokens are listed all the same.
    """
    minutes = -(-(call.duration_s or 0) // 60)
    lines = [CostLine("voice", minutes, "minute", micros(_VOICE_MINUTE[call.direction]) * minutes)]
    if transport and (price := _TRANSPORT_MINUTE[transport]):
        lines.append(CostLine(price[0], minutes, "minute", micros(price[1]) * minutes))
    if was_detected(call):
        lines.append(CostLine("machine_detection", 1, "call", DETECTION))
    return (*lines, *_model_lines(asked, otherwise))


def dearest_minute(transport: Transport, *, hands_over: bool) -> int:
    """Give the most that a minute of an outbound call costs, in micro-dollars, models apart.

    `hands_over`: a colleague may join it.
    """
    voice, talk = micros(_VOICE_MINUTE[Direction.OUTBOUND]), _TRANSPORT_MINUTE[transport]
    minute = voice + (micros(talk[1]) if talk else 0)
    return minute + (voice + 2 * micros(_CONFERENCE_MINUTE) if hands_over else 0)


def leg_lines(legs: Iterable[Participant], ended_at: datetime) -> tuple[CostLine, ...]:
    """List what the others in a call's room cost: their legs, and everybody's minutes in a conference.

    A leg that the carrier has not said the length of is taken to have lasted until `ended_at`.
    """
    legs = tuple(legs)
    dialed = sum(
        _started_minutes(leg, leg.accepted_at, ended_at) for leg in legs if leg.role is not Role.CALLER
    )
    shared = sum(_started_minutes(leg, leg.joined_at, ended_at) for leg in legs)
    lines = (
        CostLine("colleague_voice", dialed, "minute", micros(_VOICE_MINUTE[Direction.OUTBOUND]) * dialed),
        CostLine("conference", shared, "minute", micros(_CONFERENCE_MINUTE) * shared),
    )
    return tuple(line for line in lines if line.quantity)


def _started_minutes(leg: Participant, since: datetime | None, ended_at: datetime) -> int:
    if since is None:
        return 0
    seconds = ((leg.left_at or ended_at) - since).total_seconds()
    return math.ceil(max(seconds, leg.duration_s or 0, 1) / 60)


def estimated_spend(call: Call, transport: Transport, asked: Iterable[ModelUse], now: datetime) -> int:
    """Say what a call that goes on has cost by `now`, in micro-dollars, rather too much than too little.

    A model without a known price is taken for the dearest one, so that a limit holds for it too.
    """
    began = call.answered_at or call.created_at
    so_far = replace(call, duration_s=max(1, math.ceil((now - began).total_seconds())))
    return sum(line.amount for line in cost_lines(so_far, transport, asked, DEAREST))


def _model_lines(asked: Iterable[ModelUse], otherwise: Price) -> list[CostLine]:
    costs = (token_cost(use.model, use.usage, otherwise) for use in asked)
    total = sum(costs, TokenCost((0, 0), (0, 0), (0, 0)))
    return [
        _tokens("model_prompt", total.prompt),
        _tokens("model_cached_prompt", total.cached),
        _tokens("model_answer", total.answer),
    ]


def _tokens(kind: str, cost: tuple[int, int]) -> CostLine:
    return CostLine(kind, cost[0], "token", cost[1])
