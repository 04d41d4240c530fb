"""A caller who was told that they are put through, and only says thanks, is put through."""

from __future__ import annotations

import pytest
from fakes.calls import DESK, NOW, connected
from fakes.model import USAGE

from chalicelib.ai.domain.conversation import CallerUnclear, Transfer
from chalicelib.ai.domain.wording import is_agreement
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind, promised_transfer
from chalicelib.calls.services.closing import end_session, session_ended

THANKS = ["Okay, thank you.", "Sure!", "Alright.", "All right", "ok", "Thanks", "Yes, please.", "Uh-huh", "…"]
MORE = ["No, wait.", "Okay, but what does it cost?", "Never mind", "Thank you, goodbye", "Stop", "A person"]


@pytest.mark.parametrize("text", THANKS)
def test_agreement_is_told_from_more(text):
    """Words that ask for nothing and take nothing back."""
    assert is_agreement(text)


@pytest.mark.parametrize("text", MORE)
def test_more_is_no_agreement(text):
    """Whoever says more is answered."""
    assert not is_agreement(text)


def _promise(calls, **changes):
    told = {"end": TurnEnd.TRANSFER, "reason": "asked_for_person", "answer": "One moment.", **changes}
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="A person", **told))


@pytest.mark.parametrize("event", ["Okay, thank you.", CallerUnclear("...")])
def test_a_promise_is_kept_without_words(calls, talk, event):
    """However often; the model is not asked, and the session ends for the newest turn."""
    _promise(calls)
    for number in (2, 3):
        turn, uttered = talk(event)
        assert (turn.number, turn.end, turn.reason) == (number, TurnEnd.TRANSFER, "asked_for_person")
        assert uttered == [Transfer("asked_for_person")]
    assert calls.ai.model.requests == []
    end_session(calls, "call_1", 3, "connection", "END")
    assert calls.socket.frames == {"connection": ["END"]}


def test_it_is_kept_though_the_call_has_cost_what_it_may(calls, talk):
    """No model is asked for it."""
    connected_brief = calls.shelf.briefs["call_1"]
    calls.shelf.briefs["call_1"] = type(connected_brief)(**{**vars(connected_brief), "max_spend": 1})
    _promise(calls, usage=USAGE)
    assert talk("Okay.")[1] == [Transfer("asked_for_person")]


def test_who_says_more_is_answered(calls, talk):
    """A wish that was taken back is not carried out."""
    _promise(calls)
    calls.ai.model.scripts = [["All right, what else?"]]
    assert talk("No, wait.")[0].end is TurnEnd.LISTEN


def test_a_wish_not_to_be_called_comes_first(calls, talk):
    """It is honoured whatever was promised."""
    _promise(calls)
    assert talk("Stop calling me")[0].reason == "opted_out"


def test_the_end_of_the_session_carries_it_out(calls, talk):
    """The newest turn says so itself."""
    calls.shelf.calls.clear()
    connected(calls, transfer_to=DESK)
    _promise(calls)
    talk("Thanks.")
    _, steps = session_ended(calls, "call_1", "ended")
    assert steps[-1].attempt_id


@pytest.mark.parametrize(
    ("said", "end", "promised"),
    [
        ("Okay.", TurnEnd.CUT, "r"),
        ("Okay.", None, "r"),
        ("Okay.", TurnEnd.LISTEN, ""),
        ("No.", None, ""),
        ("No.", TurnEnd.CUT, ""),
    ],
)
def test_a_promise_holds_until_more_was_said(said, end, promised):
    """Thanks that were overtaken by more thanks change nothing; news that the hand-over failed end it."""
    told = Turn(1, TurnKind.SPEECH, NOW, end=TurnEnd.TRANSFER, reason="r")
    assert promised_transfer((told, Turn(2, TurnKind.SPEECH, NOW, said=said, end=end))) == promised
    assert promised_transfer((told, Turn(2, TurnKind.TRANSFER, NOW, end=TurnEnd.LISTEN, reason="p"))) == ""
