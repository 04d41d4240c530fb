"""Why a number may, or may not, be dialed: the decision with every rule that was looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.calls.domain.checks import checks
from chalicelib.calls.domain.deciding import may_dial, next_allowed
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.services.budgets import purse_of
from chalicelib.calls.services.occupancy import check_occupancy
from chalicelib.calls.services.permission import Standing, frame_of, gather, standing_of_contact
from chalicelib.calls.services.templates import get_template
from chalicelib.crm.services import contacts as crm
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from chalicelib.calls.domain.checks import Check
    from chalicelib.calls.domain.dial_facts import DialFacts
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.domain.purposes import Purpose
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.calls.services.permission import Frame
    from chalicelib.kernel.phones import E164

_HORIZON = timedelta(days=366)


@dataclass(frozen=True)
class Question:
    """Whom one would call, by which template, in which campaign, and when; None: now.

    `not_after` is when a call would be of no use any more.
    """

    number: E164 | None = None
    contact_id: str | None = None
    template_id: str | None = None
    campaign_id: str = ""
    at: datetime | None = None
    not_after: datetime | None = None


@dataclass(frozen=True)
class Context:
    """The campaign that a call would be of: by which template, and how it is dialed.

    `template` None: the question names one. `plan` counts until the dialer has one, which is when it begins.
    """

    template: CallTemplate | None
    plan: DialPlan


@dataclass(frozen=True)
class LocalTime:
    """What the clocks of a zone show; `is_own`: the contact's own, else one where the number may be."""

    zone: str
    time: str
    is_own: bool


@dataclass(frozen=True)
class Explanation:
    """A decision, and all that it rests on; `next_allowed_at` counts the rules of time only.

    It is None for what is refused, and where no such time is near.
    """

    number: E164
    contact_id: str | None
    purpose: Purpose
    at: datetime
    decision: Decision
    next_allowed_at: datetime | None
    states: tuple[str, ...]
    local_times: tuple[LocalTime, ...]
    checks: tuple[Check, ...]


def explain(calls: CallPorts, question: Question, context: Context | None = None) -> Explanation:
    """Say whether a call would be dialed at an instant, and why; nothing is stored, no contact made.

    `context` is the campaign that the question names, where it is known; else its stored plan is read.
    Raises `NotFound` for a missing contact or template, `Invalid` with code `too_far_away` for an instant
    more than a year from now, and with `nobody_to_call` when neither number nor contact is given.
    """
    at = _instant(calls, question)
    number, standing = _whom(calls, question)
    frame = _frame(calls, question, context)
    facts = gather(calls, frame, number, standing)
    facts = replace(facts, now=at, not_after=question.not_after)
    callee, more = facts.callee, _occupancy(calls, facts, frame, is_now=question.at is None)
    decision = _first_of(may_dial(facts), more)
    return Explanation(
        number=number,
        contact_id=standing.contact_id or None,
        purpose=facts.purpose,
        at=at,
        decision=decision,
        next_allowed_at=None if decision.verdict is Verdict.REFUSE else next_allowed(facts),
        states=tuple(sorted(callee.states)),
        local_times=tuple(_local(zone, at, callee.own_zone) for zone in callee.all_zones),
        checks=(*checks(facts), *(check for check, _ in more)),
    )


def _frame(calls: CallPorts, question: Question, context: Context | None) -> Frame:
    """Read what the call would be of: the template that is asked about, else its campaign's, and the plan."""
    template = get_template(calls, question.template_id) if question.template_id else None
    if context is None:
        return frame_of(calls, template, question.campaign_id)
    template, plan = template or context.template, context.plan
    frame = frame_of(calls, template, plan.id)
    if frame.plan:
        return frame
    purse = purse_of(calls, frame.settings, plan, template)
    return replace(frame, plan=plan, plan_gone=False, purse=purse)


def _occupancy(
    calls: CallPorts, facts: DialFacts, frame: Frame, *, is_now: bool
) -> tuple[tuple[Check, Decision], ...]:
    return tuple(check_occupancy(calls, facts, frame.settings.caps, is_now=is_now))


def _first_of(decision: Decision, more: tuple[tuple[Check, Decision], ...]) -> Decision:
    """Give what the rules say, or, where they allow the call, what it has to wait for beside them."""
    if decision.verdict is not Verdict.ALLOW:
        return decision
    waits = (each for check, each in more if check.verdict is not Verdict.ALLOW)
    return next(waits, decision)


def _instant(calls: CallPorts, question: Question) -> datetime:
    now = calls.clock.now()
    at = cut_to_millis(question.at or now)
    if abs(at - now) > _HORIZON:
        raise Invalid("Ask about an instant within a year from now.", code="too_far_away")
    return at


def _whom(calls: CallPorts, question: Question) -> tuple[E164, Standing]:
    if question.contact_id:
        contact = crm.get_contact(calls.crm, question.contact_id)
        number = question.number or contact.phone
        return number, standing_of_contact(calls, contact, number)
    if not question.number:
        raise Invalid("Give a contact_id or a number to ask about.", code="nobody_to_call")
    found = crm.find_contact(calls.crm, question.number)
    standing = standing_of_contact(calls, found, question.number) if found else Standing(None)
    return question.number, standing


def _local(zone: str, at: datetime, own_zone: str | None) -> LocalTime:
    return LocalTime(zone, f"{at.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}", zone == own_zone)
