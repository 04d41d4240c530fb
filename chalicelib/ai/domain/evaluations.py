"""Evaluations: scenarios that are played together, some times each, and the report on them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ai.domain.rehearsals import Rehearsal

MAX_SCENARIOS = 50
MAX_REPEATS = 10
KEPT_DAYS = 90
MAX_RUNNING = 3
# What an evaluation may cost (micro-dollars) unless it says otherwise.
MAX_SPEND = 2_000_000
# Of one that was silent for so long the rest is lost: more than any playing takes with its tries.
_STALLED_AFTER = timedelta(minutes=30)
_SHOWN = 5


class EvaluationState(StrEnum):
    """How far an evaluation is."""

    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True)
class Subject:
    """Which agent is tried: a call template, or a prompt in place of each scenario's own; or that one.

    `prompt_version` 0 is the version that calls use. With a template, the prompt takes the place of its own.
    """

    template_id: str = ""
    prompt_id: str = ""
    prompt_version: int = 0


THEIR_OWN = Subject()


@dataclass(frozen=True)
class Evaluation:
    """Scenarios, by name, each to be played `repeat` times; `judged`: a model judges them as well.

    `done` counts the playings that are over, `passed` those in which everything held. `changed_at` is when
    the last one was over. `spent` is what models have cost, `max_spend` at what cost no further scenario is
    played (micro-dollars).
    """

    id: str
    name: str
    scenarios: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    created_by: str = ""
    subject: Subject = THEIR_OWN
    repeat: int = 1
    judged: bool = False
    done: int = 0
    passed: int = 0
    max_spend: int = MAX_SPEND
    spent: int = 0

    def is_running(self, now: datetime) -> bool:
        """Tell whether it is being played; one that has stalled is not."""
        return self.state is EvaluationState.RUNNING and now - self.changed_at < _STALLED_AFTER

    @property
    def total(self) -> int:
        """How many playings there are to be."""
        return len(self.scenarios) * self.repeat

    @property
    def state(self) -> EvaluationState:
        """How far it is."""
        return EvaluationState.RUNNING if self.done < self.total else EvaluationState.DONE

    @property
    def failed(self) -> int:
        """How many playings are over in which something did not hold."""
        return self.done - self.passed

    @property
    def finished_at(self) -> datetime | None:
        """When the last playing was over; None while there are more."""
        return self.changed_at if self.state is EvaluationState.DONE else None


@dataclass(frozen=True)
class ScenarioReport:
    """What came of one scenario; milliseconds to the first words over all answers of all its playings.

    The greeting is no answer: nobody waits for a model before it.
    """

    scenario: str
    played: int
    passed: int
    turns: int
    first_words_p50_ms: int | None
    first_words_p95_ms: int | None
    tokens: int
    failures: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """`passed`, `failed`, `flaky` when only some playings passed, `waiting` when none is over."""
        if not self.played:
            return "waiting"
        if self.passed == self.played:
            return "passed"
        return "flaky" if self.passed else "failed"


def report(evaluation: Evaluation, rehearsals: Sequence[Rehearsal]) -> tuple[ScenarioReport, ...]:
    """Sum up what was played so far, a line a scenario, in the order of the evaluation."""
    by_scenario: dict[str, list[Rehearsal]] = {name: [] for name in evaluation.scenarios}
    for rehearsal in rehearsals:
        by_scenario[rehearsal.scenario].append(rehearsal)
    return tuple(_line(name, played) for name, played in by_scenario.items())


def _line(name: str, played: Sequence[Rehearsal]) -> ScenarioReport:
    waits = sorted(
        turn.first_words_ms
        for one in played
        for turn in one.turns
        if turn.number > 0 and turn.first_words_ms is not None
    )
    return ScenarioReport(
        scenario=name,
        played=len(played),
        passed=sum(one.passed for one in played),
        turns=sum(len(one.turns) for one in played),
        first_words_p50_ms=_percentile(waits, 50),
        first_words_p95_ms=_percentile(waits, 95),
        tokens=sum(one.usage.prompt_tokens + one.usage.completion_tokens for one in played),
        failures=_told(played),
    )


def _told(played: Sequence[Rehearsal]) -> tuple[str, ...]:
    """Give the first different failures, each once."""
    told = [
        *(one.error for one in played if one.error),
        *(f"{each.where}: {each.message}" for one in played for each in one.failures),
    ]
    return tuple(dict.fromkeys(told))[:_SHOWN]


def _percentile(ordered: Sequence[int], percent: int) -> int | None:
    """Give the smallest value that so many percent do not exceed (nearest rank)."""
    return ordered[math.ceil(percent * len(ordered) / 100) - 1] if ordered else None
