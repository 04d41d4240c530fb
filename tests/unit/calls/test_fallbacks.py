"""When a way of talking fails: our own address, or the socket; the caller hears what happens."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import DESK, NOW, allow_countries, connected

from chalicelib.ai.domain.conversation import Hangup, Listen, OnFailure, Say, Transfer
from chalicelib.ai.domain.sentences import Sentence, sentence
from chalicelib.ai.domain.wording import APOLOGY, APOLOGY_TRANSFER
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.states import CallState
from chalicelib.calls.domain.turns import GREETING_TURN, Turn, TurnEnd, TurnKind
from chalicelib.calls.services.closing import session_ended
from chalicelib.calls.services.fallbacks import fall_back
from chalicelib.kernel.clock import iso

TURN = "/hook/voice/call_1/turn/2"
GREETED = Turn(GREETING_TURN, TurnKind.GREETING, NOW, answer="Hello Ada, this is Ann.", end=TurnEnd.LISTEN)


def _kinds(calls):
    return [event.kind for event in calls.call().events]


def _texts(steps):
    return "".join(step.text for step in steps if isinstance(step, Say))


def test_an_address_that_failed_is_apologised_for(calls):
    """The caller hears why the call ends, and the call remembers it."""
    connected(calls)
    _, steps = fall_back(calls, "call_1", TURN)
    assert steps == (Say(APOLOGY, last=True), Hangup("fallback"))
    assert _kinds(calls) == [Happening.FALLBACK]


def test_a_template_may_want_a_colleague_instead(calls):
    """Its target is dialed by the same rules as any hand-over."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    _, steps = fall_back(calls, "call_1", TURN)
    assert steps[0] == Say(APOLOGY_TRANSFER, last=True)
    assert not any(isinstance(step, Hangup | Transfer) for step in steps)


def test_the_colleague_must_be_in_a_country_that_may_be_called(calls):
    """What forbids a dial forbids this one."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    allow_countries(calls, "GB")
    _, steps = fall_back(calls, "call_1", TURN)
    assert isinstance(steps[-1], Hangup)
    assert "sorry" in _texts(steps)


def test_a_repeated_request_gets_the_same_answer(calls):
    """The failure is one, however often the carrier tells of it."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    first, again = (fall_back(calls, "call_1", TURN)[1] for _ in range(2))
    assert [type(step) for step in first] == [type(step) for step in again]
    assert _kinds(calls).count(Happening.FALLBACK) == 1


def test_a_second_failure_dials_nobody(calls):
    """It may be the dialing that fails: the call must not go round in circles."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    fall_back(calls, "call_1", TURN)
    _, steps = fall_back(calls, "call_1", "/hook/voice/call_1/transfer-ended")
    assert steps == (Say(APOLOGY, last=True), Hangup("fallback"))


def test_a_call_that_we_do_not_know_has_nothing_to_say(calls):
    """Whoever asks then says a sentence that fits every call."""
    assert fall_back(calls, "call_x", TURN) is None


def test_a_call_that_is_over_is_not_changed(calls):
    """A late request of the carrier tells nothing new."""
    connected(calls)
    calls.book.change("call_1", lambda call: replace(call, state=CallState.ENDED))
    fall_back(calls, "call_1", TURN)
    assert _kinds(calls) == []


@pytest.fixture
def greeted(calls):
    """A call over the socket whose greeting was written down."""
    connected(calls)
    calls.turns.open("call_1", GREETED)
    return calls


@pytest.mark.parametrize("error", ["64102", "64109", ""])
def test_a_socket_that_was_never_opened_leaves_the_greeting_to_be_said(greeted, error):
    """The caller has heard nothing so far."""
    _, steps = session_ended(greeted, "call_1", "failed", error)
    assert steps == (Say("Hello Ada, this is Ann.", last=True), Listen())


@pytest.mark.parametrize("error", ["64105", "64107"])
def test_a_socket_that_broke_is_bridged(greeted, error):
    """One sentence, and the caller has the floor."""
    _, steps = session_ended(greeted, "call_1", "failed", error)
    assert steps == (Say(sentence(Sentence.LINE_WAS_BAD), last=True), Listen())


def test_a_socket_that_was_lost_after_a_turn_is_bridged(greeted):
    """Whoever has talked with us has heard the greeting, whatever the error."""
    greeted.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    _, steps = session_ended(greeted, "call_1", "failed", "64102")
    assert steps[0] == Say(sentence(Sentence.LINE_WAS_BAD), last=True)


def test_the_loss_is_remembered_once(greeted):
    """With the carrier's error, however often it is told."""
    for _ in range(2):
        greeted.clock.advance(seconds=1)
        session_ended(greeted, "call_1", "failed", "64105")
    (event,) = greeted.call().events
    assert (event.kind, event.detail) == (Happening.RELAY_LOST, "64105")
    assert event.at > iso(NOW)


def test_a_turn_that_broke_is_handed_over_where_the_template_wants_that(calls):
    """We ended the session because we failed: a colleague takes over."""
    connected(calls, on_failure=OnFailure.TRANSFER, transfer_to=DESK)
    calls.turns.open("call_1", GREETED)
    calls.turns.open("call_1", Turn(1, TurnKind.SPEECH, NOW, said="Hi"))
    _, steps = session_ended(calls, "call_1", "ended")
    assert steps[0] == Say(APOLOGY_TRANSFER, last=True)
    assert not isinstance(steps[-1], Hangup)
