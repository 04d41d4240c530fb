"""Gathering who is still to be called, with the facts on which the rules decide about each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chalicelib.calls.services.permission import Frame, Standing, gather, standing_of_contact
from chalicelib.calls.services.templates import get_chosen
from chalicelib.scheduling.domain.campaigns import plan_of
from chalicelib.scheduling.domain.member_numbers import left_of
from chalicelib.scheduling.domain.members import MERGED
from chalicelib.scheduling.domain.prospects import Prospect
from chalicelib.scheduling.services.members import find_contacts
from chalicelib.scheduling.services.merged import another_stands_for
from chalicelib.system.services.settings import current_settings

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from chalicelib.calls.domain.dial_facts import DialFacts
    from chalicelib.calls.domain.templates import TemplateChoice
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts
    from chalicelib.system.domain.settings import SystemSettings

_CHUNK = 100  # contacts read at once


@dataclass(frozen=True)
class Sample:
    """Some of those who are still to be called, the soonest due first; `members` is how many there are."""

    prospects: tuple[Prospect, ...]
    members: int

    @property
    def scale(self) -> float:
        """How many members each stands for."""
        return self.members / len(self.prospects) if self.prospects else 1.0


def sample_of(
    scheduling: SchedulingPorts, campaign: Campaign, numbers: Counter[str], limit: int, patience_s: float
) -> Sample:
    """Gather up to `limit` of who waits or has a call, and for `patience_s` seconds at most.

    All of them when they are so few, else an even part of those who wait.
    """
    left = left_of(numbers)
    members = _everybody(scheduling, campaign, limit) if left <= limit else []
    members = members or scheduling.members.sample(campaign.id, limit)
    gatherer, began = (
        _Gatherer(scheduling, campaign, current_settings(scheduling.calls.system)),
        _now(scheduling),
    )
    found: list[Prospect] = []
    for start in range(0, len(members), _CHUNK):
        if found and _now(scheduling) - began > patience_s:
            break
        found += gatherer.prospects(members[start : start + _CHUNK])
    return Sample(
        tuple(sorted(found, key=lambda each: (each.due_at, each.contact_id))), max(left, len(found))
    )


def _everybody(scheduling: SchedulingPorts, campaign: Campaign, limit: int) -> list[Member]:
    calling = scheduling.members.calling(campaign.id, limit).items
    return [*scheduling.members.sample(campaign.id, limit), *calling][:limit]


def _now(scheduling: SchedulingPorts) -> float:
    return scheduling.clock.elapsed()


@dataclass
class _Gatherer:
    """Reads the facts about members; what they have in common is read once for each template."""

    scheduling: SchedulingPorts
    campaign: Campaign
    settings: SystemSettings
    frames: dict[TemplateChoice, Frame] = field(default_factory=dict)

    def prospects(self, members: Sequence[Member]) -> list[Prospect]:
        ids = list(dict.fromkeys(member.contact_id for member in members))
        contacts = find_contacts(self.scheduling.calls.crm, ids)
        return [self._prospect(member, contacts[member.contact_id]) for member in members]

    def _prospect(self, member: Member, contact: Contact | None) -> Prospect:
        is_another = contact is not None and another_stands_for(self.scheduling, member, contact)
        return Prospect(
            contact_id=member.contact_id,
            number=member.number,
            facts=self._facts(member, contact),
            due_at=member.next_at or member.called_at or member.added_at,
            outcomes=tuple(tried.outcome for tried in member.history),
            barred=MERGED if is_another else "",
        )

    def _facts(self, member: Member, contact: Contact | None) -> DialFacts:
        """Give the facts as if nothing were stopped and nobody else were calling; budgets are kept apart."""
        calls = self.scheduling.calls
        standing = Standing(None, is_gone=True)
        if contact:
            standing = standing_of_contact(calls, contact, member.number)
        facts = gather(calls, self._frame(member.variant), member.number, standing, member.call_id)
        status = facts.status
        if status.live_call_id and status.live_call_id != member.call_id:
            status = replace(status, live_call_id="", live_until=None)
        return replace(facts, status=status, stop=None, purse=None)

    def _frame(self, variant: TemplateChoice) -> Frame:
        if variant not in self.frames:
            purpose = get_chosen(self.scheduling.calls, variant).purpose
            self.frames[variant] = Frame(self.settings, purpose, plan_of(self.campaign))
        return self.frames[variant]
