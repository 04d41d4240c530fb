"""What is asked of a model, and what it gives: the port behind which the providers are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.ai.domain.asking import tell_nobody
from chalicelib.ai.domain.sentences import Sentence, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from chalicelib.ai.domain.analysis import Usage
    from chalicelib.ai.domain.asking import Tell
    from chalicelib.ai.domain.conversation import Message, ToolSpec


@dataclass(frozen=True)
class ModelRequest:
    """One question to a model; the stable instructions come first, so that providers can cache them.

    `stable` is how many characters of the instructions are the same in every question of a conversation; 0:
    all of them. `heard` gives what of the answer was let through to the caller so far; None: all of it.
    An answer that is not complete after `time_left_s` seconds has failed, however much of it came.
    `providers` are the names of those to ask, in this order; empty: all, as the deployment orders them.
    `again` are the words before an answer that another provider begins anew. `tell` hears of every provider
    that is asked: when it is asked, without `total_ms`, and once more when it has answered or failed. By
    raising when it is asked it keeps the question from being asked.
    """

    instructions: str
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    time_left_s: float = 20.0
    providers: tuple[str, ...] = ()
    temperature: float | None = None
    max_tokens: int = 400
    again: str = sentence(Sentence.SAY_AGAIN)
    stable: int = 0
    heard: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    tell: Tell = field(default=tell_nobody, compare=False, repr=False)


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
    """The answer has ended; `is_cut`: at the number of tokens that it may have, and not by itself."""

    usage: Usage
    is_cut: bool = False


@dataclass(frozen=True)
class Begun:
    """The model has begun to ask for an action, which comes when it is complete; only adapters say so."""


@dataclass(frozen=True)
class Dropped:
    """The answer is begun anew by somebody else: words of it that nobody has heard count as never written.

    `bridge` is said before the new beginning; empty when nothing was heard.
    """

    bridge: str = ""


ModelPart = TextDelta | ToolCall | Begun | Dropped | Finished


# How long a reading may take (seconds), whoever is asked: it is asked for twice in a job of two minutes.
READING_S = 50.0


class ChatModel(Protocol):
    """A model that speaks; every failure is `kernel.errors.Unavailable` with a code that begins `model_`."""

    def stream(self, request: ModelRequest) -> Iterator[ModelPart]:
        """Answer piece by piece; closing the iterator cancels the request."""


class Speaker(ChatModel, Protocol):
    """One provider's model, as its adapter speaks with it; it tells nobody of what it is asked."""

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], seconds: float
    ) -> tuple[Any, Usage]:
        """Do a task on a text in so many seconds, answer with JSON that follows `schema`.

        `UnreadableError` when no JSON came.
        """


class Model(ChatModel, Protocol):
    """A model that also reads; `name` is the one that usually answers."""

    name: str

    def prepare(self) -> None:
        """Build what the first question needs, while nobody waits yet."""

    def extract(
        self, task: str, text: str, name: str, schema: Mapping[str, Any], tell: Tell = tell_nobody
    ) -> tuple[Any, Usage]:
        """Do a task on a text, answer with JSON that follows `schema`; `Invalid` when no JSON came.

        `tell` hears of every provider that is asked, as in `ModelRequest`; the last one has answered. All of
        them share `READING_S` seconds.
        """
