"""Our share of a turn in this process: the real entry points and model client, memory for tables."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from openai import OpenAI

from benchmarks.conversation import (
    ANSWER,
    CALL_ID,
    EXCHANGES,
    GREETING,
    INSTRUCTIONS,
    QUESTION,
    call_file,
)
from benchmarks.figures import Figure, Report, percentile
from benchmarks.lambda_events import prompt_event, webhook_event
from benchmarks.memory import NoWakeups, OneCall, OpenTurns, StampedSocket
from benchmarks.model_process import model_server
from benchmarks.product import container
from chalicelib import bootstrap
from chalicelib.ai.domain.wording import HOUSE_RULES
from chalicelib.calls.domain.templates import Transport
from chalicelib.entrypoints import carrier, relay_socket

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.bootstrap import Container

TURNS, WARM_UP = 200, 10
FIRST_TOKEN_MS = 20.0
P50_MS, P99_MS = 6.0, 12.0
_P50, _P99 = 50, 99


@dataclass(frozen=True)
class _Subject:
    """Something that takes a turn; `take` returns seconds until its first words are out."""

    name: str
    take: Callable[[], float]
    base_line: str = ""
    budgeted: bool = True


def measure() -> Report:
    """Take turns by each way in and by the bare client, by turns, so that all meet the same machine."""
    with model_server(ANSWER, FIRST_TOKEN_MS) as model_url:
        root = container(model_url)
        bootstrap.use(root)
        try:
            samples = _samples(_subjects(root, model_url))
        finally:
            bootstrap.use(None)
    figures = [figure for subject, base, taken in samples for figure in _figures(subject, base, taken)]
    return Report(
        "our share of a turn, in process",
        f"{TURNS} turns each, interleaved; the entry points' own handlers; six exchanges and every tool in "
        f"the request; the model server, in another process, waits {FIRST_TOKEN_MS:.0f} ms before the first "
        "token, which are subtracted; base line: the bare openai client streaming the same request, to its "
        "first or its last token",
        figures,
    )


def _subjects(root: Container, model_url: str) -> list[_Subject]:
    calls = root.calls
    relay, gather = (cast("Any", OneCall(call_file(transport))) for transport in Transport)
    calls.turns = cast("Any", OpenTurns())
    calls.wakeups = cast("Any", NoWakeups())
    bare = _BareClient(root, model_url)

    def take_relay() -> float:
        calls.book = relay
        return _relay_turn(root)

    def take_gather() -> float:
        calls.book = gather
        return _gather_turn()

    return [
        _Subject("bare client, first token", bare.first_token, budgeted=False),
        _Subject("bare client, whole answer", bare.whole_answer, budgeted=False),
        _Subject("relay, first frame", take_relay, "bare client, first token"),
        _Subject("gather, whole document", take_gather, "bare client, whole answer"),
    ]


def _samples(subjects: list[_Subject]) -> list[tuple[_Subject, list[float], list[float]]]:
    taken: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for round_ in range(WARM_UP + TURNS):
        for subject in subjects:
            milliseconds = subject.take() * 1000 - FIRST_TOKEN_MS
            if round_ >= WARM_UP:
                taken[subject.name].append(milliseconds)
    return [(subject, taken.get(subject.base_line, []), taken[subject.name]) for subject in subjects]


def _figures(subject: _Subject, base: list[float], taken: list[float]) -> list[Figure]:
    return [
        Figure(
            f"{subject.name}, p{percent}",
            percentile(taken, percent),
            "ms",
            budget if subject.budgeted else None,
            percentile(taken, percent) / percentile(base, percent) if base else None,
        )
        for percent, budget in ((_P50, P50_MS), (_P99, P99_MS))
    ]


def _relay_turn(root: Container) -> float:
    socket = StampedSocket()
    root.calls.socket = socket
    event = prompt_event(QUESTION)
    started = time.perf_counter()
    relay_socket.message(event, None)
    return socket.stamps[0] - started


def _gather_turn() -> float:
    event = webhook_event(f"/voice/{CALL_ID}/turn/7", {"CallSid": "CA1", "SpeechResult": QUESTION})
    started = time.perf_counter()
    answer = carrier.hook.hook(event, None)
    took = time.perf_counter() - started
    if "Harbor Street" not in answer["body"]:
        raise RuntimeError(f"the turn was not answered: {answer}")
    return took


class _BareClient:
    """The vendor's client, streaming the request that the product sends."""

    def __init__(self, root: Container, model_url: str) -> None:
        self._client = OpenAI(api_key="local", base_url=model_url, max_retries=0)
        said = [("system", HOUSE_RULES + INSTRUCTIONS), ("assistant", GREETING)]
        for exchange in EXCHANGES:
            said += zip(("user", "assistant"), exchange, strict=True)
        said.append(("user", QUESTION))
        self._messages: Any = [{"role": role, "content": text} for role, text in said]
        self._tools: Any = [
            {"type": "function", "function": asdict(spec)} for spec in root.calls.tool_specs.values()
        ]

    def first_token(self) -> float:
        """Return seconds until the first words; the rest is read, so that the connection is kept."""
        return self._times()[0]

    def whole_answer(self) -> float:
        """Return seconds until the answer is complete."""
        return self._times()[1]

    def _times(self) -> tuple[float, float]:
        first = 0.0
        started = time.perf_counter()
        with self._stream() as stream:
            for chunk in stream:
                if not first and any(choice.delta.content for choice in chunk.choices):
                    first = time.perf_counter() - started
        return first, time.perf_counter() - started

    def _stream(self) -> Any:
        return self._client.chat.completions.create(
            model="local-model",
            messages=self._messages,
            tools=self._tools,
            max_completion_tokens=400,
            stream=True,
            stream_options={"include_usage": True},
        )
