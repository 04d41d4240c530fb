"""The model of one turn: asked within the turn's time, measured, and noticed when it is silent for long."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.ports import Finished, TextDelta
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from chalicelib.ai.ports import ChatModel, ModelPart, ModelRequest
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.pending import Pending

# What providers tell of English text; schemas and other languages take more tokens, so this is a lower bound.
_CHARS_PER_TOKEN = 4


class TooSlowError(Exception):
    """The model is still silent, and the transport cannot wait: the turn is answered by a later request."""


@dataclass
class Meter:
    """A model that notes how long its first words took and what it consumed.

    `model_of` gives the model when it is first asked. `patience` says how long (seconds) it may be silent
    before `stalled` is called; None: for ever. When that raises, the question is given up, and what it
    consumed is estimated.
    """

    model_of: Callable[[], ChatModel]
    clock: Clock
    deadline: float
    patience: Callable[[], float | None]
    stalled: Callable[[], None]
    usage: Usage = field(default_factory=Usage)
    first_ms: int | None = None

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece."""
        asked = self.clock.elapsed()
        if asked >= self.deadline:
            raise Unavailable("There is no time left to ask the model.", retryable=True, code="model_timeout")
        parts = iter(self.model_of().stream(replace(request, time_left_s=self.deadline - asked)))
        for part in self._watched(parts, request):
            if isinstance(part, Finished):
                self.usage += part.usage
            elif isinstance(part, TextDelta) and self.first_ms is None:
                self.first_ms = millis(self.clock.elapsed() - asked)
            yield part

    def _watched(self, parts: Iterator[ModelPart], request: ModelRequest) -> Generator[ModelPart, None, None]:
        """Wait for the first part beside the turn, so that something can be said meanwhile."""
        patience = self.patience()
        if patience is not None:
            first = self.clock.begin(lambda: next(parts, None))
            if not first.wait(patience):
                self._tell(parts, first, request)
            part = first.result()
            if part is None:
                return
            yield part
        yield from parts

    def _tell(
        self, parts: Iterator[ModelPart], first: Pending[ModelPart | None], request: ModelRequest
    ) -> None:
        try:
            self.stalled()
        except TooSlowError:
            self.usage += estimated_usage(request)
            first.afterwards(lambda: _close(parts))
            raise


def estimated_usage(request: ModelRequest) -> Usage:
    """Say what a question consumed whose answer nobody waited for: the provider bills what it has read."""
    said = sum(len(value) for message in request.messages for value in vars(message).values())
    tools = sum(
        len(spec.name) + len(spec.description) + len(json.dumps(dict(spec.parameters)))
        for spec in request.tools
    )
    return Usage(math.ceil((len(request.instructions) + said + tools) / _CHARS_PER_TOKEN))


def _close(parts: Iterator[ModelPart]) -> None:
    """Cancel a question that nobody waits for; only generators hold a connection."""
    if close := getattr(parts, "close", None):
        close()
