"""Real calls through a deployed local stack, and what the carrier and the functions logged of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.conversation import EXCHANGES, GREETING
from benchmarks.deployed import deployed
from benchmarks.model_process import prepare_model
from chalicelib.calls.domain.templates import Transport

if TYPE_CHECKING:
    from benchmarks.deployed import Deployed

FIRST_TOKEN_MS = 50.0
RELAY_CALLS, GATHER_CALLS, _WARM_UP_CALLS = 11, 4, 2
# Seconds of the person's life, which passes many times faster than the product's.
_THINKING_S = 4.0
_MARIA = "+14155550132"
# One to each exchange: a model that repeats itself, or says that something is done, is asked once more.
_ANSWERS = (
    "It is time for your next check-up, and there are openings this week.",
    "About half an hour, and there is no need to bring anything.",
    "A check-up with cleaning is 95 dollars, and most insurers pay for it.",
    "On Saturdays we are open from nine to one. Would that suit you?",
    "Mornings are quiet here: before ten the waiting room is empty.",
    "We are at 12 Harbor Street, next to the ferry terminal.",
)
_REPORT = re.compile(r"REPORT RequestId: \S+\s+Duration: (?P<ms>[\d.]+) ms.*?Memory Size: (?P<mb>\d+) MB")


@dataclass
class HeldCalls:
    """The carrier's log of each call, by transport; what one relay call used of functions."""

    logs: dict[Transport, list[list[dict[str, Any]]]] = field(default_factory=dict)
    functions: dict[str, FunctionUse] = field(default_factory=dict)


@dataclass(frozen=True)
class FunctionUse:
    """What a function did for one call on average; logs in bytes."""

    invocations: float
    gigabyte_seconds: float
    seconds: float
    log_bytes: float


@cache
def held_calls() -> HeldCalls:
    """Bring a stack up, hold calls one after another, take it down; once a process."""
    held = HeldCalls()
    with deployed() as stack:
        said = (words for words, _ in EXCHANGES)
        prepare_model(stack.model, dict(zip(said, _ANSWERS, strict=True)), FIRST_TOKEN_MS)
        stack.script(_MARIA, _script())
        templates = {transport: _template(stack, transport) for transport in Transport}
        for transport, count in ((Transport.GATHER, GATHER_CALLS), (Transport.RELAY, RELAY_CALLS)):
            for _ in range(_WARM_UP_CALLS):
                _hold(stack, templates[transport])
            before = _function_lines(stack)
            held.logs[transport] = [_hold(stack, templates[transport]) for _ in range(count)]
        held.functions = _uses(before, _function_lines(stack), RELAY_CALLS)
    return held


def _script() -> dict[str, Any]:
    """Return a person who says six things, each after the agent, and hangs up after the last answer."""
    steps: list[dict[str, Any]] = [{"say": said, "delay": _THINKING_S} for said, _ in EXCHANGES]
    return {"answer": 1, "steps": [*steps, {"hang_up": True}]}


def _template(stack: Deployed, transport: Transport) -> str:
    prompts = {item["name"]: item["id"] for item in stack.api.every("/v1/ai/templates")}
    body = {
        "name": f"Benchmark {transport}",
        "prompt_id": prompts["Sales"],
        "greeting": GREETING,
        "transport": transport.value,
    }
    return str(stack.api.post("/v1/calls/templates", body)["id"])


def _hold(stack: Deployed, template_id: str) -> list[dict[str, Any]]:
    call = stack.hold_call(stack.data.contacts[_MARIA], template_id)
    return stack.log(call["sid"])


def _function_lines(stack: Deployed) -> dict[str, list[str]]:
    lines: dict[str, list[str]] = defaultdict(list)
    for group, line in stack.function_logs():
        lines[group.rpartition("/")[2]].append(line)
    return lines


def _uses(before: dict[str, list[str]], after: dict[str, list[str]], calls: int) -> dict[str, FunctionUse]:
    return {name: _use(lines[len(before.get(name, ())) :], calls) for name, lines in after.items()}


def _use(lines: list[str], calls: int) -> FunctionUse:
    reports = [found for line in lines if (found := _REPORT.search(line))]
    seconds = [float(found["ms"]) / 1000 for found in reports]
    memory = [float(found["mb"]) / 1024 for found in reports]
    return FunctionUse(
        invocations=len(reports) / calls,
        gigabyte_seconds=sum(s * gb for s, gb in zip(seconds, memory, strict=True)) / calls,
        seconds=sum(seconds) / calls,
        log_bytes=sum(len(line) for line in lines) / calls,
    )
