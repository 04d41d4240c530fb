"""What each rule says of a dial: the person's, the number's, the campaign's, the law's, the clock's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.calling_hours import LEAD
from chalicelib.calls.domain.narrowing import OF_CAMPAIGN
from chalicelib.calls.domain.permission import Verdict, country_objection, kind_objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.calls.domain.dial_facts import DialFacts
    from chalicelib.calls.domain.dial_rules import Rule
    from chalicelib.calls.domain.narrowing import NamedCap, NamedWindow

    Row = Rule | NamedCap | NamedWindow

LINE_BUSY, BUDGETS, HELD, TOO_LATE = "number_in_call", "budgets", "number_held", "too_late"
# The code of a plan's stop that is for good; others, such as a pause, are lifted some day.
STOPPED = "campaign_stopped"
_TOO_EARLY, _TOO_OFTEN, _SHUT = "campaign_not_begun", "too_often", "outside_hours"
_TALKED, _AS_OFTEN = "talked_lately", "Dialed as often as allowed"
_OF_TIME = frozenset({_TOO_EARLY, _TOO_OFTEN, _TALKED, _SHUT})
_DO_NOT_CALL = "47 CFR 64.1200(d)"
# Rules that hold for every call, or every one of a campaign: what each asks for, and where that is written.
RULES = {
    "suppressed": ("Nobody is called who asked not to be", _DO_NOT_CALL),
    "contact_gone": ("Contacts that were deleted are not called", "contact"),
    "do_not_contact": ("Nobody is called who is marked do-not-contact", "contact"),
    "number_kind_refused": ("No numbers on which toll fraud earns money, or of no known kind", "number plan"),
    "country_not_allowed": ("Only countries that are enabled", "settings"),
    "campaign_gone": ("The campaign must be there", OF_CAMPAIGN),
    "campaign_over": ("Nobody is called after the campaign's end", OF_CAMPAIGN),
    TOO_LATE: ("A call with an end of its own is not dialed after it", "call"),
    "zone_unknown": ("Where hours hold, the hour must be known", "number plan"),
    "kill_switch": ("Dialing is not stopped", "settings"),
    STOPPED: ("The campaign is not stopped", OF_CAMPAIGN),
    HELD: ("The number is not held back", "hold"),
    _TOO_EARLY: ("Nobody is called before the campaign's start", OF_CAMPAIGN),
    BUDGETS: ("What calls may cost, and how many may be placed, is not used up", "settings or campaign"),
    LINE_BUSY: ("One call with a number at a time", "number"),
}
# For these a call is never dialed; waiting does not help.
REFUSALS = frozenset(
    {
        "suppressed",
        "contact_gone",
        "do_not_contact",
        "number_kind_refused",
        "country_not_allowed",
        "campaign_gone",
        "campaign_over",
        TOO_LATE,
        STOPPED,
        "consent_missing",
        "zone_unknown",
        "campaign_budget_spent",
        "no_time_allowed",
    }
)


@dataclass(frozen=True)
class Check:
    """What one rule says of a call: that it may be dialed, or why not; `title` is what it asks for."""

    rule: str
    verdict: Verdict
    reason: str
    explanation: str
    source: str
    title: str

    @property
    def waits(self) -> bool:
        """Tell whether the time will come by itself: `next_allowed` says when."""
        return self.reason in _OF_TIME


def checks(facts: DialFacts) -> Iterator[Check]:
    """Give what every rule that concerns this call says of it, the gravest first."""
    yield from _checks_of_number(facts)
    yield from _checks_of_consent(facts)
    yield from _checks_of_campaign(facts)
    yield from _checks_of_end(facts)
    yield from _checks_of_zone(facts)
    is_refused = facts.short is not None and facts.short.again_at is None
    if is_refused:
        yield from _checks_of_budgets(facts)
    yield from _checks_of_stops(facts)
    yield from _checks_of_time(facts)
    if not is_refused:
        yield from _checks_of_budgets(facts)
    busy = "Another call with this number is going on." if _is_busy_elsewhere(facts) else ""
    yield _check(LINE_BUSY, busy, Verdict.NOT_YET)


def _checks_of_number(facts: DialFacts) -> Iterator[Check]:
    asked = "This number asked not to be called." if facts.status.suppressed_at else ""
    yield _check("suppressed", asked)
    yield _check("contact_gone", "This contact was deleted." if facts.contact_gone else "")
    refuses = "This contact is marked do-not-contact." if facts.contact_refuses else ""
    yield _check("do_not_contact", refuses)
    yield _check("number_kind_refused", kind_objection(facts.plan))
    yield _check("country_not_allowed", country_objection(facts.plan, facts.allowed_countries))


def _checks_of_consent(facts: DialFacts) -> Iterator[Check]:
    missing = "" if facts.callee.consented else "No consent to marketing calls is on record for this number."
    for law in facts.narrowing.laws:
        if law.needs_consent:
            yield _check_row(law, "consent_missing", missing, Verdict.REFUSE)


def _checks_of_campaign(facts: DialFacts) -> Iterator[Check]:
    if facts.campaign_gone:
        yield _check("campaign_gone", "The campaign of this call is not there.")
    campaign = facts.campaign
    if campaign and campaign.stop and campaign.stop.code == STOPPED:
        yield _check(STOPPED, campaign.stop.explanation)
    if campaign and campaign.not_after:
        is_over = facts.now + LEAD >= campaign.not_after
        over = f"The campaign calls nobody after {campaign.not_after.isoformat()}." if is_over else ""
        yield _check("campaign_over", over)


def _checks_of_end(facts: DialFacts) -> Iterator[Check]:
    if facts.not_after:
        is_over = facts.now + LEAD >= facts.not_after
        over = f"This call is of no use after {facts.not_after.isoformat()}." if is_over else ""
        yield _check(TOO_LATE, over)


def _checks_of_zone(facts: DialFacts) -> Iterator[Check]:
    """Refuse whom nobody knows the hour of, when hours matter."""
    if facts.narrowing.windows:
        unknown = "" if facts.callee.all_zones else "Nobody knows which time it is where this number is."
        yield _check("zone_unknown", unknown)


def _checks_of_stops(facts: DialFacts) -> Iterator[Check]:
    code, sentence = facts.stop or ("kill_switch", "")
    yield _check("kill_switch", sentence, Verdict.NOT_YET, reason=code)
    stop = facts.campaign.stop if facts.campaign else None
    if facts.campaign and not (stop and stop.code == STOPPED):
        code, sentence = (stop.code, stop.explanation) if stop else (STOPPED, "")
        yield _check(STOPPED, sentence, Verdict.NOT_YET, reason=code)
    yield _check(HELD, _hold_of(facts), Verdict.NOT_YET)


def _checks_of_time(facts: DialFacts) -> Iterator[Check]:
    campaign, narrowing = facts.campaign, facts.narrowing
    if campaign and campaign.not_before:
        early = "The campaign has not begun." if facts.now < campaign.not_before else ""
        yield _check(_TOO_EARLY, early, Verdict.NOT_YET)
    for each in narrowing.caps:
        yield _check_row(each, *_said_of_cap(facts, each), Verdict.NOT_YET)
    for window in narrowing.windows:
        is_open = window.window.is_open(facts.now)
        shut = "" if is_open else f"Outside of the hours: {window.title}."
        yield _check_row(window, _SHUT, shut, Verdict.NOT_YET)


def _said_of_cap(facts: DialFacts, named: NamedCap) -> tuple[str, str]:
    """Give the reason that a cap refuses by, and the sentence; that is empty while there is room."""
    reason, done = (_TALKED, "Talked with lately") if named.counts_talks else (_TOO_OFTEN, _AS_OFTEN)
    is_full = named.cap.is_full(facts.counted_by(named), facts.now)
    return reason, f"{done}: {named.title}." if is_full else ""


def _hold_of(facts: DialFacts) -> str:
    """Say that the number is held back, until when and why; empty: it is not."""
    status = facts.status
    if not status.is_held_at(facts.now):
        return ""
    until = status.held_until.isoformat() if status.held_until else "it is released"
    return f"The number is held back until {until}."


def _checks_of_budgets(facts: DialFacts) -> Iterator[Check]:
    if facts.purse:
        short = facts.short
        code, sentence = (short.reason, short.explanation) if short else (BUDGETS, "")
        verdict = Verdict.NOT_YET if short is None or short.again_at else Verdict.REFUSE
        yield _check(BUDGETS, sentence, verdict, reason=code)


def _check(rule: str, objection: str, verdict: Verdict = Verdict.REFUSE, reason: str = "") -> Check:
    """Give what a rule of every call says: the verdict when there is an objection, else that it allows it."""
    title, source = RULES[rule]
    said = verdict if objection else Verdict.ALLOW
    return Check(rule, said, reason or rule, objection, source, title)


def _check_row(row: Row, reason: str, objection: str, verdict: Verdict) -> Check:
    """Give what a row says that holds for some calls only."""
    said = verdict if objection else Verdict.ALLOW
    return Check(row.code, said, reason, objection, row.source, row.title)


def _is_busy_elsewhere(facts: DialFacts) -> bool:
    status = facts.status
    is_other = bool(status.live_call_id) and status.live_call_id != facts.call_id
    return is_other and status.live_until is not None and status.live_until > facts.now
