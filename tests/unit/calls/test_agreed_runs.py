"""Which actions the caller has agreed to, by what was asked and what came since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind, agreed_runs

NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
HELD = ToolRun("t1", "send_sms", "{}", "Ask.", done=False, took_ms=1, held=True)


def _turn(number, kind=TurnKind.SPEECH, **values):
    return Turn(number, kind, NOW + timedelta(seconds=number), end=TurnEnd.LISTEN, **values)


def _asked(answer="Shall I send it?", **values):
    return _turn(1, said="Send it.", answer=answer, tools=(HELD,), **values)


NOISE = _turn(2, TurnKind.UNCLEAR, answer="Sorry, could you say that again?")
SILENCE = _turn(2, TurnKind.SILENCE, answer="Are you still there?")
OTHER = _turn(2, said="Wait.", answer="Of course?")


@pytest.mark.parametrize(
    ("before", "said", "is_agreed"),
    [
        ((_asked(),), "Yes", True),
        ((_asked(answer="Lovely weather today."),), "Yes", False),
        ((_asked(heard="Shall I send"),), "Yes", False),
        ((_asked(), NOISE), "Yes", True),
        ((_asked(), SILENCE), "Yes, please send it", True),
        ((_asked(), SILENCE), "Yes", False),
        ((_asked(), SILENCE), "Yes, I am here", False),
        ((_asked(), OTHER), "Yes", False),
        ((_asked(),), "Yes, make it tomorrow", False),
        ((NOISE,), "Yes", False),
    ],
)
def test_a_yes_belongs_to_the_question(before, said, is_agreed):
    """It was asked and heard; noise loses nothing; a bare yes after silence may mean that they are there."""
    assert bool(agreed_runs(before, _turn(3, said=said))) is is_agreed
