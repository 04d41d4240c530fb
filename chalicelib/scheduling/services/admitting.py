"""Having the members of a campaign called who are due: as many as can soon be dialed, and may be now."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.calls.domain.budgets import caps_of
from chalicelib.calls.domain.deciding import may_dial
from chalicelib.calls.domain.permission import Verdict
from chalicelib.calls.services.pacing import Terms
from chalicelib.calls.services.permission import Frame, frame_of, gather, standing_of_contact
from chalicelib.calls.services.spreading import spread
from chalicelib.calls.services.templates import template_of_call
from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import NotFound
from chalicelib.scheduling.domain.admission import room_for
from chalicelib.scheduling.domain.members import (
    CHUNK,
    CONTACT_GONE,
    MERGED,
    MemberChange,
    MemberState,
    call_now,
    skip,
    variant_of,
    wait_until,
)
from chalicelib.scheduling.services.asking import ask_for_call
from chalicelib.scheduling.services.launching import pause_campaign
from chalicelib.scheduling.services.merged import another_stands_for
from chalicelib.system.domain.settings import Stop
from chalicelib.system.services.settings import current_settings, dialing_stop

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.allowances import Purse
    from chalicelib.calls.domain.permission import Decision
    from chalicelib.calls.domain.templates import TemplateChoice
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_LOOKED_AT = 300  # members that one tick asks the rules about; the others have the next
_PATIENCE_S = 20  # after so long no more are looked at


@dataclass
class _Gate:
    """Asks the rules about members; what they have in common is read once for each template."""

    scheduling: SchedulingPorts
    campaign: Campaign
    frames: dict[TemplateChoice, Frame] = field(default_factory=dict)

    def decide(self, member: Member, contact: Contact, variant: TemplateChoice) -> Decision:
        """Say whether a member may be called now."""
        calls, frame = self.scheduling.calls, self._frame(variant)
        standing = standing_of_contact(calls, contact, member.number)
        return may_dial(gather(calls, frame, member.number, standing))

    def paid_for(self, now: datetime) -> int | None:
        """Say how many calls its budgets pay for now, by the dearest of its templates; None: any number."""
        rooms = (purse.room_for_more(now) for purse in self._purses())
        return min((room for room in rooms if room is not None), default=None)

    def spent(self, now: datetime) -> Stop | None:
        """Say that its budget in all is used up, so that nothing is paid for before somebody raises it."""
        shorts = (purse.short(now) for purse in self._purses())
        short = next((each for each in shorts if each and each.again_at is None), None)
        if short is None:
            return None
        return Stop(short.reason, f"{short.explanation} Raise its limits, and resume it.")

    def _purses(self) -> list[Purse]:
        purses = (self._frame(variant).purse for variant in self.campaign.choices)
        return [purse for purse in purses if purse]

    def _frame(self, variant: TemplateChoice) -> Frame:
        if variant not in self.frames:
            template = template_of_call(self.scheduling.calls, variant)
            self.frames[variant] = frame_of(self.scheduling.calls, template, self.campaign.id)
        return self.frames[variant]

    def find(self, member: Member) -> Contact | None:
        """Give whom a member stands for by now."""
        try:
            return get_contact(self.scheduling.calls.crm, member.contact_id)
        except NotFound:
            return None


def admit(scheduling: SchedulingPorts, campaign: Campaign, waiting: int) -> int:
    """Ask for calls of members who are due and may be called now; give how many.

    `waiting` calls of it have not been dialed yet. Who must not be called is skipped, and who may not be
    called yet waits until then, both with the rule's reason. While nothing is dialed, and while no budget
    pays for more, nobody is looked at; when the campaign's own is spent, that pauses it.
    """
    calls, now = scheduling.calls, cut_to_millis(scheduling.clock.now())
    plan = calls.plans.get(campaign.id)
    if dialing_stop(calls.system) or plan is None or plan.stop:
        return 0
    settings = current_settings(calls.system)
    room = room_for(campaign.dialing, settings, waiting)
    gate, admitted, looked = _Gate(scheduling, campaign), 0, 0
    if caps_of(settings.budgets, plan):
        room = _paid_room(gate, room, waiting, now)
    delays = spread(calls, Terms(current_settings(calls.system), plan))
    began = scheduling.clock.elapsed()
    while admitted < room and looked < _LOOKED_AT and scheduling.clock.elapsed() - began < _PATIENCE_S:
        due = scheduling.members.due(campaign.id, now, CHUNK)
        changes = _changes(gate, due, room - admitted, now)
        stored = scheduling.members.save(changes)
        asked = [member for member in stored if member.state is MemberState.CALLING]
        came = sum(ask_for_call(scheduling, campaign, member, next(delays)) for member in asked)
        admitted, looked = admitted + came, looked + len(changes)
        if len(due) < CHUNK or not stored or came < len(asked):
            break
    return admitted


def _paid_room(gate: _Gate, room: int, waiting: int, now: datetime) -> int:
    """Give how many of so many calls are paid for; whoever is due keeps its place while none ever is."""
    scheduling, campaign_id = gate.scheduling, gate.campaign.id
    if spent := gate.spent(now):
        if scheduling.members.due(campaign_id, now, 1):
            pause_campaign(scheduling, campaign_id, spent)
        return 0
    paid_for = gate.paid_for(now)
    return room if paid_for is None else min(room, paid_for - waiting)


def _changes(gate: _Gate, members: list[Member], room: int, now: datetime) -> list[MemberChange]:
    """Decide about one after the other, as long as there is room."""
    changes: list[MemberChange] = []
    for member in members:
        if room <= 0:
            break
        new = _decided(gate, member, now)
        room -= new.state is MemberState.CALLING
        changes.append(MemberChange(member, new))
    return changes


def _decided(gate: _Gate, member: Member, now: datetime) -> Member:
    variant = member.variant if member.attempts else variant_of(gate.campaign, member.contact_id)
    contact = gate.find(member)
    if contact is None:
        return skip(member, CONTACT_GONE)
    if another_stands_for(gate.scheduling, member, contact):
        return skip(member, MERGED)
    decision = gate.decide(member, contact, variant)
    if decision.verdict is Verdict.REFUSE:
        return skip(member, decision.reason)
    if decision.verdict is Verdict.NOT_YET and decision.not_before and decision.not_before > now:
        return wait_until(member, decision.not_before, decision.reason)
    return call_now(member, now, variant)
