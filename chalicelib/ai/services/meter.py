"""The model of one turn: asked within the turn's time, measured, and noticed when it is silent for long."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.ports.models import Dropped, TextDelta
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from typing import Any

    from chalicelib.ai.domain.asking import ModelUse
    from chalicelib.ai.ports.models import ChatModel, ModelPart, ModelRequest
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.pending import Pending

# What providers tell of English text; schemas and other languages take more tokens, so this is a lower bound.
_CHARS_PER_TOKEN = 4
# What is noted of a question whose answer nobody waits for any more.
GIVEN_UP = "given_up"
# Words that nobody hears yet are passed on so often (seconds), so that the turn's end is seen in time.
_TOGETHER_S = 0.1


class TooSlowError(Exception):
    """The model is still silent, and the transport cannot wait: the turn is answered by a later request."""


@dataclass
class Meter:
    """A model that notes how long its first words took and what was asked of which provider.

    `model_of` gives the model when it is first asked. `patience` says how long (seconds) it may be silent
    before `stalled` is called; None: for ever. When that raises, the question is given up, and what it
    consumed is estimated. `joins`: nobody hears a word before the turn is complete, so that words which come
    within a moment are passed on together, and what costs by the piece costs once.
    """

    model_of: Callable[[], ChatModel]
    clock: Clock
    deadline: float
    patience: Callable[[], float | None]
    stalled: Callable[[], None]
    joins: bool = False
    first_ms: int | None = None
    _asked: list[ModelUse] = field(default_factory=list)
    _is_over: bool = False

    @property
    def asked(self) -> tuple[ModelUse, ...]:
        """The questions to providers so far, in order."""
        return tuple(self._asked)

    @property
    def usage(self) -> Usage:
        """The tokens of all of them."""
        return sum((use.usage for use in self._asked), Usage())

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece."""
        began = self.clock.elapsed()
        if began >= self.deadline:
            raise Unavailable("There is no time left to ask the model.", retryable=True, code="model_timeout")
        asking = replace(request, time_left_s=self.deadline - began, tell=self._note)
        parts = self._timed(iter(self.model_of().stream(asking)), asking, began)
        yield from _joined(parts, self.clock) if self.joins else parts

    def _timed(
        self, parts: Iterator[ModelPart], request: ModelRequest, began: float
    ) -> Generator[ModelPart, None, None]:
        for part in self._watched(parts, request):
            if isinstance(part, TextDelta) and self.first_ms is None:
                self.first_ms = self._since(began)
            yield part

    def _note(self, use: ModelUse) -> None:
        """Keep what a provider was asked; once the question was given up, nobody else is asked."""
        if self._is_over:
            if use.total_ms is None:
                raise TooSlowError
            return
        if self._asked and self._asked[-1].total_ms is None:
            self._asked.pop()
        self._asked.append(use)

    def _watched(self, parts: Iterator[ModelPart], request: ModelRequest) -> Generator[ModelPart, None, None]:
        """Wait for the first part beside the turn, so that something can be said meanwhile."""
        patience = self.patience()
        if patience is not None:
            began = self.clock.elapsed()
            first = self.clock.begin(lambda: next(parts, None))
            if not first.wait(patience):
                self._tell(parts, first, request, began)
            part = first.result()
            if part is None:
                return
            yield part
        yield from parts

    def _tell(
        self,
        parts: Iterator[ModelPart],
        first: Pending[ModelPart | None],
        request: ModelRequest,
        began: float,
    ) -> None:
        try:
            self.stalled()
        except TooSlowError:
            self._give_up(request, self._since(began))
            first.afterwards(lambda: _close(parts))
            raise

    def _give_up(self, request: ModelRequest, total_ms: int) -> None:
        """Close the open question with an estimate; on a clock set by hand its answer may be here already."""
        self._is_over = True
        if self._asked:
            usage = estimated_usage(request)
            self._asked[-1] = replace(self._asked[-1], usage=usage, total_ms=total_ms, error=GIVEN_UP)

    def _since(self, began: float) -> int:
        return millis(self.clock.elapsed() - began)


def _joined(parts: Iterator[ModelPart], clock: Clock) -> Generator[ModelPart, None, None]:
    """Put words together that come within a moment; those of an answer that was given up are dropped."""
    words, since = "", 0.0
    try:
        for part in parts:
            if isinstance(part, TextDelta):
                since = since if words else clock.elapsed()
                words += part.text
                if clock.elapsed() - since < _TOGETHER_S:
                    continue
                part = TextDelta(words)  # noqa: PLW2901  in place of its last piece
            elif words and not isinstance(part, Dropped):
                yield TextDelta(words)
            words = ""
            yield part
    except Unavailable:
        if words:
            yield TextDelta(words)
        raise
    if words:
        yield TextDelta(words)


def estimated_usage(request: ModelRequest, answer: str = "") -> Usage:
    """Say what a question consumed whose answer nobody waited for: the provider bills what it has read.

    `answer` is what came of the answer.
    """
    said = sum(len(str(value)) for message in request.messages for value in vars(message).values())
    tools = sum(
        len(spec.name) + len(spec.description) + len(json.dumps(dict(spec.parameters)))
        for spec in request.tools
    )
    prompt = math.ceil((len(request.instructions) + said + tools) / _CHARS_PER_TOKEN)
    return Usage(prompt, 0, math.ceil(len(answer) / _CHARS_PER_TOKEN))


def estimated_reading(task: str, text: str, schema: Mapping[str, Any]) -> Usage:
    """Say what the reading of a text consumed whose answer did not come in time."""
    return Usage(math.ceil((len(task) + len(text) + len(json.dumps(dict(schema)))) / _CHARS_PER_TOKEN))


def _close(parts: Iterator[ModelPart]) -> None:
    """Cancel a question that nobody waits for; only generators hold a connection."""
    if close := getattr(parts, "close", None):
        close()
