"""What callers hear when a provider fails: one answer, soon, in one turn; as `make fallback` prints it."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.calls import NOW
from fakes.fallback import MAIN, SPARE, TROUBLES, Heard, Waits, hear, report, two_servers

from chalicelib.calls.domain.turns import Turn, TurnKind

pytestmark = pytest.mark.enable_socket

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
SHORT = Waits(first_token_ms=200, gap_ms=150, filler_after_ms=100, model_first_ms=20, tokens_per_second=200)
WHOLE = "We sell pumps and pipes, and we fit them."
SORRY = "I am sorry, something went wrong on my side. We will get back to you. Goodbye."
FILLER = "Let me think. "
NOTED = "Thank you, I have noted that."
BEFORE = "We sell pumps and. Sorry, let me say that again. "
WANTED = {
    "silent before its first word": ([MAIN, SPARE], WHOLE),
    "silent in the middle": ([MAIN, SPARE], BEFORE + WHOLE),
    "hangs up in the middle": ([MAIN, SPARE], BEFORE + WHOLE),
    "cut at its limit, in the middle": ([MAIN], "We sell pumps and"),
    "cut at its limit, in an action": ([MAIN, SPARE, MAIN], NOTED),
    "invalid JSON as an action": ([MAIN, SPARE, MAIN], NOTED),
    "500 of both": ([MAIN, SPARE], SORRY),
}


@pytest.fixture(scope="module")
def servers():
    """Run the two model servers once; the first turn imports what takes long."""
    with two_servers() as found:
        hear(found, TROUBLES[2], SHORT)
        yield found


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_the_caller_hears_one_answer_in_time(servers, trouble):
    """Whatever the first provider does: one turn, no long silence, and who was asked is kept with it."""
    heard = hear(servers, trouble, SHORT)
    asked, said = WANTED.get(trouble.name, ([MAIN, SPARE], WHOLE))
    assert [use.provider for use in heard.turn.asked] == asked
    assert heard.turn.asked[0].error
    assert heard.said.removeprefix(FILLER) == said
    assert heard.turns == 1
    assert heard.silence_ms <= SHORT.budget_ms


def _heard(*spoken_ms):
    return Heard("x", "Yes.", spoken_ms, Turn(1, TurnKind.SPEECH, NOW, said="Hi"), 1)


def test_a_silence_over_the_budget_is_told():
    """Between the words as well as before them."""
    assert _heard(100, 2900, 3000).silence_ms == 2800
    assert "**over**" in report([_heard(100, 2900)])
    assert "0 of 1 kept" in report([_heard(2900)])
    assert "1 of 1 kept" in report([_heard(100, 200)])


def test_the_page_shows_the_report():
    """Each trouble has its row there, and the command is named."""
    page = PAGE.read_text(encoding="utf-8")
    assert "`make fallback`" in page
    assert all(f"| {trouble.name} | {MAIN} (" in page for trouble in TROUBLES)
