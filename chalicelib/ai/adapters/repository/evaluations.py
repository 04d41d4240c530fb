"""Evaluations in the ai table: how far each is in one row, its scenarios and what came of them beside it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.ai.adapters.tables import EvaluationItem, RehearsalItem, ScenarioItem
from chalicelib.ai.domain.evaluations import KEPT_DAYS, MAX_SPEND, Evaluation, Subject
from chalicelib.ai.domain.rehearsals import read_rehearsal
from chalicelib.ai.domain.scenarios import Scenario, document
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.update import Action

    from chalicelib.ai.domain.rehearsals import Rehearsal

_HASH = "EVALS"
_FIRST, _LAST = "RESULT#", "RESULT$"  # the second follows every `RESULT#…`
_REFUSED = "ConditionalCheckFailed"


@unavailable_on(PynamoDBException)
class EvaluationRepository:
    """Evaluations, on the connection of their table; implements `Evaluations`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, evaluation: Evaluation, scenarios: Sequence[Scenario]) -> Evaluation:
        """Keep a new evaluation with its scenarios, all or nothing; or give the one that has this id."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(evaluation), condition=EvaluationItem.pk.does_not_exist())
                for number, scenario in enumerate(scenarios):
                    transaction.save(_scenario_item(evaluation, number, scenario))
        except TransactWriteError as error:
            kept = self.get(evaluation.id) if _is_refused(error) else None
            if kept is None:
                raise
            return kept
        return evaluation

    def get(self, evaluation_id: str) -> Evaluation | None:
        """Give an evaluation, consistently."""
        try:
            return _evaluation(EvaluationItem.get(_HASH, f"EVAL#{evaluation_id}", consistent_read=True))
        except DoesNotExist:
            return None

    def page(self, page_size: int, start: str | None) -> Page[Evaluation]:
        """Give evaluations, newest first, from after the id `start`."""
        items = EvaluationItem.query(
            _HASH,
            EvaluationItem.sk < f"EVAL#{start}" if start else EvaluationItem.sk.startswith("EVAL#"),
            scan_index_forward=False,
            limit=page_size + 1,
            consistent_read=True,
        )
        found = list(map(_evaluation, items))
        return Page(found[:page_size], found[page_size - 1].id if len(found) > page_size else None)

    def scenario(self, evaluation_id: str, number: int) -> Scenario | None:
        """Give one scenario, counted from 0."""
        try:
            item = ScenarioItem.get(f"EVAL#{evaluation_id}", f"SCENARIO#{number:04}")
        except DoesNotExist:
            return None
        return ScenarioIn.model_validate(item.document).scenario()

    def keep(self, evaluation: Evaluation, rehearsal: Rehearsal, now: datetime) -> bool:
        """Keep what came of a playing and count it with its cost, all or nothing; False: it was before."""
        head = EvaluationItem(_HASH, f"EVAL#{evaluation.id}")
        counted: list[Action] = [
            EvaluationItem.done.add(1),
            EvaluationItem.passed.add(int(rehearsal.passed)),
            EvaluationItem.spent.add(rehearsal.cost),
            EvaluationItem.changed_at.set(iso(now)),
        ]
        try:
            with TransactWrite(connection=self._connection) as transaction:
                item = _rehearsal_item(evaluation, rehearsal, _result_key(rehearsal.run))
                transaction.save(item, RehearsalItem.pk.does_not_exist())
                transaction.update(head, actions=counted, condition=EvaluationItem.pk.exists())
        except TransactWriteError as error:
            if not _is_refused(error):
                raise
            return False
        return True

    def result(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what came of a playing, consistently; None while it is not over."""
        return _rehearsal(evaluation_id, _result_key(run))

    def put_aside(self, evaluation: Evaluation, rehearsal: Rehearsal) -> None:
        """Keep what was played until it was judged."""
        _rehearsal_item(evaluation, rehearsal, _waiting_key(rehearsal.run)).save()

    def waiting(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what was played and waits for its judge, or has been judged."""
        return _rehearsal(evaluation_id, _waiting_key(run))

    def rehearsals(self, evaluation_id: str, page_size: int, start: str | None) -> Page[Rehearsal]:
        """Give playings in order, from after the run `start`."""
        first = _result_key(int(start) + 1) if start else _FIRST
        items = RehearsalItem.query(
            f"EVAL#{evaluation_id}", RehearsalItem.sk.between(first, _LAST), limit=page_size + 1
        )
        found = [read_rehearsal(item.rehearsal) for item in items]
        more = str(found[page_size - 1].run) if len(found) > page_size else None
        return Page(found[:page_size], more)


def _item(evaluation: Evaluation) -> EvaluationItem:
    return EvaluationItem(
        _HASH,
        f"EVAL#{evaluation.id}",
        name=evaluation.name,
        scenarios=list(evaluation.scenarios),
        subject=vars(evaluation.subject),
        repeat=evaluation.repeat,
        judged=evaluation.judged,
        created_at=iso(evaluation.created_at),
        changed_at=iso(evaluation.changed_at),
        created_by=evaluation.created_by,
        done=evaluation.done,
        passed=evaluation.passed,
        max_spend=evaluation.max_spend,
        spent=evaluation.spent,
        expires_at=_expiry(evaluation),
    )


def _scenario_item(evaluation: Evaluation, number: int, scenario: Scenario) -> ScenarioItem:
    key = f"SCENARIO#{number:04}"
    return ScenarioItem(
        f"EVAL#{evaluation.id}", key, document=document(scenario), expires_at=_expiry(evaluation)
    )


def _result_key(run: int) -> str:
    return f"RESULT#{run:04}"


def _waiting_key(run: int) -> str:
    return f"WAITING#{run:04}"


def _rehearsal(evaluation_id: str, key: str) -> Rehearsal | None:
    try:
        item = RehearsalItem.get(f"EVAL#{evaluation_id}", key, consistent_read=True)
    except DoesNotExist:
        return None
    return read_rehearsal(item.rehearsal)


def _rehearsal_item(evaluation: Evaluation, rehearsal: Rehearsal, key: str) -> RehearsalItem:
    kept = asdict(rehearsal)
    return RehearsalItem(f"EVAL#{evaluation.id}", key, rehearsal=kept, expires_at=_expiry(evaluation))


def _evaluation(item: EvaluationItem) -> Evaluation:
    return Evaluation(
        id=item.sk.removeprefix("EVAL#"),
        name=item.name,
        scenarios=tuple(item.scenarios),
        created_at=from_iso(item.created_at),
        changed_at=from_iso(item.changed_at),
        created_by=item.created_by,
        subject=Subject(**item.subject),
        repeat=int(item.repeat),
        judged=item.judged,
        done=int(item.done),
        passed=int(item.passed),
        max_spend=MAX_SPEND if item.max_spend is None else int(item.max_spend),
        spent=int(item.spent or 0),
    )


def _expiry(evaluation: Evaluation) -> int:
    return int((evaluation.created_at + timedelta(days=KEPT_DAYS)).timestamp())


def _is_refused(error: TransactWriteError) -> bool:
    return any(reason and reason.code == _REFUSED for reason in error.cancellation_reasons)
