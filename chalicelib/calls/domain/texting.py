"""May I write? The rules of text messages, on the same facts as those of calls; and what words ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.calls.domain.permission import Decision, Verdict, objection_to, stopped
from chalicelib.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.calls.domain.permission import NumberStatus
    from chalicelib.kernel.numbering import NumberPlan

# Lines that get no text message, or on which nobody reads one. In North America a number does not show
# whether it is a mobile one: those are tried.
_NO_TEXTS = frozenset({"fixed", "toll_free", "company", "voicemail"})
# How many text messages one number gets on one day (UTC), beside the answers to its own STOP and HELP.
MAX_A_DAY = 10
# Source of a suppression: the message in which it was asked for.
SMS_SOURCE = "sms"


class Keyword(StrEnum):
    """What a text asks for by a word that carriers reserve."""

    STOP = "stop"
    START = "start"
    HELP = "help"


# CTIA's and Twilio's words (twilio.com/docs/messaging/tutorials/advanced-opt-out), and 47 CFR 64.1200(a)(10).
_WORDS = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "end", "quit", "revoke", "optout", "cancel"), Keyword.STOP
    ),
    # In Spanish, German and French.
    **dict.fromkeys(
        ("alto", "parar", "pare", "para", "detener", "baja", "stopp", "abmelden", "abbestellen"), Keyword.STOP
    ),
    **dict.fromkeys(("arret", "arrêt", "arreter", "arrêter", "desabonner", "désabonner"), Keyword.STOP),
    **dict.fromkeys(("start", "yes", "unstop"), Keyword.START),
    **dict.fromkeys(("help", "info"), Keyword.HELP),
}
_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class TextFacts:
    """All that the decision rests on; `stop` is the code and the sentence of what stops everything."""

    plan: NumberPlan
    status: NumberStatus
    allowed_countries: frozenset[str]
    contact_refuses: bool
    now: datetime
    stop: tuple[str, str] | None = None
    contact_gone: bool = False
    texts_revoked: bool = False
    is_counted: bool = True


def keyword_of(text: str) -> Keyword | None:
    """Give the reserved word that a text consists of, in any case and with any punctuation."""
    return _WORDS.get(_NOT_A_LETTER.sub("", text).lower())


def texts_of_day(status: NumberStatus, now: datetime) -> int:
    """Give how many text messages the number got on this day (UTC)."""
    return status.texts if status.texts_day == day_of(now) else 0


def day_of(now: datetime) -> str:
    """Give the day (UTC) by which text messages are counted: YYYY-MM-DD."""
    return iso(now)[:10]


def may_text(facts: TextFacts) -> Decision:
    """Give the first rule that forbids or postpones the message, or allow it."""
    allowed = Decision(Verdict.ALLOW, "allowed", "No rule forbids this message.", facts.now)
    return next(_objections(facts), allowed)


def _objections(facts: TextFacts) -> Iterator[Decision]:
    for reason, explanation in _refusals(facts):
        yield Decision(Verdict.REFUSE, reason, explanation, facts.now)
    if facts.stop:
        yield stopped(*facts.stop, facts.now)


def _refusals(facts: TextFacts) -> Iterator[tuple[str, str]]:
    if facts.status.suppressed_at:
        yield "suppressed", "This number asked not to be contacted."
    if facts.contact_gone:
        yield "contact_gone", "This contact was deleted."
    if facts.contact_refuses:
        yield "do_not_contact", "This contact is marked do-not-contact."
    if facts.texts_revoked:
        yield "texts_revoked", "This contact revoked the consent to text messages."
    if objection := objection_to(facts.plan, facts.allowed_countries):
        yield objection
    if facts.plan.kind in _NO_TEXTS:
        kind = facts.plan.kind.replace("_", " ")
        yield "number_cannot_text", f"Numbers of the kind {kind} get no text messages."
    if facts.is_counted and texts_of_day(facts.status, facts.now) >= MAX_A_DAY:
        yield "too_many_texts", f"A number gets {MAX_A_DAY} text messages a day at most (UTC)."
