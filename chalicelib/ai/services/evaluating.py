"""Evaluations: started, played part by part by whoever works on the queue, and read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.ai.domain.checking import check_pattern
from chalicelib.ai.domain.evaluations import (
    MAX_RUNNING,
    MAX_SPEND,
    THEIR_OWN,
    Evaluation,
    ScenarioReport,
    Subject,
    report,
)
from chalicelib.ai.domain.rehearsals import Rehearsal
from chalicelib.ai.services.counting import Asked, count_once
from chalicelib.ai.services.rehearsing import TOO_DEAR, Part, play
from chalicelib.ai.services.verdicts import judged
from chalicelib.kernel.actors import actor
from chalicelib.kernel.errors import AppError, Conflict, NotFound, Unavailable, about_field
from chalicelib.kernel.ids import is_id
from chalicelib.kernel.logs import log, log_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ai.domain.scenarios import Expectation, Scenario
    from chalicelib.ai.ports.evaluations import EvaluationPorts, Stage
    from chalicelib.kernel.paging import Page

# How many scenarios of one evaluation are played at once.
LANES = 4
# The function has 120 seconds; some are left to keep what came of it.
_FUNCTION_S = 110.0
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
    max_spend: int = MAX_SPEND


def start_evaluation(ai: EvaluationPorts, stage: Stage, wish: EvaluationWish) -> Evaluation:
    """Accept scenarios, and have the first of them played; the same id again gives the same evaluation.

    What cannot be played is refused before anything is stored, by the error that says why and the scenario;
    `Conflict` with code `too_many_evaluations` while three others are running.
    """
    _refuse_too_many(ai, wish.id)
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
            max_spend=wish.max_spend,
        ),
        wish.scenarios,
    )
    stage.sweep()
    for run in range(min(LANES, evaluation.total)):
        ai.evaluation_work.play(evaluation.id, run)
    return evaluation


def _refuse_too_many(ai: EvaluationPorts, evaluation_id: str) -> None:
    now = ai.clock.now()
    newest = ai.evaluations.page(_PAGE, None).items
    if any(each.id == evaluation_id for each in newest):
        return
    if sum(each.is_running(now) for each in newest) >= MAX_RUNNING:
        said = f"{MAX_RUNNING} evaluations are running; wait until one is done."
        raise Conflict(said, code="too_many_evaluations")


def play_part(ai: EvaluationPorts, stage: Stage, evaluation_id: str, run: int) -> None:
    """Play one part of an evaluation, unless that was done, and have the next of its lane played.

    What goes wrong is the part's result. An evaluation that has expired meanwhile is left alone. Raises
    `Unavailable` when the storage is away: the message comes again.
    """
    until = ai.clock.elapsed() + _FUNCTION_S
    evaluation = ai.evaluations.get(evaluation_id)
    if evaluation is None or run >= evaluation.total:
        return
    kept = ai.evaluations.result(evaluation_id, run) or _play(ai, stage, evaluation, run, until)
    count_once(ai, Asked(f"{evaluation_id}#{run}", evaluation.created_at, _tried(evaluation), (kept.asked,)))
    if run + LANES < evaluation.total:
        ai.evaluation_work.play(evaluation_id, run + LANES)


def _tried(evaluation: Evaluation) -> str:
    """Name whose questions they were, as the dashboard of models shows them."""
    return evaluation.subject.template_id or evaluation.subject.prompt_id or "evaluation"


def _play(ai: EvaluationPorts, stage: Stage, evaluation: Evaluation, run: int, until: float) -> Rehearsal:
    """Play a part and keep what came of it; what waits for its judge is kept before, and not played again."""
    rehearsal = ai.evaluations.waiting(evaluation.id, run)
    if rehearsal is None:
        rehearsal = _performed(ai, stage, evaluation, run)
        if evaluation.judged:
            ai.evaluations.put_aside(evaluation, rehearsal)
    if evaluation.judged:
        rehearsal = _judged(ai, evaluation, rehearsal, until)
    ai.evaluations.keep(evaluation, rehearsal, ai.clock.now())
    log(
        "evaluation.played",
        evaluation_id=evaluation.id,
        scenario=rehearsal.scenario,
        passed=rehearsal.passed,
        ms=rehearsal.took_ms,
    )
    return rehearsal


def _performed(ai: EvaluationPorts, stage: Stage, evaluation: Evaluation, run: int) -> Rehearsal:
    """Play a part; whatever it raises is its error, but for storage that is away."""
    left = evaluation.max_spend - evaluation.spent
    part = Part(run, run // len(evaluation.scenarios) + 1, left)
    nothing = Rehearsal(run, evaluation.scenarios[run % len(evaluation.scenarios)], part.attempt)
    if left <= 0:
        return replace(nothing, error=TOO_DEAR)
    try:
        return _staged(ai, stage, evaluation, part)
    except Unavailable:
        raise
    except AppError as refusal:
        return replace(nothing, error=f"{refusal.code}: {refusal.message}")
    except Exception as fault:  # noqa: BLE001  a mistake of ours in one scenario keeps no other from its turn
        log_failure("evaluation.broke", fault, evaluation_id=evaluation.id, run=run)
        return replace(nothing, error=f"internal_error: {type(fault).__name__}")


def _staged(ai: EvaluationPorts, stage: Stage, evaluation: Evaluation, part: Part) -> Rehearsal:
    scenario = _scenario(ai, evaluation, part.run)
    cast = stage.enter(evaluation.subject, scenario, f"{evaluation.id}#{part.run}")
    try:
        return play(ai, stage, scenario, cast, part)
    finally:
        stage.leave(cast)


def _judged(ai: EvaluationPorts, evaluation: Evaluation, played: Rehearsal, until: float) -> Rehearsal:
    if played.error:
        return played
    return judged(ai, _scenario(ai, evaluation, played.run), played, until - ai.clock.elapsed())


def _scenario(ai: EvaluationPorts, evaluation: Evaluation, run: int) -> Scenario:
    found = ai.evaluations.scenario(evaluation.id, run % len(evaluation.scenarios))
    if found is None:
        raise NotFound("The scenario has expired.", code="scenario_gone")
    return found


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
