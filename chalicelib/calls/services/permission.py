"""The facts on which it is decided whether a number may be dialed: read once, then asked at any instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.calls.domain.deciding import may_dial
from chalicelib.calls.domain.dial_facts import DialFacts
from chalicelib.calls.domain.dial_rules import states_of
from chalicelib.calls.domain.narrowing import Callee
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.domain.purposes import Purpose
from chalicelib.calls.services.budgets import purse_of
from chalicelib.calls.services.templates import template_of_call
from chalicelib.crm.domain.consents import ConsentAnswer, ConsentKind, current_answers
from chalicelib.crm.domain.details import Address, ContactStatus
from chalicelib.crm.services import contacts as crm
from chalicelib.kernel.address_zones import zones_of_address
from chalicelib.kernel.areas import area_of
from chalicelib.kernel.errors import Forbidden, NotFound
from chalicelib.kernel.numbering import plan_of
from chalicelib.kernel.zones import zones_of
from chalicelib.system.domain.settings import stop_of
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from chalicelib.calls.domain.allowances import Purse
    from chalicelib.calls.domain.calls import Call
    from chalicelib.calls.domain.dial_plans import DialPlan
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.domain.templates import CallTemplate
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.kernel.phones import E164
    from chalicelib.system.domain.settings import SystemSettings

_US = "US"


@dataclass(frozen=True)
class Standing:
    """What our records say of who is called: the contact, if the number is anybody's.

    `refuses`: the contact, or who has the number now, is marked do-not-contact. `is_gone`: it was deleted.
    """

    contact: Contact | None
    refuses: bool = False
    is_gone: bool = False

    @property
    def is_welcome(self) -> bool:
        """Tell whether the records do not forbid to call."""
        return not (self.refuses or self.is_gone)

    @property
    def contact_id(self) -> str:
        """The contact's id; empty when there is none."""
        return self.contact.id if self.contact else ""


@dataclass(frozen=True)
class Frame:
    """What is the same for many calls: settings, the template's purpose, the campaign's plan.

    Read once, it serves the decisions on all members of a campaign. `plan` is None for a call of no campaign;
    `plan_gone`: the campaign that the call names has no plan. `purse` are the budgets that pay, as they stood
    then; None: nothing is limited.
    """

    settings: SystemSettings
    purpose: Purpose
    plan: DialPlan | None = None
    plan_gone: bool = False
    purse: Purse | None = None


def decide(calls: CallPorts, call: Call, standing: Standing, frame: Frame | None = None) -> Decision:
    """Collect the facts of now and ask whether this call may be dialed; its `frame` if it was just read."""
    return may_dial(facts_of(calls, call, standing, frame))


def facts_of(calls: CallPorts, call: Call, standing: Standing, frame: Frame | None = None) -> DialFacts:
    """Collect the facts of now about a call: its number, its contact, its template, its campaign."""
    frame = frame or frame_of(calls, template_of_call(calls, call.choice), call.campaign_id)
    return replace(gather(calls, frame, call.number, standing, call.id), not_after=call.not_after)


def frame_of(calls: CallPorts, template: CallTemplate | None, campaign_id: str = "") -> Frame:
    """Read what calls by this template, of this campaign, have in common; by no template: informational."""
    plan = calls.plans.get(campaign_id) if campaign_id else None
    purpose = template.purpose if template else Purpose.INFORMATIONAL
    settings = current_settings(calls.system)
    purse = purse_of(calls, settings, plan, template)
    return Frame(settings, purpose, plan, bool(campaign_id) and plan is None, purse)


def gather(calls: CallPorts, frame: Frame, number: E164, standing: Standing, call_id: str = "") -> DialFacts:
    """Collect the facts of now about a number and a contact; `may_dial_at` then asks at any instant.

    It reads the number's row and, for telemarketing only, the contact's consents. `call_id` is the call that
    is to use the number, if there is one already.
    """
    settings, stop = frame.settings, stop_of(frame.settings, calls.system.stack)
    return DialFacts(
        plan=plan_of(number),
        status=calls.numbers.status(number),
        allowed_countries=frozenset(settings.allowed_countries),
        contact_refuses=standing.refuses,
        contact_gone=standing.is_gone,
        call_id=call_id,
        now=calls.clock.now(),
        stop=(stop.code, stop.explanation) if stop else None,
        purpose=frame.purpose,
        callee=_callee(calls, frame, number, standing.contact),
        hours=settings.hours,
        campaign=frame.plan,
        campaign_gone=frame.plan_gone,
        calls_per_number_per_day=settings.caps.calls_per_number_per_day,
        purse=frame.purse,
    )


def refuse_hopeless(decision: Decision) -> None:
    """Raise `Forbidden` for a refusal that waiting cannot change."""
    if decision.verdict is Verdict.REFUSE:
        raise Forbidden(decision.explanation, code=decision.reason)


def standing_of(calls: CallPorts, call: Call) -> Standing:
    """Tell whether the contact is there, and whether it and who has the number now may be called."""
    try:
        contact = crm.get_contact(calls.crm, call.contact_id)
    except NotFound:
        return Standing(None, is_gone=True)
    return standing_of_contact(calls, contact, call.number)


def standing_of_contact(calls: CallPorts, contact: Contact, number: E164) -> Standing:
    """Tell whether a contact, and who has the number now, may be called."""
    owner = contact if number in contact.phones else crm.find_contact(calls.crm, number)
    refuses = any(one and one.status is ContactStatus.DO_NOT_CONTACT for one in (contact, owner))
    return Standing(contact, refuses)


def _callee(calls: CallPorts, frame: Frame, number: E164, contact: Contact | None) -> Callee:
    zones, (country, area) = zones_of(number), area_of(number)
    states = [area] if country == _US else []
    if contact is None:
        return Callee(zones, states=states_of(*states))
    address = contact.address or Address()
    if address.country in (None, _US):
        states.append(address.region or "")
    return Callee(
        zones=zones,
        own_zone=contact.time_zone,
        address_zones=zones_of_address(address.country, address.region, country),
        states=states_of(*states),
        preferred=contact.preferred_times,
        consented=frame.purpose is Purpose.TELEMARKETING and _consented(calls, contact, number),
    )


def _consented(calls: CallPorts, contact: Contact, number: E164) -> bool:
    """Tell whether marketing calls to this number are allowed by the answer that was given last about it."""
    given = (each for each in calls.crm.consents.all(contact.id) if each.number in (None, number))
    answer = current_answers(given).get(ConsentKind.MARKETING_CALLS)
    return answer is not None and answer.answer is ConsentAnswer.GRANTED
