"""One question to one provider: its first words in time, its answer fit to be used, told when it is over."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.ports.models import Begun, Dropped, Finished, TextDelta, ToolCall
from chalicelib.ai.services.meter import estimated_usage
from chalicelib.kernel.clock import millis
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.ai.ports.models import ModelPart, ModelRequest, Speaker
    from chalicelib.kernel.clock import Clock

TIMED_OUT = "model_timeout"
CUT_SHORT = "model_cut_short"
EMPTY = "model_empty"
BAD_TOOL = "model_bad_tool"
CANCELLED = "cancelled"
_BROKE = "model_broke"


@dataclass(frozen=True)
class Provider:
    """A provider as it is configured; `speaker` gives its adapter, which is built when it is first asked.

    `first_token_s` is how long (seconds) it may be silent before the next one is asked, and `gap_s` the same
    in the middle of its answer. `model` is what its price is known by.
    """

    name: str
    model: str
    first_token_s: float
    speaker: Callable[[], Speaker]
    gap_s: float = 2.0


@dataclass
class Question:
    """What one provider is asked; `said` is what came of its answer so far.

    While somebody else could be asked (`has_next`), an answer that cannot be used is a failure; of the last
    one it is passed on as it is.
    """

    provider: Provider
    request: ModelRequest
    clock: Clock
    has_next: bool
    said: str = ""
    _calls: list[ToolCall] = field(default_factory=list)
    _first_ms: int | None = None
    _is_told: bool = False

    def ask(self) -> Iterator[ModelPart]:
        """Answer piece by piece; `Unavailable` when that fails, whatever was given before."""
        speaker = self.provider.speaker()
        self._began = self.clock.elapsed()
        self.request.tell(ModelUse(self.provider.name, self.provider.model))
        try:
            yield from self._fit(self._in_time(iter(speaker.stream(self.request))))
        except Unavailable as error:
            is_billed = self.said or error.code == TIMED_OUT
            self._tell(self._estimate() if is_billed else Usage(), error.code)
            raise
        except GeneratorExit:
            self._tell(self._estimate(), CANCELLED)
            raise
        except Exception:
            self._tell(Usage(), _BROKE)
            raise

    def _in_time(self, parts: Iterator[ModelPart]) -> Iterator[ModelPart]:
        """Wait for each part no longer than the provider has; the late one is closed when it comes.

        An action that has begun has as long again as the first words. Nobody is waiting in vain for the last
        provider: it has the time that its adapter gives it.
        """
        if not self.has_next:
            yield from parts
            return
        patience = self.provider.first_token_s
        try:
            while (part := self._wait(parts, patience)) is not None:
                yield part
                if not isinstance(part, Begun):
                    patience = self.provider.gap_s
        except GeneratorExit:
            _close(parts)
            raise

    def _wait(self, parts: Iterator[ModelPart], patience: float) -> ModelPart | None:
        """Give the next part, None at the end; `Unavailable` when it does not come in so many seconds."""
        pending = self.clock.begin(lambda: next(parts, None))
        left = self.request.time_left_s - (self.clock.elapsed() - self._began)
        if not pending.wait(min(patience, left)):
            pending.afterwards(lambda: _close(parts))
            raise Unavailable("The model was silent for too long.", retryable=True, code=TIMED_OUT)
        return pending.result()

    def _fit(self, parts: Iterator[ModelPart]) -> Iterator[ModelPart]:
        """Pass words on as they come, and actions when the answer has ended well."""
        for part in parts:
            if self._first_ms is None and not isinstance(part, Finished):
                self._first_ms = self._since_asked()
            match part:
                case TextDelta(text=text):
                    self.said += text
                    yield part
                case ToolCall():
                    self._calls.append(part)
                case Finished():
                    yield from self._end(part)
                case Begun() | Dropped():
                    pass

    def _end(self, finished: Finished) -> Iterator[ModelPart]:
        """Judge the answer as a whole; the arguments of actions that were cut off are not complete."""
        calls = [] if finished.is_cut else self._calls
        wrong = self._what_is_wrong(finished, calls)
        self._tell(finished.usage, wrong)
        if wrong and self.has_next and not self.said.strip():
            raise Unavailable("The model's answer cannot be used.", retryable=True, code=wrong)
        yield from calls
        yield finished

    def _what_is_wrong(self, finished: Finished, calls: list[ToolCall]) -> str:
        if finished.is_cut:
            return CUT_SHORT
        if not calls and not self.said.strip():
            return EMPTY
        return "" if all(_is_object(call.arguments) for call in calls) else BAD_TOOL

    def _tell(self, usage: Usage, error: str) -> None:
        if self._is_told:
            return
        self._is_told = True
        use = ModelUse(self.provider.name, self.provider.model, usage, self._first_ms)
        self.request.tell(replace(use, total_ms=self._since_asked(), error=error))

    def _estimate(self) -> Usage:
        return estimated_usage(self.request, self.said)

    def _since_asked(self) -> int:
        return millis(self.clock.elapsed() - self._began)


def _is_object(arguments: str) -> bool:
    try:
        return isinstance(json.loads(arguments or "{}"), dict)
    except ValueError:
        return False


def _close(parts: Iterator[ModelPart]) -> None:
    """Cancel a question that nobody waits for; only generators hold a connection."""
    if close := getattr(parts, "close", None):
        close()
