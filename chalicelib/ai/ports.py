"""What the conversation needs from outside: a model, stored prompts, a renderer, a sentiment lexicon."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.ai.domain.asking import tell_nobody
from chalicelib.ai.domain.sentences import Sentence, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.ai.domain.analysis import Sentiment, Usage
    from chalicelib.ai.domain.asking import Tell
    from chalicelib.ai.domain.chats import Chat, ChatHead, ChatTurn
    from chalicelib.ai.domain.conversation import Conversation, Message, ToolSpec
    from chalicelib.ai.domain.evaluations import Evaluation, Subject
    from chalicelib.ai.domain.model_statistics import Numbers, Row
    from chalicelib.ai.domain.prompts import PromptTemplate
    from chalicelib.ai.domain.providers import ProviderFacts
    from chalicelib.ai.domain.rehearsals import ContactSeen, Rehearsal
    from chalicelib.ai.domain.scenarios import Scenario
    from chalicelib.ai.domain.tooling import ToolRun
    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.tools import Tool, ToolContext


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


class PromptTemplates(Protocol):
    """Stored prompt templates."""

    def add(self, template: PromptTemplate) -> None:
        """Store a new template; `Conflict` when there is, or lately was, one with this id."""

    def get(self, template_id: str) -> PromptTemplate | None:
        """Give the newest version of a template; None also when it was deleted."""

    def all(self) -> list[PromptTemplate]:
        """Give every template, by name."""

    def count(self) -> int:
        """Give how many templates there are, without reading them."""

    def save(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Put the next version in the place of `before`, which stays readable; False: it is not current."""

    def publish(self, template: PromptTemplate, before: PromptTemplate) -> bool:
        """Change which versions were put to use, and nothing else; False: `before` is not current."""

    def remove(self, template: PromptTemplate, now: datetime) -> bool:
        """Delete a template, whose versions stay readable; False when this version is not current."""

    def version(self, template_id: str, number: int) -> PromptTemplate | None:
        """Give one version of a template, also of one that was deleted."""

    def versions(self, template_id: str, limit: int, start: str | None) -> Page[PromptTemplate]:
        """Give up to `limit` versions of a template, newest first, after `start`; also of a deleted one.

        Fewer when their texts are long.
        """


class ChatBook(Protocol):
    """Stored chats; whoever answers a turn has claimed the chat, so that no two are answered at once."""

    def begin(self, chat: Chat) -> bool:
        """Store a new chat without turns; False when the id exists."""

    def load(self, chat_id: str) -> Chat | None:
        """Give a chat with its turns, consistently; None also when it was deleted."""

    def open(self, head: ChatHead, turn: ChatTurn, now: datetime, until: datetime) -> bool:
        """Store the next turn and claim the chat for it; False when it is claimed, over, or further on."""

    def retake(self, chat_id: str, turn_id: str, now: datetime, until: datetime) -> bool:
        """Claim the chat again for a turn that broke off; False when its claim holds, or is another's."""

    def note(self, chat_id: str, number: int, runs: Sequence[ToolRun]) -> None:
        """Store the actions of a turn so far; of a chat that was deleted nothing is."""

    def close(self, chat_id: str, turn: ChatTurn) -> bool:
        """Store an answer and give the chat free; False when it is claimed by another, or was deleted."""

    def rewrite(self, chat_id: str, turn: ChatTurn) -> None:
        """Put other words in the place of those of a turn, if it is still there."""

    def page(
        self,
        contact_ids: Sequence[str] | None,
        since: datetime,
        until: datetime,
        limit: int,
        start: str | None,
    ) -> Page[ChatHead]:
        """Give up to `limit` chats begun from `since` on and before `until`, newest first, after `start`.

        Those of `contact_ids` only, if given; also those whose deletion broke off. A position is `place_of`
        a chat.
        """

    def remove(self, head: ChatHead, now: datetime) -> None:
        """Delete a chat with its words; safe to repeat after a crash anywhere."""


class Renderer(Protocol):
    """Fills variables into a template."""

    def check(self, text: str) -> None:
        """Refuse a template whose syntax is wrong: `Invalid` with code `bad_template`."""

    def render_marked(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render for a model: texts that come out of variables are marked as data; `Invalid` as `render`."""

    def render(self, text: str, variables: Mapping[str, Any]) -> str:
        """Render; `Invalid` with code `bad_template` for a missing variable or a syntax error."""

    def names(self, text: str) -> frozenset[str]:
        """Give the variables that a template refers to; `Invalid` as `check`."""

    def beginning(self, text: str) -> str:
        """Give what stands before the first variable or statement of a template; `Invalid` as `check`."""


class Lexicon(Protocol):
    """Judges sentiment without a model."""

    def sentiment(self, text: str) -> Sentiment:
        """Judge the words of one speaker."""


class ModelStatistics(Protocol):
    """Counters of questions to models."""

    def count(self, name: str, moves: Mapping[Row, Numbers], now: datetime) -> bool:
        """Add to the rows and mark `name` as counted, all or nothing; False when it was counted before."""

    def rows(self, first: date, last: date) -> Iterable[tuple[Row, Numbers]]:
        """Give the rows of each day from one to another, both included; a row may come in parts."""


class CountingPorts(Protocol):
    """What counting works with."""

    @property
    def model_statistics(self) -> ModelStatistics: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102


class AiPorts(Protocol):
    """What the use cases of this domain work with; built when first used."""

    @property
    def model(self) -> Model: ...  # noqa: D102
    @property
    def providers(self) -> tuple[ProviderFacts, ...]: ...  # noqa: D102
    @property
    def prompts(self) -> PromptTemplates: ...  # noqa: D102
    @property
    def chats(self) -> ChatBook: ...  # noqa: D102
    @property
    def model_statistics(self) -> ModelStatistics: ...  # noqa: D102
    @property
    def renderer(self) -> Renderer: ...  # noqa: D102
    @property
    def lexicon(self) -> Lexicon: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102


@dataclass(frozen=True)
class Cast:
    """Who talks in a scenario: the conversation before its first word, what may be used, and for whom."""

    conversation: Conversation
    context: ToolContext
    tools: Mapping[str, Tool]
    allowed: tuple[str, ...]


class Stage(Protocol):
    """Where scenarios are played: on a contact that is made for one playing and deleted after it."""

    def check(self, subject: Subject, scenario: Scenario) -> None:
        """Refuse what cannot be played: a template or prompt that is not there or has mistakes, a tool."""

    def enter(self, subject: Subject, scenario: Scenario, seed: str) -> Cast:
        """Make the contact; the same `seed` again deletes what a playing that died has left."""

    def look(self, cast: Cast) -> ContactSeen:
        """Read the contact's record."""

    def leave(self, cast: Cast) -> None:
        """Delete the contact; again changes nothing."""

    def sweep(self) -> None:
        """Delete contacts that playings have left which died for good."""


class Evaluations(Protocol):
    """Stored evaluations, kept for 90 days."""

    def add(self, evaluation: Evaluation, scenarios: Sequence[Scenario]) -> Evaluation:
        """Keep a new evaluation with its scenarios, all or nothing; or give the one that has this id."""

    def get(self, evaluation_id: str) -> Evaluation | None:
        """Give an evaluation, consistently."""

    def page(self, page_size: int, start: str | None) -> Page[Evaluation]:
        """Give evaluations, newest first, from after the id `start`."""

    def scenario(self, evaluation_id: str, number: int) -> Scenario | None:
        """Give one scenario, counted from 0."""

    def keep(self, evaluation: Evaluation, rehearsal: Rehearsal, now: datetime) -> bool:
        """Keep what came of a playing and count it with its cost, all or nothing; False: it was before."""

    def result(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what came of a playing, consistently; None while it is not over."""

    def put_aside(self, evaluation: Evaluation, rehearsal: Rehearsal) -> None:
        """Keep what was played until it was judged."""

    def waiting(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what was played and waits for its judge, or has been judged."""

    def rehearsals(self, evaluation_id: str, page_size: int, start: str | None) -> Page[Rehearsal]:
        """Give playings in order, from after the run `start`."""


class EvaluationWork(Protocol):
    """The way to have scenarios played later; a message may come twice."""

    def play(self, evaluation_id: str, run: int) -> None:
        """Have a playing begun, counted from 0."""


class EvaluationPorts(AiPorts, Protocol):
    """What evaluations work with."""

    @property
    def evaluations(self) -> Evaluations: ...  # noqa: D102
    @property
    def evaluation_work(self) -> EvaluationWork: ...  # noqa: D102
