"""A model that answers from a script, step by step, and knows whether its streams were closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse, Tell, tell_nobody
from chalicelib.ai.ports.models import Finished, ModelPart, ModelRequest, TextDelta, ToolCall
from chalicelib.kernel.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

# A word, an action, a failure to raise, or something that happens meanwhile.
Step = str | ToolCall | Exception | Callable[[], object]
USAGE = Usage(prompt_tokens=100, cached_tokens=40, completion_tokens=10)
ANALYSIS = {
    "summary": "Ada wants a demo.",
    "sentiment": "positive",
    "intents": ["demo"],
    "action_items": [{"text": "Send the offer", "owner": "agent"}],
}


def model_failure(code: str = "model_failed") -> Unavailable:
    """Make the failure that a provider's outage becomes."""
    return Unavailable("The model failed.", retryable=True, code=code)


@dataclass
class FakeModel:
    """Answers each question with the next script; the last script answers for ever. Implements `Model`."""

    scripts: list[list[Step]] = field(default_factory=lambda: [["Hello there."]])
    analyses: list[Any] = field(default_factory=lambda: [ANALYSIS])
    name: str = "gpt-4.1-mini"
    requests: list[ModelRequest] = field(default_factory=list)
    extractions: int = 0
    open_streams: int = 0

    def prepare(self) -> None:
        """Need nothing."""

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Play the next script."""
        self.requests.append(request)
        asked = ModelUse("fake", self.name)
        request.tell(asked)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        self.open_streams += 1
        try:
            for step in script:
                yield from _parts(step)
            request.tell(replace(asked, usage=USAGE, first_ms=0, total_ms=0))
            yield Finished(USAGE)
        except Unavailable as error:
            request.tell(replace(asked, total_ms=0, error=error.code))
            raise
        finally:
            self.open_streams -= 1

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], tell: Tell = tell_nobody
    ) -> tuple[Any, Usage]:
        """Give the next analysis, or raise it."""
        self.extractions += 1
        answer = self.analyses.pop(0) if len(self.analyses) > 1 else self.analyses[0]
        asked = ModelUse("fake", self.name)
        if isinstance(answer, Exception):
            tell(replace(asked, total_ms=0, error=getattr(answer, "code", "")))
            raise answer
        tell(replace(asked, usage=USAGE, total_ms=0))
        return answer, USAGE


def _parts(step: Step) -> Iterator[ModelPart]:
    if isinstance(step, str):
        yield TextDelta(step)
    elif isinstance(step, ToolCall):
        yield step
    elif isinstance(step, Exception):
        raise step
    else:
        step()
