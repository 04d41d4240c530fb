"""What a caller waits for, through the deployed local stack, judged from the carrier's log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.carrier_log import answer_to_greeting, turn_latencies, webhook_times
from benchmarks.deployed import TIME_SCALE
from benchmarks.figures import Figure, Report, percentile
from benchmarks.held_calls import FIRST_TOKEN_MS, GATHER_CALLS, RELAY_CALLS, held_calls
from chalicelib.calls.domain.templates import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

P50_MS, P99_MS = 40.0, 120.0
_P50, _P99 = 50, 99


def measure() -> Report:
    """Read the latencies out of the log."""
    held = held_calls()
    relay, gather = held.logs[Transport.RELAY], held.logs[Transport.GATHER]
    turns = [ms - FIRST_TOKEN_MS for events in relay for ms in turn_latencies(events)]
    gathered = [ms - FIRST_TOKEN_MS for events in gather for ms in webhook_times(events, "/turn/")]
    answers = [ms for events in (*relay, *gather) for ms in webhook_times(events, "/answer")]
    greetings = [ms for events in relay if (ms := answer_to_greeting(events)) is not None]
    return Report(
        "through the deployed local stack",
        f"{RELAY_CALLS} relay and {GATHER_CALLS} gather calls of six turns, one after another, people "
        f"{TIME_SCALE} times faster; {len(turns)} relay turns, {len(gathered)} gather turns; the model waits "
        f"{FIRST_TOKEN_MS:.0f} ms before its first token, subtracted from turns",
        [
            *_figures("relay turn, prompt to first text", turns, P50_MS, P99_MS),
            *_figures("gather turn, webhook to TwiML", gathered),
            *_figures("answer webhook to TwiML", answers),
            *_figures("answer to greeting's first word", greetings),
        ],
    )


def _figures(
    name: str, samples: Sequence[float], p50: float | None = None, p99: float | None = None
) -> list[Figure]:
    return [
        Figure(f"{name}, p{percent}", percentile(samples, percent), "ms", budget)
        for percent, budget in ((_P50, p50), (_P99, p99))
    ]
