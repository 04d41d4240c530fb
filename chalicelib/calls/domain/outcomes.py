"""What came of a call, in a small fixed vocabulary, and why; pure.

Sources: Twilio, docs/voice/api/call-resource (statuses), docs/voice/answering-machine-detection (verdicts),
docs/api/errors; RFC 3261 section 21 (SIP codes), RFC 8197 (607), RFC 8688 (608).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.happenings import Happening, has_happened
from chalicelib.calls.domain.machines import has_heard_machine_only, is_doubted
from chalicelib.calls.domain.turns import LAST_WORDS, TurnEnd, TurnKind, opted_out
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.turns import Turn


class Outcome(StrEnum):
    """What came of a call, in the field's terms."""

    COMPLETED = "completed"  # somebody talked with us, or left a message with us
    VOICEMAIL_LEFT = "voicemail_left"  # a machine answered and heard our message to its end
    VOICEMAIL_NO_MESSAGE = "voicemail_no_message"  # a machine answered and holds no whole message of ours
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"  # somebody, or what screens calls for them, turned us away
    FAILED = "failed"  # always with a reason
    CANCELED = "canceled"
    OPTED_OUT = "opted_out"  # asked on this call never to be called again
    TRANSFERRED = "transferred"  # a colleague talked with the caller
    ABANDONED = "abandoned"  # answered, and nobody said anything
    NOT_PERMITTED = "not_permitted"  # the rules forbade to dial


@dataclass(frozen=True)
class Conclusion:
    """What came of a call, and why: empty where the outcome says all."""

    outcome: Outcome
    reason: str = ""


FAX = "fax"
BY_OPERATOR = "operator"
# Statuses of the carrier that an operator's wish cannot have led to: it came too late.
_TAKEN_BY_NOBODY = frozenset({"busy", "failed"})
OF_STATUS: Mapping[str, Outcome] = {
    "completed": Outcome.COMPLETED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELED,
}
UNANSWERED = frozenset(OF_STATUS) - {"completed"}
# What the called network answered, where that is more than a failure.
OF_SIP: Mapping[str, Outcome] = {
    "408": Outcome.NO_ANSWER,  # request timeout: no user responding
    "480": Outcome.NO_ANSWER,  # temporarily unavailable: no answer, or subscriber absent
    "486": Outcome.BUSY,  # busy here
    "487": Outcome.NO_ANSWER,  # request terminated: it rang until the carrier gave up
    "600": Outcome.BUSY,  # busy everywhere
    "603": Outcome.DECLINED,  # decline
    "607": Outcome.DECLINED,  # unwanted: the called party's verdict
    "608": Outcome.DECLINED,  # rejected: by the called network's analytics
}
# Errors of the carrier that say what the called side did; any other is the reason of a failure.
OF_ERROR: Mapping[str, Outcome] = {
    "carrier_31480": Outcome.NO_ANSWER,
    "carrier_31486": Outcome.BUSY,
    "carrier_31487": Outcome.NO_ANSWER,
    "carrier_31600": Outcome.BUSY,
    "carrier_31603": Outcome.DECLINED,
    "carrier_34002": Outcome.BUSY,
}
# What the carrier's errors mean; one that is not here is kept by its number all the same.
MEANINGS: Mapping[str, str] = {
    "carrier_10004": "too many calls of this account at once",
    "carrier_11200": "our webhook could not be fetched",
    "carrier_11205": "our webhook could not be reached",
    "carrier_11217": "our webhook answered with an error",
    "carrier_13224": "a number to be dialed is not valid",
    "carrier_20003": "the carrier does not accept our credentials",
    "carrier_20404": "the carrier does not know what was asked for",
    "carrier_20429": "too many requests",
    "carrier_21201": "no number to call was given",
    "carrier_21205": "an address of ours is not valid",
    "carrier_21210": "our number is not verified",
    "carrier_21211": "the number to call is not valid",
    "carrier_21212": "our number is not valid",
    "carrier_21213": "no number of ours was given",
    "carrier_21214": "the number to call cannot be reached",
    "carrier_21215": "the account may not call this country",
    "carrier_21216": "the account may not call this number",
    "carrier_21217": "the number to call is not in a known form",
    "carrier_21219": "the number to call is not verified, as a trial account needs it",
    "carrier_21220": "the call is not in a state for this",
    "carrier_21610": "the person has opted out of messages of this number",
    "carrier_22005": "the carrier's queue of calls would last longer than a day",
    "carrier_31480": "the called party is not available",
    "carrier_31486": "the called party is busy",
    "carrier_31487": "it rang until the carrier gave up",
    "carrier_31600": "the called party is busy everywhere",
    "carrier_31603": "the called party declined",
    "carrier_34002": "the called party is busy",
    "carrier_64101": "the session of ConversationRelay has a value that is not valid",
    "carrier_64102": "the socket could not be connected",
    "carrier_64105": "the socket ended",
    "carrier_64107": "a message on the socket was not valid",
    "carrier_64109": "too many sessions of ConversationRelay at once",
}
# What the carrier heard answer the call. None: nothing is known, and the conversation decides.
OF_VERDICT: Mapping[str, Conclusion | None] = {
    "human": None,
    "unknown": None,
    "machine_start": Conclusion(Outcome.VOICEMAIL_NO_MESSAGE),
    "machine_end_beep": Conclusion(Outcome.VOICEMAIL_NO_MESSAGE),
    "machine_end_silence": Conclusion(Outcome.VOICEMAIL_NO_MESSAGE),
    "machine_end_other": Conclusion(Outcome.VOICEMAIL_NO_MESSAGE),
    FAX: Conclusion(Outcome.FAILED, FAX),
}
# The goodbyes that are said because of a failure of ours; `model_…` as well.
_OUR_FAILURES = frozenset({"opt_out_failed", "turn_failed", "internal_error"})
# The goodbyes that say nothing beyond the outcome.
_PLAIN_ENDS = frozenset({"agent_goodbye", "opted_out"})
_SPEAKING = (TurnKind.SPEECH, TurnKind.KEYS)


def outcome_of(call: Call, turns: tuple[Turn, ...] = ()) -> Conclusion:
    """Say what came of a call that has ended: from what was said, what happened, and the carrier's word.

    What was decided before stands. Then the strongest: a wish not to be called, a colleague who took over,
    how the carrier says that it was not answered, and for an answered call who answered and what was said.
    """
    if call.outcome:
        return Conclusion(call.outcome, call.reason)
    if opted_out(turns) or has_happened(call, Happening.OPTED_OUT):
        return Conclusion(Outcome.OPTED_OUT)
    if has_happened(call, Happening.TRANSFER_JOINED):
        return Conclusion(Outcome.TRANSFERRED)
    if has_happened(call, Happening.HUNG_UP) and call.carrier_status not in _TAKEN_BY_NOBODY:
        return _hung_up(call, turns)
    if call.carrier_status != "completed":
        return _unanswered(call)
    return _by_machine(call) or _by_talk(call, turns)


def came_to_nothing(call: Call) -> bool:
    """Tell whether a call ended without an answer, a cost, or anything but the carrier's own statuses.

    Of such a call there is nothing to read and nothing to wait for.
    """
    was_free = call.answered_at is None and not call.duration_s
    return was_free and call.carrier_status in UNANSWERED and not has_happened(call, *Happening)


def _hung_up(call: Call, turns: tuple[Turn, ...]) -> Conclusion:
    """Say what came of a call that an operator ended, while it rang or afterwards."""
    if call.answered_at is None and not turns:
        return Conclusion(Outcome.CANCELED, BY_OPERATOR)
    return _by_machine(call) or Conclusion(Outcome.COMPLETED, BY_OPERATOR)


def verdict_of(answered_by: str) -> Conclusion | None:
    """Give what a verdict of the carrier means for a call on which no message is left; None: nothing."""
    if answered_by in OF_VERDICT:
        return OF_VERDICT[answered_by]
    return Conclusion(Outcome.VOICEMAIL_NO_MESSAGE, answered_by) if "machine" in answered_by else None


def _unanswered(call: Call) -> Conclusion:
    """Say why nobody was talked with; a network that declines is more exact than any status."""
    told = [OF_SIP.get(call.sip_code), OF_ERROR.get(call.reason)]
    said = OF_STATUS.get(call.carrier_status, Outcome.FAILED)
    reason = call.reason or (f"sip_{call.sip_code}" if call.sip_code else "")
    if Outcome.DECLINED in told and said is not Outcome.CANCELED:
        return Conclusion(Outcome.DECLINED, reason)
    if said is not Outcome.FAILED:
        return Conclusion(said, reason)
    exact = next(filter(None, told), Outcome.FAILED)
    return Conclusion(exact, reason or f"carrier_{call.carrier_status or 'silent'}")


def _by_machine(call: Call) -> Conclusion | None:
    """Say what came of a call that something else than a person answered; None for a person."""
    if has_happened(call, Happening.MESSAGE_LEFT):
        return Conclusion(Outcome.VOICEMAIL_LEFT)
    found = (event.detail for event in call.events if event.kind == Happening.MACHINE)
    verdict = next((verdict_of(detail) or OF_VERDICT["machine_start"] for detail in found), None)
    if verdict and has_happened(call, Happening.MESSAGE_BEGUN):
        return Conclusion(Outcome.VOICEMAIL_NO_MESSAGE, "message_cut")
    return None if is_doubted(call) else verdict


def _by_talk(call: Call, turns: tuple[Turn, ...]) -> Conclusion:
    """Say what came of a call that a person answered, by what they said and how we ended it."""
    if has_happened(call, Happening.VOICEMAIL_TAKEN):
        return Conclusion(Outcome.COMPLETED, "voicemail_taken")
    if has_happened(call, Happening.FALLBACK):
        return Conclusion(Outcome.FAILED, "webhook_failed")
    if has_heard_machine_only(turns):
        return Conclusion(Outcome.VOICEMAIL_NO_MESSAGE, "greeting_heard")
    end = _our_ending(turns)
    if end.startswith("model_") or end in _OUR_FAILURES:
        return Conclusion(Outcome.FAILED, end)
    if _has_spoken(call, turns):
        return Conclusion(Outcome.COMPLETED, call.reason or end)
    return _silent(call, end)


def _silent(call: Call, end: str) -> Conclusion:
    """Say what came of a call on which nobody said anything to us."""
    if has_happened(call, Happening.SCREENED):
        return Conclusion(Outcome.DECLINED, "screened")
    if has_happened(call, Happening.AFTER_HOURS) and not has_happened(call, Happening.VOICEMAIL_BEGUN):
        return Conclusion(Outcome.COMPLETED, "after_hours")
    return Conclusion(Outcome.ABANDONED, call.reason or end or "hung_up")


def _our_ending(turns: tuple[Turn, ...]) -> str:
    """Give why we hung up; empty when we did not, or with a plain goodbye. Words after it change nothing."""
    last = next((turn for turn in reversed(turns) if turn.reason != LAST_WORDS), None)
    ended = last is not None and last.end is TurnEnd.HANG_UP and last.reason not in _PLAIN_ENDS
    return last.reason if last and ended else ""


def _has_spoken(call: Call, turns: tuple[Turn, ...]) -> bool:
    """Tell whether anybody talked with us: what a screening machine asks is no talk."""
    since = max((event.at for event in call.events if event.kind == Happening.SCREENED), default="")
    return any(
        turn.kind in _SPEAKING and turn.said.strip() and iso(turn.received_at) > since for turn in turns
    )
