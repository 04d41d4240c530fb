"""What the conversation needs from outside: a model, stored prompts, a renderer, a sentiment lexicon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.ai.domain.analysis import Sentiment, Usage
    from chalicelib.ai.domain.conversation import Message, ToolSpec
    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.kernel.clock import Clock


@dataclass(frozen=True)
class ModelRequest:
    """One question to a model; the stable instructions come first, so that providers can cache them.

    An answer that is not complete after `time_left_s` seconds has failed, however much of it came.
    `providers` are the names of those to ask, in this order; empty: all, as the deployment orders them.
    """

    instructions: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    time_left_s: float = 20.0
    providers: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int = 400


@dataclass(frozen=True)
class TextDelta:
    """Some more of the answer's text."""

    text: str


@dataclass(frozen=True)
class ToolCall:
    """A complete request for an action; `arguments` is JSON as the model wrote it, unchecked."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True)
class Finished:
    """The answer is complete."""

    usage: Usage


ModelPart = TextDelta | ToolCall | Finished


class ChatModel(Protocol):
    """A model that speaks; every failure is `kernel.errors.Unavailable` with a code that begins `model_`."""

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator cancels the request."""


class Model(ChatModel, Protocol):
    """A model that also reads: a provider as it is configured, by the name of its model."""

    name: str

    def extract(self, task: str, text: str, name: str, schema: Mapping[str, Any]) -> tuple[Any, Usage]:
        """Do a task on a text, answer with JSON that follows `schema`; `Invalid` when no JSON came."""


class PromptTemplates(Protocol):
    """Stored prompt templates."""

    def add(self, template: PromptTemplate) -> None:
        """Store a new template; `Conflict` when the id exists."""

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give the newest version of a template."""

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""


class Renderer(Protocol):
    """Fills variables into a template."""

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` for a missing variable or a syntax error."""


class Lexicon(Protocol):
    """Judges sentiment without a model."""

    def sentiment(self, text: str) -> Sentiment:
        """Judge the words of one speaker."""


class AiPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def model(self) -> Model: ...  # noqa: D102
    @property
    def prompts(self) -> PromptTemplates: ...  # noqa: D102
    @property
    def renderer(self) -> Renderer: ...  # noqa: D102
    @property
    def lexicon(self) -> Lexicon: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
