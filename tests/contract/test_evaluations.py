"""One suite for where evaluations are kept: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fakes.evaluations import FakeEvaluations

from chalicelib.ai.adapters import tables
from chalicelib.ai.adapters.repository.evaluations import EvaluationRepository
from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.conduct import Conduct, OnEmergency
from chalicelib.ai.domain.evaluations import Evaluation, EvaluationState, Subject
from chalicelib.ai.domain.rehearsals import ContactSeen, Failure, Rehearsal, Seen, TurnSeen, Verdict
from chalicelib.ai.domain.scenarios import (
    Agent,
    Ends,
    EndState,
    Expectation,
    Persona,
    Scenario,
    Somebody,
    Step,
    Stub,
)
from chalicelib.kernel.ids import derived_id

FULL = Scenario(
    name="full",
    description="Everything.",
    tags=("a", "b"),
    agent=Agent(
        prompt="You are {{ x }}.",
        tools=("end_call", "update_contact"),
        languages=("es-ES",),
        conduct=Conduct(on_emergency=OnEmergency.TRANSFER, confirm_tools=("update_contact",)),
    ),
    contact=Somebody("Ada", "ada@example.com"),
    at=datetime(2026, 3, 3, 10),  # noqa: DTZ001  local to the contact
    steps=(
        Step(caller="Hola", language="es-ES", expect=(Expectation(says=("a", "b")),)),
        Step(keys="9", heard="", never=(Expectation(uses="x", arguments={}, done=False),), within_ms=5),
        Step(silent=True),
        Step(unclear="uh"),
    ),
    persona=Persona("A.", "B.", 3),
    stubs={"send_sms": Stub("No.", done=False)},
    greets=(Expectation(says=("Hello",)),),
    expect=(Expectation(uses="x", arguments={"a": [1, {"b": None}]}),),
    never=(Expectation(ends=Ends.HANG_UP, reason="silence"),),
    contact_after=EndState({"email": None}, (), opted_out=False),
    max_questions=0,
    within_ms=100,
    judge=("It is polite.",),
)
SIMPLE = Scenario("simple", steps=(Step(caller="Hi"),))


def played(run: int, **changes: object) -> Rehearsal:
    """Give a playing with every field."""
    seen = (Seen("used", "Done.", "x", {"a": [1, None]}, done=False), Seen("ended", "", "listen"))
    rehearsal = Rehearsal(
        run,
        "full",
        1,
        (TurnSeen(0, "", seen, None, 3), TurnSeen(1, "Hi", (), 12, 30)),
        ContactSeen({"email": None, "name": "Ada"}, ("Note",), opted_out=True),
        (Failure("turn 1", "No."),),
        (Verdict("It is polite.", holds=True, reason="Yes."),),
        Usage(1, 2, 3),
        "",
        77,
        (ModelUse("openai", "gpt-4o", Usage(1000, 2, 300), 5, 9), ModelUse("b", "c", error="model_timeout")),
    )
    return replace(rehearsal, **changes)  # type: ignore[arg-type]


@pytest.fixture(params=["memory", "dynamodb"])
def book(request):
    """Give the port in memory, then on a table."""
    if request.param == "memory":
        return FakeEvaluations()
    return EvaluationRepository(tables.bind(request.getfixturevalue("make_table")("ai", "AiTable")))


@pytest.fixture
def evaluation(clock):
    """Give an evaluation with every field."""
    return Evaluation(
        derived_id("eval", "1", 5),
        "Nightly",
        ("full", "simple"),
        created_at=clock.now(),
        changed_at=clock.now(),
        created_by="token:token_1",
        subject=Subject("template_1", "prompt_1", 3),
        repeat=2,
        judged=True,
        max_spend=77,
    )


def test_an_evaluation_is_read_as_it_was_written(book, evaluation):
    """Every field, and its scenarios by number; there is no scenario after the last."""
    assert book.add(evaluation, (FULL, SIMPLE)) == evaluation
    assert book.get(evaluation.id) == evaluation
    assert [book.scenario(evaluation.id, number) for number in range(3)] == [FULL, SIMPLE, None]
    assert book.get("eval_0") is None


def test_an_evaluation_is_kept_once(book, evaluation):
    """A repetition gives the first."""
    book.add(evaluation, (FULL,))
    assert book.add(replace(evaluation, name="Other"), (SIMPLE,)) == evaluation
    assert book.scenario(evaluation.id, 0) == FULL


def test_a_playing_is_kept_and_counted_once(book, evaluation, clock):
    """However often it is told; the last one ends the evaluation."""
    book.add(evaluation, (FULL, SIMPLE))
    later = clock.now() + timedelta(minutes=1)
    assert book.result(evaluation.id, 0) is None
    assert book.keep(evaluation, played(0), later)
    assert not book.keep(evaluation, played(0, failures=()), later)
    assert book.result(evaluation.id, 0) == played(0)
    stored = book.get(evaluation.id)
    assert (stored.done, stored.passed, stored.state) == (1, 0, EvaluationState.RUNNING)
    assert stored.spent == played(0).cost > 0
    assert stored.finished_at is None
    for run in range(1, 4):
        assert book.keep(evaluation, played(run, failures=()), later)
    stored = book.get(evaluation.id)
    assert (stored.done, stored.passed, stored.finished_at) == (4, 3, later)


def test_a_playing_of_no_evaluation_is_not_kept(book, evaluation, clock):
    """One that has expired does not come back as half a row."""
    assert not book.keep(evaluation, played(0), clock.now())
    assert book.get(evaluation.id) is None


def test_playings_come_in_pages(book, evaluation, clock):
    """In order, each as it was."""
    book.add(evaluation, (FULL, SIMPLE))
    for run in (2, 0, 1):
        book.keep(evaluation, played(run), clock.now())
    page = book.rehearsals(evaluation.id, 2, None)
    assert (list(page.items), page.next_start) == ([played(0), played(1)], "1")
    page = book.rehearsals(evaluation.id, 2, page.next_start)
    assert (list(page.items), page.next_start) == ([played(2)], None)


def test_evaluations_come_newest_first(book, evaluation):
    """In pages."""
    known = [replace(evaluation, id=derived_id("eval", "x", millis)) for millis in (1000, 2000, 3000)]
    for each in known:
        book.add(each, (SIMPLE,))
    page = book.page(2, None)
    assert (list(page.items), page.next_start) == ([known[2], known[1]], known[1].id)
    page = book.page(2, page.next_start)
    assert (list(page.items), page.next_start) == ([known[0]], None)


def test_what_waits_for_its_judge_is_no_result(book, evaluation):
    """It is read back as it was put aside, and counts for nothing."""
    book.add(evaluation, (FULL, SIMPLE))
    assert book.waiting(evaluation.id, 0) is None
    book.put_aside(evaluation, played(0))
    assert book.waiting(evaluation.id, 0) == played(0)
    assert book.result(evaluation.id, 0) is None
    assert list(book.rehearsals(evaluation.id, 10, None).items) == []
    assert book.get(evaluation.id) == evaluation
