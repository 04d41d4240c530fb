"""What came of a call: statuses, SIP codes, errors, verdicts on machines, and what was said and done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes.calls import NOW, a_call

from chalicelib.ai.domain.conversation import OPT_OUT_TOOL
from chalicelib.ai.domain.tooling import ToolRun
from chalicelib.calls.domain.calls import CallEvent
from chalicelib.calls.domain.happenings import Happening
from chalicelib.calls.domain.lifecycle import SIGNALS
from chalicelib.calls.domain.outcomes import (
    MEANINGS,
    OF_ERROR,
    OF_SIP,
    OF_STATUS,
    OF_VERDICT,
    Conclusion,
    Outcome,
    outcome_of,
    verdict_of,
)
from chalicelib.calls.domain.states import CallState, Signal
from chalicelib.calls.domain.turns import Turn, TurnEnd, TurnKind
from chalicelib.kernel.clock import iso

GREETING = Turn(0, TurnKind.GREETING, NOW, answer="Hello.", end=TurnEnd.LISTEN)
LATER = NOW + timedelta(seconds=9)


def _ended(status="completed", *happened, **fields):
    """Give a call that ended so, with happenings as kinds or as pairs of kind and detail."""
    pairs = [one if isinstance(one, tuple) else (one, "") for one in happened]
    events = tuple(CallEvent(iso(NOW + timedelta(seconds=2)), kind, kind, detail) for kind, detail in pairs)
    return a_call(state=CallState.ENDED, carrier_status=status, events=events, **fields)


def _said(words="yes", kind=TurnKind.SPEECH, end=TurnEnd.LISTEN, reason="", **more):
    at = more.pop("at", LATER)
    return Turn(1, kind, at, said=words, answer="Fine.", end=end, reason=reason, **more)


OPT_OUT = ToolRun("t", OPT_OUT_TOOL, "{}", "Done.", done=True, took_ms=1)
NOT_DONE = ToolRun("t", OPT_OUT_TOOL, "{}", "Not done.", done=False, took_ms=1)


@pytest.mark.parametrize(
    ("call", "turns", "outcome", "reason"),
    [
        (_ended(), [_said()], "completed", ""),
        (_ended(), [_said(end=TurnEnd.HANG_UP, reason="agent_goodbye")], "completed", ""),
        (_ended(), [_said(end=TurnEnd.HANG_UP, reason="turn_limit")], "completed", "turn_limit"),
        (_ended(), [_said("pressed 1", TurnKind.KEYS)], "completed", ""),
        (_ended(reason="carrier_64105"), [_said()], "completed", "carrier_64105"),
        (_ended(), [], "abandoned", "hung_up"),
        (_ended(), [GREETING], "abandoned", "hung_up"),
        (_ended(), [_said("  ")], "abandoned", "hung_up"),
        (_ended(), [_said("", TurnKind.SILENCE, TurnEnd.HANG_UP, "silence")], "abandoned", "silence"),
        (_ended(), [_said(end=TurnEnd.HANG_UP, reason="model_timeout")], "failed", "model_timeout"),
        (_ended(), [_said(end=TurnEnd.HANG_UP, reason="opt_out_failed")], "failed", "opt_out_failed"),
        (_ended("completed", "fallback"), [_said()], "failed", "webhook_failed"),
        (_ended(), [_said(tools=(OPT_OUT,))], "opted_out", ""),
        (_ended(), [_said(tools=(OPT_OUT,), end=TurnEnd.TRANSFER)], "opted_out", ""),
        (_ended(), [_said(tools=(NOT_DONE,))], "completed", ""),
        (_ended("failed"), [_said(tools=(OPT_OUT,))], "opted_out", ""),
        (_ended(), [_said(end=TurnEnd.TRANSFER), _said("Never mind.")], "completed", ""),
        (_ended("completed", "transfer_begun"), [_said(end=TurnEnd.TRANSFER)], "completed", ""),
        (_ended("completed", "transfer_failed"), [_said(end=TurnEnd.TRANSFER)], "completed", ""),
        (_ended("completed", "transfer_begun", "transfer_joined"), [_said()], "transferred", ""),
        (_ended("completed", "transfer_failed", "transfer_joined"), [_said()], "transferred", ""),
        (_ended("completed", "message_begun", "message_left"), [GREETING], "voicemail_left", ""),
        (_ended("completed", ("machine_detected", "machine_end_beep")), [], "voicemail_no_message", ""),
        (
            _ended("completed", ("machine_detected", "machine_end_beep"), "message_begun"),
            [],
            "voicemail_no_message",
            "message_cut",
        ),
        (
            _ended("completed", ("machine_detected", "machine_end_beep"), "message_left"),
            [],
            "voicemail_left",
            "",
        ),
        (_ended("completed", ("machine_detected", "machine_start")), [_said()], "voicemail_no_message", ""),
        (_ended("completed", ("machine_detected", "fax")), [], "failed", "fax"),
        (_ended("completed", ("machine_detected", "machine_new")), [], "voicemail_no_message", "machine_new"),
        (_ended("completed", ("machine_detected", "odd")), [], "voicemail_no_message", ""),
        (_ended("completed", ("machine_doubted", "machine_start")), [_said()], "completed", ""),
        (
            _ended("completed", ("machine_detected", "machine_end_other"), "machine_doubted"),
            [_said()],
            "completed",
            "",
        ),
        (
            _ended("completed", ("machine_detected", "machine_end_beep"), "machine_doubted", "message_begun"),
            [_said()],
            "voicemail_no_message",
            "message_cut",
        ),
        (_ended("completed", ("person_detected", "human")), [], "abandoned", "hung_up"),
        (_ended("completed", "screened"), [_said(at=NOW)], "declined", "screened"),
        (_ended("completed", "screened"), [_said(at=LATER)], "completed", ""),
        (_ended("completed", "after_hours"), [], "completed", "after_hours"),
        (_ended("completed", "after_hours", "voicemail_begun"), [], "abandoned", "hung_up"),
        (
            _ended("completed", "after_hours", "voicemail_begun", "voicemail_taken"),
            [],
            "completed",
            "voicemail_taken",
        ),
        (_ended("busy"), [], "busy", ""),
        (_ended("busy", sip_code="486"), [], "busy", "sip_486"),
        (_ended("busy", sip_code="480"), [], "busy", "sip_480"),
        (_ended("busy", sip_code="603"), [], "declined", "sip_603"),
        (_ended("no-answer"), [], "no_answer", ""),
        (_ended("no-answer", sip_code="487"), [], "no_answer", "sip_487"),
        (_ended("no-answer", sip_code="607"), [], "declined", "sip_607"),
        (_ended("failed", sip_code="608"), [], "declined", "sip_608"),
        (_ended("failed", sip_code="486"), [], "busy", "sip_486"),
        (_ended("failed", sip_code="480"), [], "no_answer", "sip_480"),
        (_ended("failed", sip_code="503"), [], "failed", "sip_503"),
        (_ended("failed", reason="carrier_13224"), [], "failed", "carrier_13224"),
        (_ended("failed", reason="carrier_31603"), [], "declined", "carrier_31603"),
        (_ended("failed", reason="carrier_99999", sip_code="404"), [], "failed", "carrier_99999"),
        (_ended("failed"), [], "failed", "carrier_failed"),
        (_ended(""), [], "failed", "carrier_silent"),
        (_ended("canceled"), [], "canceled", ""),
        (_ended("canceled", sip_code="603"), [], "canceled", "sip_603"),
    ],
)
def test_what_came_of_a_call(call, turns, outcome, reason):
    """Each case has one outcome, and a reason where the outcome does not say all."""
    assert outcome_of(call, tuple(turns)) == Conclusion(Outcome(outcome), reason)


def test_what_was_decided_stands():
    """Neither words nor statuses change what was said of a call before."""
    call = _ended(outcome=Outcome.NOT_PERMITTED, reason="suppressed")
    assert outcome_of(call, (_said(tools=(OPT_OUT,)),)) == Conclusion(Outcome.NOT_PERMITTED, "suppressed")


@pytest.mark.parametrize("status", [status for status, signal in SIGNALS.items() if signal is Signal.END])
def test_every_last_status_has_its_outcome(status):
    """None of the carrier's statuses is a failure by oversight."""
    assert status in OF_STATUS


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", ""])
@pytest.mark.parametrize("code", ["", *OF_SIP, "404", "799"])
def test_a_failure_always_has_a_reason(status, code):
    """Whatever the carrier says or leaves out, known or not."""
    for error in ("", *MEANINGS, "carrier_99999"):
        conclusion = outcome_of(_ended(status, sip_code=code, reason=error))
        assert conclusion.outcome is not Outcome.FAILED or conclusion.reason
        assert error in {conclusion.reason, ""}


def test_every_error_has_a_meaning():
    """What an error says of the called side is explained too."""
    assert set(OF_ERROR) <= set(MEANINGS)


@pytest.mark.parametrize("verdict", OF_VERDICT)
def test_every_verdict_is_known(verdict):
    """A person, or doubt, decides nothing; each kind of machine does; a fax machine is a failure."""
    assert (verdict_of(verdict) is None) == (verdict in {"human", "unknown"})


def test_a_new_verdict_is_kept():
    """A kind of machine that we do not know is a machine, by its name; anything else decides nothing."""
    assert verdict_of("machine_new") == Conclusion(Outcome.VOICEMAIL_NO_MESSAGE, "machine_new")
    assert verdict_of("alien") is None


def test_happenings_are_as_they_are_stored():
    """The words of the cases above are the kinds that are written down."""
    assert {"fallback", "screened", "message_left", "transfer_joined", "after_hours"} <= set(Happening)
