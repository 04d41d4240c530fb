"""Making contacts members of a campaign, one portion at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.crm.services.contacts import get_contact
from chalicelib.kernel.clock import cut_to_millis
from chalicelib.kernel.errors import Conflict, FieldError, NotFound
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.domain.members import CHUNK, new_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.scheduling.domain.campaigns import Campaign
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


@dataclass(frozen=True)
class Added:
    """What came of contacts that were to be members: by id, who is new, was one before, or is not there."""

    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def add_members(scheduling: SchedulingPorts, campaign: Campaign, contact_ids: Sequence[str]) -> Added:
    """Make contacts (`CHUNK` at most) members of a campaign; whoever is one stays as it is.

    A contact that was merged into another stands for that one. Harmless when repeated. `Conflict` with code
    `campaign_over` when the campaign is stopped.
    """
    found = find_contacts(scheduling.calls.crm, contact_ids)
    there = {contact.id: contact for contact in found.values() if contact}
    new = make_members(scheduling, campaign, list(there.values()))
    known = [contact_id for contact_id in there if contact_id not in new]
    missing = [contact_id for contact_id, contact in found.items() if contact is None]
    return Added(tuple(sorted(new)), tuple(known), tuple(missing))


def make_members(
    scheduling: SchedulingPorts, campaign: Campaign, contacts: Sequence[Contact], added_by: str = ""
) -> set[str]:
    """Make contacts (`CHUNK` at most) members; give those of whom this work made members, now or before.

    `added_by` names the work: whoever does it again, after somebody died over it, gets the same answer.
    `Conflict` with code `campaign_over` when the campaign is stopped.
    """
    check_takes_members(campaign)
    if len(contacts) > CHUNK:
        raise ValueError("too many contacts for one chunk")
    now = cut_to_millis(scheduling.clock.now())
    there = _under_other_ids(scheduling, campaign, contacts)
    members = [
        new_member(campaign, contact.id, contact.phone, now, added_by)
        for contact in contacts
        if contact.id not in there
    ]
    new = {member.contact_id for member in scheduling.members.add(members)} if members else set[str]()
    known = [contact.id for contact in contacts if contact.id not in new]
    if not known or not added_by:
        return new
    before = scheduling.members.many(campaign.id, known)
    return new | {member.contact_id for member in before if member.added_by == added_by}


def check_takes_members(campaign: Campaign) -> None:
    """Raise `Conflict` with code `campaign_over` when the campaign is stopped."""
    if campaign.state is CampaignState.STOPPED:
        raise Conflict("A stopped campaign takes no members: make another one.", code="campaign_over")


def _under_other_ids(
    scheduling: SchedulingPorts, campaign: Campaign, contacts: Sequence[Contact]
) -> set[str]:
    """Give those who are members as a contact that was merged into them since; most were never merged."""
    now_known_as = {old: contact.id for contact in contacts for old in contact.merged_ids}
    if not now_known_as:
        return set()
    found = scheduling.members.memberships([campaign.id], list(now_known_as))
    return {now_known_as[member.contact_id] for member in found}


def check_contacts(crm: CrmPorts, contact_ids: Sequence[str]) -> None:
    """Raise `NotFound` with code `contact_not_found` unless all of these contacts (100 at most) are there."""
    found = find_contacts(crm, contact_ids)
    message = "There is no such contact."
    missing = [n for n, each in enumerate(contact_ids) if found[each] is None]
    if missing:
        errors = tuple(FieldError(f"/contact_ids/{n}", message) for n in missing)
        raise NotFound(
            f"{len(missing)} of these contacts are not there.", code="contact_not_found", errors=errors
        )


def find_contacts(crm: CrmPorts, contact_ids: Sequence[str]) -> dict[str, Contact | None]:
    """Give whom these ids (100 at most) stand for; None for those that nobody has any more."""
    there = {contact.id: contact for contact in crm.contacts.many(list(dict.fromkeys(contact_ids)))}
    return {each: there.get(each) or _looked_up(crm, each) for each in contact_ids}


def _looked_up(crm: CrmPorts, contact_id: str) -> Contact | None:
    try:
        return get_contact(crm, contact_id)
    except NotFound:
        return None
