"""Evaluations as the API takes and shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from chalicelib.ai.domain.evaluations import (
    MAX_REPEATS,
    MAX_SCENARIOS,
    MAX_SPEND,
    EvaluationState,
    Subject,
)
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.ai.services.evaluating import EvaluationWish
from chalicelib.kernel.schemas import Input, Instant

if TYPE_CHECKING:
    from chalicelib.ai.domain.evaluations import Evaluation, ScenarioReport

Id = Annotated[str, StringConstraints(max_length=60)]


class EvaluationIn(Input):
    """Scenarios to be played, by the agent that they bring along, or by a template's or a prompt's."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=200),
        Field(description="For people."),
    ] = ""
    template_id: Annotated[Id, Field(description="The call template to try; empty: the scenarios' own.")] = ""
    prompt_id: Annotated[Id, Field(description="The prompt to try; empty: the agent's own.")] = ""
    prompt_version: Annotated[
        int, Field(ge=0, le=9999, description="Which of its versions; 0: the one that calls use.")
    ] = 0
    repeat: Annotated[int, Field(ge=1, le=MAX_REPEATS, description="How often each is played.")] = 1
    judged: Annotated[bool, Field(description="Whether a model judges what scenarios want judged.")] = False
    max_spend: Annotated[
        int,
        Field(
            ge=1,
            le=1_000_000_000,
            description="What models may cost, in millionths of a dollar; then nothing more is played.",
        ),
    ] = MAX_SPEND
    scenarios: Annotated[list[ScenarioIn], Field(min_length=1, max_length=MAX_SCENARIOS)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [each.name for each in self.scenarios]
        if len(set(names)) < len(names):
            raise ValueError("Give each scenario a name of its own.")
        return self

    def wish(self, evaluation_id: str) -> EvaluationWish:
        """Give the domain's value."""
        return EvaluationWish(
            evaluation_id,
            self.name,
            tuple(each.scenario() for each in self.scenarios),
            Subject(self.template_id, self.prompt_id, self.prompt_version),
            self.repeat,
            self.judged,
            self.max_spend,
        )


class SubjectView(BaseModel):
    """Which agent is tried; empty ids: the one that each scenario brings along."""

    model_config = ConfigDict(from_attributes=True)
    template_id: str
    prompt_id: str
    prompt_version: int


class EvaluationView(BaseModel):
    """An evaluation, and how far it is: playings that are over, and those in which everything held."""

    model_config = ConfigDict(from_attributes=True)
    id: str
    name: str
    state: EvaluationState
    subject: SubjectView
    scenarios: list[str]
    repeat: int
    judged: bool
    total: int
    done: int
    passed: int
    failed: int
    created_at: Instant
    created_by: str
    max_spend: int
    spent: int
    finished_at: Instant | None


class ScenarioReportView(BaseModel):
    """What came of one scenario; `verdict`: `passed`, `failed`, `flaky` or `waiting`."""

    model_config = ConfigDict(from_attributes=True)
    scenario: str
    verdict: str
    played: int
    passed: int
    turns: int
    first_words_p50_ms: int | None
    first_words_p95_ms: int | None
    tokens: int
    failures: list[str]


class EvaluationReportView(EvaluationView):
    """An evaluation with what came of each scenario so far."""

    report: list[ScenarioReportView]


class EvaluationList(BaseModel):
    """A page of evaluations, newest first."""

    items: list[EvaluationView]
    next_page_token: str | None


class SeenView(BaseModel):
    """One thing that the agent did: it `said` a text, `used` an action, or `ended` its turn."""

    model_config = ConfigDict(from_attributes=True)
    kind: str
    text: str
    name: str
    arguments: dict[str, Any]
    done: bool


class TurnSeenView(BaseModel):
    """What the caller did in a turn, and what came of it; turn 0 is the greeting."""

    model_config = ConfigDict(from_attributes=True)
    number: int
    caller: str
    seen: list[SeenView]
    first_words_ms: int | None
    total_ms: int


class ContactSeenView(BaseModel):
    """What stood in the contact's record afterwards."""

    model_config = ConfigDict(from_attributes=True)
    fields: dict[str, str | None]
    notes: list[str]
    opted_out: bool


class FailureView(BaseModel):
    """Something that had to hold and did not."""

    model_config = ConfigDict(from_attributes=True)
    where: str
    message: str


class JudgementView(BaseModel):
    """What a model judged of one sentence."""

    model_config = ConfigDict(from_attributes=True)
    criterion: str
    holds: bool
    reason: str


class TokensView(BaseModel):
    """What the models consumed, in tokens."""

    model_config = ConfigDict(from_attributes=True)
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


class RehearsalView(BaseModel):
    """One playing of a scenario, word by word."""

    model_config = ConfigDict(from_attributes=True)
    run: int
    scenario: str
    attempt: int
    passed: bool
    error: str
    failures: list[FailureView]
    verdicts: list[JudgementView]
    turns: list[TurnSeenView]
    contact: ContactSeenView
    usage: TokensView
    took_ms: int


class RehearsalList(BaseModel):
    """A page of playings, in order."""

    items: list[RehearsalView]
    next_page_token: str | None


class ScenarioDocument(BaseModel):
    """A scenario as files and evaluations have it, without what is as usual."""

    scenario: dict[str, Any]


def report_view(evaluation: Evaluation, report: tuple[ScenarioReport, ...]) -> dict[str, Any]:
    """Show an evaluation with its report."""
    view = EvaluationView.model_validate(evaluation)
    return {**dict(view), "report": list(report)}
