"""Contacts that became one while both are members of a campaign: it is called once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.scheduling.domain.members import who_stands

if TYPE_CHECKING:
    from chalicelib.crm.domain.contacts import Contact
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts


def another_stands_for(scheduling: SchedulingPorts, member: Member, contact: Contact) -> bool:
    """Tell whether a waiting member's contact is called, or was, as another member of the same campaign.

    A member keeps the id under which it was added, with its attempts; nothing is read where nothing was
    merged.
    """
    if contact.ids == (member.contact_id,):
        return False
    same = scheduling.members.memberships([member.campaign_id], contact.ids)
    return bool(same) and who_stands(same).contact_id != member.contact_id
