"""What is summed up of scenarios that were played."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.ai.domain.evaluations import Evaluation, report
from chalicelib.ai.domain.rehearsals import Rehearsal, TurnSeen

NOW = datetime(2026, 3, 3, tzinfo=UTC)
EVALUATION = Evaluation("evaluation_1", "", ("sales",), NOW, NOW)


def _line(*waits: int | None):
    turns = tuple(TurnSeen(number, "", (), wait) for number, wait in enumerate(waits))
    [line] = report(EVALUATION, [Rehearsal(1, "sales", 1, turns)])
    return line


def test_the_greeting_is_no_answer():
    """It comes at once, and would make the agent look faster than it answers."""
    line = _line(0, 700)
    assert (line.first_words_p50_ms, line.first_words_p95_ms, line.turns) == (700, 700, 2)


def test_without_an_answer_there_is_no_time():
    """Also where the greeting was all."""
    assert _line(0).first_words_p50_ms is None
