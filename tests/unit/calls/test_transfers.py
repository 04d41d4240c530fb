"""Hand-overs are dialed too: they obey the kill switch and the countries as every dial does."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.calls import DESK, NOW, allow_countries, connected, kill_switch

from chalicelib.ai.domain.conversation import Hangup, Listen, Say, Transfer
from chalicelib.ai.domain.sentences import sentence
from chalicelib.calls.domain.calls import Report
from chalicelib.calls.domain.handing import Bridge, Resume, told
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.templates import WhenNobody
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.calls.services.closing import hand_over, session_ended
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.system.domain.settings import StackLimits

WORDS = Say("One moment.", last=True)
HANDED_OVER = (WORDS, Transfer("asked_for_person"))
NOBODY = "".join(map(sentence, told("kill_switch", WhenNobody.AGENT)))
GOES_ON = (Say(NOBODY, last=True), Resume(5, by_relay=True))


def _switched_off(calls):
    kill_switch(calls, reason="wrong script")


def _deployed_silent(calls):
    calls.system.stack = StackLimits(dialing_enabled=False)


def _elsewhere(calls):
    allow_countries(calls, "DE")


def _unreadable(calls):
    calls.system.settings.silent = True


REASONS = {
    "kill_switch": _switched_off,
    "dialing_disabled": _deployed_silent,
    "country_not_allowed": _elsewhere,
    "settings_unavailable": _unreadable,
}


@pytest.fixture
def file(calls):
    """Give a call that can be handed over to a colleague, and whose last turn decided so."""
    connected(calls, transfer_to=DESK)
    calls.shelf.turns["call_1", 3] = Turn(3, TurnKind.SPEECH, NOW, end=TurnEnd.TRANSFER, reason="r")
    calls.system.settings.reads = 0
    return calls.book.load("call_1")


def _lost(calls):
    return [event.detail for event in calls.call().events if event.kind == Happening.TRANSFER_FAILED]


def test_a_hand_over_that_nothing_forbids_is_dialed(calls, file):
    """One read of the settings, and nothing is noted."""
    words, bridge = hand_over(calls, file, HANDED_OVER)
    assert (words, bridge) == (WORDS, Bridge(bridge.attempt_id, DESK))
    assert (calls.system.settings.reads, _lost(calls)) == (1, [])


@pytest.mark.parametrize("reason", REASONS)
def test_a_hand_over_that_may_not_be_dialed_is_told(calls, file, reason):
    """The caller hears it after the agent's own words, and the call knows why."""
    REASONS[reason](calls)
    directives = hand_over(calls, file, HANDED_OVER)
    assert directives == (WORDS, Say(" "), Say(NOBODY, last=True), Resume(5, by_relay=True))
    assert _lost(calls) == [reason]


@pytest.mark.parametrize("number", ["+19005550123", "+881612345678"])
def test_a_kind_of_number_that_may_not_be_dialed_any_more_is_not(calls, file, number):
    """Whatever the brief of a call that goes on says."""
    file = replace(file, brief=replace(file.brief, transfer_to=number))
    assert hand_over(calls, file, HANDED_OVER)[-1] == Resume(5, by_relay=True)
    assert calls.system.settings.reads == 1


@pytest.mark.parametrize("reason", REASONS)
def test_the_end_of_a_session_hands_over_nobody_either(calls, file, reason):
    """Over the socket the decision is carried out when the session has ended."""
    REASONS[reason](calls)
    assert session_ended(calls, "call_1", "ended")[1] == GOES_ON
    assert session_ended(calls, "call_1", "ended")[1] == GOES_ON
    assert _lost(calls) == [reason]


def test_a_repeated_delivery_does_not_dial_after_all(calls, file):
    """What the caller was told stays true when the switch is released meanwhile."""
    kill_switch(calls)
    first = hand_over(calls, file, HANDED_OVER)
    kill_switch(calls, on=False)
    assert hand_over(calls, calls.book.load("call_1"), HANDED_OVER) == first
    assert _lost(calls) == ["kill_switch"]


@pytest.mark.parametrize("directives", [(), (WORDS, Listen()), (WORDS, Hangup("agent_goodbye"))])
def test_turns_that_end_otherwise_read_no_settings(calls, file, directives):
    """Only who is handed over waits for the table."""
    kill_switch(calls)
    calls.system.settings.reads = 0
    assert hand_over(calls, file, directives) == directives
    assert calls.system.settings.reads == 0


def test_a_call_without_a_colleague_reads_no_settings(calls):
    """There is nobody to dial, and the caller is told at once."""
    connected(calls)
    calls.system.settings.reads = 0
    assert hand_over(calls, calls.book.load("call_1"), HANDED_OVER)[2].text == NOBODY
    assert (calls.system.settings.reads, _lost(calls)) == (0, ["no_target"])


def test_a_call_that_was_not_handed_over_does_not_count_as_transferred(calls, file):
    """Its outcome is that of what was said."""
    kill_switch(calls)
    hand_over(calls, file, HANDED_OVER)
    record_report(calls, "call_1", Report("completed", "CA1", NOW))
    finish_call(calls, "call_1")
    assert calls.call().outcome == "abandoned"
