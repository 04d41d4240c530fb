"""What somebody says while they hang up: kept, obeyed and told, in whatever order the news of it come."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from fakes.calls import NOW, FakeVoice, connected

from chalicelib.ai.domain.analysis import Sentiment
from chalicelib.ai.domain.conduct import Conduct
from chalicelib.ai.domain.conversation import CallerPressed, CallerSaid, CallerSilent, CallerUnclear, MenuKey
from chalicelib.ai.domain.conversation import MenuAction as Action
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.lateness import words_pause_s
from chalicelib.calls.domain.turns import LAST_WORDS, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.turns import TurnRequest, take_turn

GREETING = Turn(0, TurnKind.GREETING, NOW, answer="Hello. Do you have a minute?", end=TurnEnd.LISTEN)
NO_THANKS = CallerSaid("No thanks, I am happy. Bye.")
STOP = CallerSaid("Stop calling me.")


def _greeted(calls, **brief):
    call = connected(calls, **brief)
    calls.turns.open(call.id, GREETING)
    return call


def _hears(calls, event, **request):
    voice = FakeVoice()
    at = NOW + timedelta(seconds=1)
    return take_turn(calls, TurnRequest("call_1", event, at, 20.0, **request), lambda _: voice), voice.uttered


def _ends(calls):
    at = NOW + timedelta(seconds=2)
    record_report(calls, "call_1", Report("completed", "CA1", at, duration_s=2))


def _turns(calls):
    return calls.book.load("call_1").turns[1:]


def test_words_that_come_after_the_end_are_kept_and_not_answered(calls):
    """They are a turn of their own with their mood, no model is asked, and somebody has talked with us."""
    _greeted(calls)
    _ends(calls)
    assert _hears(calls, NO_THANKS) == (None, [])
    (turn,) = _turns(calls)
    assert (turn.number, turn.kind, turn.said) == (1, TurnKind.SPEECH, NO_THANKS.text)
    assert (turn.answer, turn.end, turn.reason) == ("", TurnEnd.CUT, LAST_WORDS)
    assert turn.sentiment is Sentiment.NEUTRAL
    assert calls.ai.model.requests == []
    finish_call(calls, "call_1")
    assert calls.call().outcome == "completed"


def test_words_that_come_with_the_news_of_the_end_are_kept_and_not_answered(calls):
    """The carrier tells with the words that nobody is there any more."""
    _greeted(calls)
    assert _hears(calls, NO_THANKS, number=1, has_gone=True) == (None, [])
    _ends(calls)
    assert [turn.said for turn in _turns(calls)] == [NO_THANKS.text]
    assert calls.ai.model.requests == []


@pytest.mark.parametrize("number", [None, 1])
def test_a_last_wish_not_to_be_called_counts_in_every_order(calls, number):
    """Words and end, each maybe twice: the number is suppressed and the call says why."""
    states = set()
    for order in sorted(set(permutations("wweef"))):
        if order.index("f") < max(order.index("w"), order.index("e")):
            continue  # the books are closed when both have come
        for item in (calls.shelf.calls, calls.shelf.turns, calls.shelf.aftermaths):
            item.clear()
        calls.shelf.briefs.clear()
        call = _greeted(calls)
        for step in order:
            {"w": lambda: _hears(calls, STOP, number=number), "e": lambda: _ends(calls)}.get(
                step, lambda: finish_call(calls, "call_1")
            )()
        assert calls.numbers.status(call.number).suppressed_at
        states.add((calls.call().outcome, _turns(calls)[0].said))
    assert states == {("opted_out", STOP.text)}


def test_a_wish_is_carried_out_before_it_is_kept(calls):
    """Whoever dies between the two has done what matters more, and does all when it comes again."""
    call = _greeted(calls)
    _ends(calls)
    real, calls.turns.open = calls.turns.open, _dies
    with pytest.raises(InterruptedError):
        _hears(calls, STOP, number=1)
    assert calls.numbers.status(call.number).suppressed_at
    calls.turns.open = real
    for _ in range(2):
        _hears(calls, STOP, number=1)
    assert [turn.said for turn in _turns(calls)] == [STOP.text]


def _dies(*_):
    raise InterruptedError


@pytest.mark.parametrize(
    ("event", "said", "outcome"),
    [
        (CallerUnclear("Stop calling me"), "Stop calling me", "opted_out"),
        (CallerUnclear("hm"), "hm", "abandoned"),
        (CallerPressed("4"), "[keypad: 4]", "completed"),
        (CallerPressed("9"), "[keypad: 9]", "opted_out"),
        (CallerSilent(), None, "abandoned"),
        (CallerSaid(" "), None, "abandoned"),
    ],
)
def test_each_event_is_kept_as_what_it_was(calls, event, said, outcome):
    """Keys and hardly heard words too; where nothing was said there is no turn."""
    _greeted(calls, menu=(MenuKey("9", Action.OPT_OUT),))
    _ends(calls)
    _hears(calls, event)
    finish_call(calls, "call_1")
    assert [turn.said for turn in _turns(calls)] == ([said] if said else [])
    assert calls.call().outcome == outcome


def test_two_last_sentences_are_two_turns(calls):
    """The socket does not count turns: each is the next, however many there are."""
    _greeted(calls)
    for number in range(1, 8):
        calls.turns.open("call_1", replace(GREETING, number=number))
    _ends(calls)
    for words in ("No, thanks.", "No, thanks."):
        _hears(calls, CallerSaid(words))
    assert [turn.number for turn in _turns(calls)][-2:] == [8, 9]


def test_other_words_under_a_number_that_is_taken_are_kept(calls):
    """The conversation had moved to another transport, whose first turn has this number."""
    _greeted(calls)
    calls.turns.open("call_1", replace(GREETING, number=1, kind=TurnKind.SPEECH, said="Hi"))
    _ends(calls)
    for _ in range(2):
        _hears(calls, NO_THANKS, number=1)
    assert [turn.said for turn in _turns(calls)] == ["Hi", NO_THANKS.text]


def test_why_we_hung_up_stays_what_it_was(calls):
    """Words after our goodbye do not hide that it was said because of a failure."""
    _greeted(calls)
    failed = Turn(1, TurnKind.SPEECH, NOW, said="Hi", answer="Sorry.", end=TurnEnd.HANG_UP)
    calls.turns.open("call_1", replace(failed, reason="model_timeout"))
    _ends(calls)
    _hears(calls, CallerSaid("What was that?"))
    finish_call(calls, "call_1")
    assert (calls.call().outcome, calls.call().reason) == ("failed", "model_timeout")


def test_words_that_come_when_the_books_are_closed_change_no_outcome(calls):
    """They are kept, masked where the others are, and a wish in them counts."""
    call = _greeted(calls, conduct=Conduct(mask_transcripts=True))
    _ends(calls)
    finish_call(calls, "call_1")
    closed = calls.call()
    _hears(calls, CallerSaid("Stop calling me. My email is ada@example.com."))
    assert calls.call() == closed
    assert calls.numbers.status(call.number).suppressed_at
    (turn,) = _turns(calls)
    assert turn.said.startswith("Stop calling me.")
    assert "ada@" not in turn.said


def test_nothing_is_kept_of_an_erased_call(calls):
    """Nor is the erased call brought back; the number is suppressed all the same."""
    call = _greeted(calls)
    _ends(calls)
    calls.book.change("call_1", lambda known: replace(known, erased_at=NOW))
    _hears(calls, STOP)
    assert _turns(calls) == ()
    assert calls.numbers.status(call.number).suppressed_at


def test_noise_in_the_middle_of_a_call_is_not_kept(calls):
    """Somebody is being answered, and their noise is no turn."""
    _greeted(calls)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    _hears(calls, CallerUnclear("hm"))
    assert [turn.said for turn in _turns(calls)] == ["Hi"]


@pytest.mark.parametrize(
    ("status", "turns", "pause_s"),
    [
        ("completed", (GREETING,), 2),
        ("completed", (replace(GREETING, end=TurnEnd.CUT),), 2),
        ("completed", (replace(GREETING, end=None),), 2),
        ("completed", (replace(GREETING, end=TurnEnd.HANG_UP),), 0),
        ("completed", (replace(GREETING, end=TurnEnd.TRANSFER),), 0),
        ("completed", (), 0),
        ("busy", (), 0),
    ],
)
def test_a_call_that_the_other_side_ended_is_left_alone_for_a_moment(calls, status, turns, pause_s):
    """Their last words may be under way; where we have said goodbye, or nobody talked, there are none."""
    connected(calls)
    for turn in turns:
        calls.turns.open("call_1", turn)
    record_report(calls, "call_1", Report(status, "CA1", NOW))
    assert words_pause_s(calls.book.load("call_1")) == pause_s
    waits, does = ([("call_1", 2)], []) if pause_s else ([], ["call_1"])
    assert (calls.wakeups.later_finishes, calls.wakeups.finishes) == (waits, does)
