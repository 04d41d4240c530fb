"""Evaluations in memory, and a worker that plays them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.ai.services.evaluating import play_part
from chalicelib.calls.services.rehearsals import CallStage
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.ai.domain.evaluations import Evaluation
    from chalicelib.ai.domain.rehearsals import Rehearsal
    from chalicelib.ai.domain.scenarios import Scenario


class FakeEvaluations:
    """Evaluations in dicts; implements `Evaluations`."""

    def __init__(self) -> None:
        self._by_id: dict[str, Evaluation] = {}
        self._scenarios: dict[str, list[Scenario]] = {}
        self._played: dict[str, dict[int, Rehearsal]] = {}
        self._aside: dict[tuple[str, int], Rehearsal] = {}

    def add(self, evaluation: Evaluation, scenarios: Sequence[Scenario]) -> Evaluation:
        """Keep an evaluation once."""
        self._scenarios.setdefault(evaluation.id, list(scenarios))
        return self._by_id.setdefault(evaluation.id, evaluation)

    def get(self, evaluation_id: str) -> Evaluation | None:
        """Give an evaluation."""
        return self._by_id.get(evaluation_id)

    def page(self, page_size: int, start: str | None) -> Page[Evaluation]:
        """Give the newest first."""
        ids = sorted((each for each in self._by_id if start is None or each < start), reverse=True)
        more = ids[page_size - 1] if len(ids) > page_size else None
        return Page([self._by_id[each] for each in ids[:page_size]], more)

    def scenario(self, evaluation_id: str, number: int) -> Scenario | None:
        """Give a scenario."""
        return dict(enumerate(self._scenarios.get(evaluation_id, []))).get(number)

    def keep(self, evaluation: Evaluation, rehearsal: Rehearsal, now: datetime) -> bool:
        """Keep a playing once, and count it."""
        kept = self._played.setdefault(evaluation.id, {})
        head = self._by_id.get(evaluation.id)
        if rehearsal.run in kept or head is None:
            return False
        kept[rehearsal.run] = rehearsal
        passed = head.passed + rehearsal.passed
        self._by_id[head.id] = replace(
            head, done=head.done + 1, passed=passed, spent=head.spent + rehearsal.cost, changed_at=now
        )
        return True

    def result(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what came of a playing."""
        return self._played.get(evaluation_id, {}).get(run)

    def put_aside(self, evaluation: Evaluation, rehearsal: Rehearsal) -> None:
        """Keep what waits for its judge."""
        self._aside[evaluation.id, rehearsal.run] = rehearsal

    def waiting(self, evaluation_id: str, run: int) -> Rehearsal | None:
        """Give what waits for its judge."""
        return self._aside.get((evaluation_id, run))

    def rehearsals(self, evaluation_id: str, page_size: int, start: str | None) -> Page[Rehearsal]:
        """Give playings in order."""
        kept = self._played.get(evaluation_id, {})
        runs = sorted(run for run in kept if start is None or run > int(start))
        more = str(runs[page_size - 1]) if len(runs) > page_size else None
        return Page([kept[run] for run in runs[:page_size]], more)


@dataclass
class FakeEvaluationWork:
    """Messages in a list; implements `EvaluationWork`."""

    sent: list[tuple[str, int]] = field(default_factory=list)

    def play(self, evaluation_id: str, run: int) -> None:
        """Keep a message."""
        self.sent.append((evaluation_id, run))


def play_all(calls) -> int:
    """Deliver every message of evaluations; give how many came."""
    delivered = 0
    while calls.ai.evaluation_work.sent:
        evaluation_id, run = calls.ai.evaluation_work.sent.pop(0)
        play_part(calls.ai, CallStage(calls), evaluation_id, run)
        delivered += 1
    return delivered
