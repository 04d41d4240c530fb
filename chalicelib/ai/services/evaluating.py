"""Evaluations: started, played part by part by whoever works on the queue, and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.ai.domain.checking import check_pattern
from chalicelib.ai.domain.evaluations import THEIR_OWN, Evaluation, ScenarioReport, Subject, report
from chalicelib.ai.services.rehearsing import Part, play
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import NotFound, about_field
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.logs import log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.rehearsals import Rehearsal
    from chalicelib.ai.domain.scenarios import Expectation, Scenario
    from chalicelib.ai.ports import EvaluationPorts, Stage
    from chalicelib.kernel.paging import Page

# How many scenarios of one evaluation are played at once.
LANES = 4
_PAGE = 100


@dataclass(frozen=True)
class EvaluationWish:
    """What is to be evaluated, and how often; `id` is the evaluation's."""

    id: str
    name: str
    scenarios: tuple[Scenario, ...]
    subject: Subject = THEIR_OWN
    repeat: int = 1
    judged: bool = False


def start_evaluation(ai: EvaluationPorts, stage: Stage, wish: EvaluationWish) -> Evaluation:
    """Accept scenarios, and have the first of them played; the same id again gives the same evaluation.

    What cannot be played is refused before anything is stored, by the error that says why and the scenario.
    """
    for place, scenario in enumerate(wish.scenarios):
        with about_field(f"/scenarios/{place}"):
            _check_patterns(scenario)
            stage.check(wish.subject, scenario)
    now = ai.clock.now()
    evaluation = ai.evaluations.add(
        Evaluation(
            wish.id,
            wish.name,
            tuple(scenario.name for scenario in wish.scenarios),
            created_at=now,
            changed_at=now,
            created_by=actor(),
            subject=wish.subject,
            repeat=wish.repeat,
            judged=wish.judged,
        ),
        wish.scenarios,
    )
    for run in range(min(LANES, evaluation.total)):
        ai.evaluation_work.play(evaluation.id, run)
    return evaluation


def play_part(ai: EvaluationPorts, stage: Stage, evaluation_id: str, run: int) -> None:
    """Play one part of an evaluation, unless that was done, and have the next of its lane played.

    An evaluation that has expired meanwhile is left alone. Raises `Unavailable` when the storage is away.
    """
    evaluation = ai.evaluations.get(evaluation_id)
    if evaluation is None or run >= evaluation.total:
        return
    number = run % len(evaluation.scenarios)
    scenario = ai.evaluations.scenario(evaluation_id, number)
    if scenario is not None and not ai.evaluations.has(evaluation_id, run):
        _play(ai, stage, evaluation, scenario, run)
    if run + LANES < evaluation.total:
        ai.evaluation_work.play(evaluation_id, run + LANES)


def _play(ai: EvaluationPorts, stage: Stage, evaluation: Evaluation, scenario: Scenario, run: int) -> None:
    cast = stage.enter(evaluation.subject, scenario, f"{evaluation.id}#{run}")
    try:
        part = Part(run, run // len(evaluation.scenarios) + 1, evaluation.judged)
        rehearsal = play(ai, stage, scenario, cast, part)
    finally:
        stage.leave(cast)
    ai.evaluations.keep(evaluation, rehearsal, ai.clock.now())
    log(
        "evaluation.played",
        evaluation_id=evaluation.id,
        scenario=scenario.name,
        passed=rehearsal.passed,
        ms=rehearsal.took_ms,
    )


def get_evaluation(ai: EvaluationPorts, evaluation_id: str) -> Evaluation:
    """Give an evaluation, or `NotFound` with code `evaluation_not_found`."""
    found = ai.evaluations.get(evaluation_id) if is_id(evaluation_id, "eval") else None
    if found is None:
        raise NotFound("There is no such evaluation.", code="evaluation_not_found")
    return found


def read_report(ai: EvaluationPorts, evaluation_id: str) -> tuple[Evaluation, tuple[ScenarioReport, ...]]:
    """Give an evaluation with what came of each scenario so far; or `NotFound`."""
    evaluation = get_evaluation(ai, evaluation_id)
    return evaluation, report(evaluation, list(_all_rehearsals(ai, evaluation_id)))


def list_evaluations(ai: EvaluationPorts, page_size: int, start: str | None) -> Page[Evaluation]:
    """List evaluations, newest first."""
    return ai.evaluations.page(page_size, start)


def list_rehearsals(
    ai: EvaluationPorts, evaluation_id: str, page_size: int, start: str | None
) -> Page[Rehearsal]:
    """List what was played and seen, in order; or `NotFound`."""
    return ai.evaluations.rehearsals(get_evaluation(ai, evaluation_id).id, page_size, start)


def _all_rehearsals(ai: EvaluationPorts, evaluation_id: str) -> Iterator[Rehearsal]:
    start: str | None = None
    while True:
        page = ai.evaluations.rehearsals(evaluation_id, _PAGE, start)
        yield from page.items
        start = page.next_start
        if start is None:
            return


def _check_patterns(scenario: Scenario) -> None:
    for expectation in _expectations(scenario):
        for text in (*expectation.says, *_texts(dict(expectation.arguments or {}))):
            check_pattern(text)
    for note in scenario.contact_after.notes or ():
        check_pattern(note)


def _expectations(scenario: Scenario) -> Iterator[Expectation]:
    yield from (*scenario.greets, *scenario.expect, *scenario.never)
    for step in scenario.steps:
        yield from (*step.expect, *step.never)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
