"""What AWS charges for an answered six-turn call, itemised from what was counted; no carrier, no model."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

from benchmarks.carrier_log import frames
from benchmarks.conversation import EXCHANGES
from benchmarks.figures import Figure, Report
from benchmarks.held_calls import FIRST_TOKEN_MS, held_calls
from benchmarks.prices import PRICES_OF, cost_lines
from benchmarks.whole_call import whole_calls
from chalicelib.calls.domain.templates import Transport

if TYPE_CHECKING:
    from benchmarks.held_calls import FunctionUse, HeldCalls
    from benchmarks.prices import CostLine

BUDGET_MICROS = 110.0
CALL_MINUTES = 1.5
# A model that begins after 0.4 s and writes 30 tokens at 60 a second; the function waits for all of it.
MODEL_TURN_S = 0.9
_REST_FUNCTION, _AUTHORIZER, _SHARED = "api_handler", "authorize", "dispatch"
_TURN_FUNCTION = "websocket_message"
# Each event on the bus reaches the function that tells subscribers, in a message of its own.
_TELLING_FUNCTION = "news"
# The request and the note are audited, an entry with its two indexes each; the REST request is counted by
# token and by address.
_AUDITED, _UNITS_AN_ENTRY, _COUNTED = 2, 3, 2
# SQS charges the sending, the poller's receiving and its deleting.
_REQUESTS_A_MESSAGE = 3
_KILOBYTE = 1000


def measure() -> Report:
    """Price one call."""
    held = held_calls()
    lines = cost_lines(_quantities(held))
    total = float(sum(line.amount for line in lines))
    waiting = _waiting(held)
    figures = [_figure(line) for line in lines]
    return Report(
        "cost of an answered six-turn call (relay): 110 µ$ a call are $0.11 a thousand calls",
        f"list prices of {PRICES_OF}; units and queue messages counted in process; frames, invocations, "
        f"function time and logs on the deployed local stack, whose model is fast: {MODEL_TURN_S} s a turn "
        f"of waiting for a real one are listed apart; {CALL_MINUTES} minutes",
        [
            *figures,
            Figure("  of these, looks for silence", _silence(), "µ$"),
            Figure("total", total, "µ$", BUDGET_MICROS),
            Figure("waiting for the model", waiting, "µ$"),
            Figure("total with waiting", total + waiting, "µ$"),
        ],
    )


def _quantities(held: HeldCalls) -> dict[str, float]:
    call = whole_calls().answered[Transport.RELAY].total
    own = [use for name, use in held.functions.items() if name not in {_REST_FUNCTION, _AUTHORIZER, _SHARED}]
    asked = _one_request(held.functions[_REST_FUNCTION])
    told = held.functions[_TELLING_FUNCTION].invocations
    messages = call.requests["sqs.SendMessage"] + told
    return {
        "write units": call.write_units,
        "write units of audit and limits": _AUDITED * _UNITS_AN_ENTRY + _COUNTED,
        "read units": call.read_units,
        "REST requests": 1,
        "socket frames": mean(sum(frames(events)) for events in held.logs[Transport.RELAY]),
        "socket minutes": CALL_MINUTES,
        "function invocations": sum(use.invocations for use in own) + 1,
        "function GB-seconds": sum(use.gigabyte_seconds for use in own) + asked,
        "queue requests": messages * _REQUESTS_A_MESSAGE,
        "bus events": told,
        "log kilobytes": sum(use.log_bytes for use in own) / _KILOBYTE,
    }


def _silence() -> float:
    """Price the messages that look for a silent caller, without the time of their function and its log."""
    call = whole_calls().answered[Transport.RELAY]
    checks = len(EXCHANGES) + 1
    lines = cost_lines(
        {
            "queue requests": checks * _REQUESTS_A_MESSAGE,
            "function invocations": checks,
            "read units": call.phases["silence checks"].read_units,
        }
    )
    return float(sum(line.amount for line in lines))


def _one_request(use: FunctionUse) -> float:
    """Return the GB-seconds of one REST request; the benchmark's own polling makes many."""
    return use.gigabyte_seconds / use.invocations


def _waiting(held: HeldCalls) -> float:
    use = held.functions[_TURN_FUNCTION]
    gigabytes = use.gigabyte_seconds / use.seconds
    seconds = (MODEL_TURN_S - FIRST_TOKEN_MS / 1000) * len(EXCHANGES)  # what the local model took is in there
    [line] = cost_lines({"function GB-seconds": gigabytes * seconds})
    return float(line.amount)


def _figure(line: CostLine) -> Figure:
    return Figure(f"{float(line.quantity):.4g} {line.kind}", float(line.amount), "µ$")
