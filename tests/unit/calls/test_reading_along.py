"""Reading along while a call goes on: what was said grows, and nothing of it is missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import NOW, connected

from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.operating import read_transcript
from chalicelib.calls.services.progress import record_report
from chalicelib.kernel.errors import NotFound


def _ended(calls):
    record_report(calls, "call_1", Report("completed", "CA1", NOW + timedelta(seconds=9)))


def _open(calls, number, **fields):
    turn = Turn(number, TurnKind.SPEECH, NOW + timedelta(seconds=number), **fields)
    calls.turns.open("call_1", turn)


def _close(calls, number, answer="Yes.", end=TurnEnd.LISTEN):
    known = next(turn for turn in calls.turns.since("call_1", number))
    calls.turns.close("call_1", replace(known, answer=answer, end=end))


def test_a_transcript_grows(calls):
    """What is being answered is there without its answer, and is given again when it is complete."""
    connected(calls)
    _open(calls, 0, answer="Hello.")
    first = read_transcript(calls, "call_1", 0)
    assert [turn.answer for turn in first.turns] == ["Hello."]
    assert (first.state, first.more, first.next_since) == (CallState.IN_PROGRESS, True, 0)
    _open(calls, 1, said="When?")
    second = read_transcript(calls, "call_1", first.next_since)
    assert [(turn.said, turn.answer) for turn in second.turns] == [("", "Hello."), ("When?", None)]
    _close(calls, 1, "At nine.")
    third = read_transcript(calls, "call_1", second.next_since)
    assert third.turns[-1].answer == "At nine."


def test_a_follower_misses_nothing(calls):
    """Also what is cut or completed after the next turn has begun."""
    connected(calls)
    seen, since = {}, 0

    def poll():
        nonlocal since
        told = read_transcript(calls, "call_1", since)
        since = told.next_since
        seen.update({turn.number: turn for turn in told.turns})
        return told

    _open(calls, 0, answer="Hello.")
    poll()
    for number in range(1, 8):
        _open(calls, number, said=f"word {number}")
        poll()
        if number > 1:
            _close(calls, number - 1, f"answer {number - 1}")
            calls.turns.interrupt("call_1", number - 1, f"heard {number - 1}")
        poll()
    assert since > 3
    _close(calls, 7)
    _ended(calls)
    assert not poll().more
    assert tuple(seen.values()) == calls.turns.since("call_1", 0)


def test_a_late_interruption_reaches_a_follower(calls):
    """The caller talks over an answer: the frame that says so may be stored after their next words."""
    connected(calls)
    _open(calls, 1, said="When?", answer="At nine, and then at ten.")
    _open(calls, 2, said="Thanks.")
    since = read_transcript(calls, "call_1", 0).next_since
    calls.turns.interrupt("call_1", 1, "At nine")
    assert read_transcript(calls, "call_1", since).turns[0].heard == "At nine"


def test_a_follower_waits_for_an_answer_that_comes_late(calls):
    """The caller hung up while the agent was still thinking; nothing comes after the books are closed."""
    connected(calls)
    _open(calls, 1, said="When?")
    _ended(calls)
    assert read_transcript(calls, "call_1", 0).more
    calls.book.change("call_1", lambda call: replace(call, finished_at=NOW))
    assert not read_transcript(calls, "call_1", 0).more


def test_following_costs_two_reads(calls):
    """The head, and the turns from there on; never the whole call."""
    connected(calls)
    _open(calls, 0, answer="Hello.")
    calls.shelf.uses.clear()
    read_transcript(calls, "call_1", 0)
    assert dict(calls.shelf.uses) == {"get": 1, "since": 1}


def test_there_is_no_transcript_of_no_call(calls):
    """And that is told, not an empty one."""
    with pytest.raises(NotFound):
        read_transcript(calls, "call_x", 0)
