"""What evaluations work with: a stage to play on, stored results, a queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.ai.ports.ai import AiPorts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.ai.domain.conversation import Conversation
    from chalicelib.ai.domain.evaluations import Evaluation, Subject
    from chalicelib.ai.domain.rehearsals import ContactSeen, Rehearsal
    from chalicelib.ai.domain.scenarios import Scenario
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.tools import Tool, ToolContext


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
