"""Looking at the members of a campaign, and taking somebody out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.services.withdrawing import call_off
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import MAX_PAGE_SIZE
from chalicelib.scheduling.domain.member_lists import MemberFilter
from chalicelib.scheduling.domain.members import MemberChange, MemberState, after_attempt, skip, who_stands
from chalicelib.scheduling.services.campaigns import get_campaign
from chalicelib.scheduling.services.members import find_contacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.calls.domain.calls import Call
    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

BY_OPERATOR = "skipped_by_operator"
_IN_CALLS = MemberFilter(state=MemberState.CALLING)
_TRIES = 5


@dataclass(frozen=True)
class MemberStory:
    """A member, and its calls that are still stored, by their ids; each knows why it was dialed, or not."""

    member: Member
    calls: Mapping[str, Call]


def list_members(
    scheduling: SchedulingPorts, campaign_id: str, where: MemberFilter, page_size: int, start: str | None
) -> Page[Member]:
    """Give members in the order of the storage; those with a call, if only they are asked for, by its time.

    A page of a filter may be short, and more may follow. `NotFound`, code `campaign_not_found`.
    """
    get_campaign(scheduling, campaign_id)
    if where == _IN_CALLS:
        return scheduling.members.calling(campaign_id, page_size, start)
    return scheduling.members.page(campaign_id, page_size, start, where)


def export_members(
    scheduling: SchedulingPorts, campaign_id: str, where: MemberFilter, page_size: int, start: str | None
) -> Page[Member]:
    """Give members in the order of the storage, whatever is asked for; as `list_members`."""
    get_campaign(scheduling, campaign_id)
    return scheduling.members.page(campaign_id, page_size, start, where)


def names_of(scheduling: SchedulingPorts, members: Sequence[Member]) -> dict[str, str]:
    """Give the names of members, by contact, without those whose contact is gone."""
    contacts, ids = scheduling.calls.crm.contacts, [member.contact_id for member in members]
    chunks = [ids[start : start + MAX_PAGE_SIZE] for start in range(0, len(ids), MAX_PAGE_SIZE)]
    return {contact.id: contact.name for chunk in chunks for contact in contacts.many(chunk)}


def get_member(scheduling: SchedulingPorts, campaign_id: str, contact_id: str) -> Member:
    """Give a member, also by the id of the contact that it became part of.

    `NotFound`, code `campaign_not_found` or `member_not_found`.
    """
    get_campaign(scheduling, campaign_id)
    member = scheduling.members.get(campaign_id, contact_id) or _merged(scheduling, campaign_id, contact_id)
    if member is None:
        raise NotFound("This contact is no member of the campaign.", code="member_not_found")
    return member


def member_story(scheduling: SchedulingPorts, campaign_id: str, contact_id: str) -> MemberStory:
    """Give a member with its calls; errors as `get_member`."""
    member = get_member(scheduling, campaign_id, contact_id)
    ids = dict.fromkeys([*(tried.call_id for tried in member.history), member.call_id])
    calls = scheduling.calls.book.many([each for each in ids if each])
    return MemberStory(member, {call.id: call for call in calls})


def skip_member(scheduling: SchedulingPorts, campaign_id: str, contact_id: str) -> Member:
    """Have a member not called (any more); whoever is done, or skipped, stays as it is.

    A call that waits to be dialed is called off before. Errors as `get_member`, and `Conflict` with code
    `member_in_call` while a call goes on or is just being asked for.
    """
    for _ in range(_TRIES):
        member = get_member(scheduling, campaign_id, contact_id)
        skipped = skip(_without_call(scheduling, member), BY_OPERATOR)
        if skipped == member:
            return member
        for stored in scheduling.members.save([MemberChange(member, skipped)]):
            return stored
    raise _too_fast()


def remove_member(
    scheduling: SchedulingPorts, campaign_id: str, contact_id: str, expected_version: int | None
) -> None:
    """Take somebody out of a campaign who was never called by it; it can be added again.

    Errors as `get_member`, and `Conflict`: `version_changed` when the member is not at `expected_version`,
    `member_called` for somebody for whom a call was asked: skip it, since its attempts count.
    """
    member = get_member(scheduling, campaign_id, contact_id)
    if expected_version not in (None, member.version):
        raise Conflict("The member was changed since you read it.", code="version_changed")
    if member.attempts:
        raise Conflict("Somebody who was called stays a member; skip it.", code="member_called")
    if not scheduling.members.remove(member):
        raise Conflict("The member was changed since you read it.", code="version_changed")
    log("member.removed", campaign_id=campaign_id, contact_id=member.contact_id)


def _merged(scheduling: SchedulingPorts, campaign_id: str, contact_id: str) -> Member | None:
    contact = find_contacts(scheduling.calls.crm, [contact_id])[contact_id]
    same = scheduling.members.memberships([campaign_id], contact.ids) if contact else []
    return who_stands(same) if same else None


def _without_call(scheduling: SchedulingPorts, member: Member) -> Member:
    """Give the member as it is when its call is over, and call it off when it only waits."""
    if member.state is not MemberState.CALLING:
        return member
    if not scheduling.calls.book.many([member.call_id]):
        raise _in_call()
    call = call_off(scheduling.calls, member.call_id, BY_OPERATOR)
    if call.is_over and call.outcome is Outcome.CANCELED:
        return member
    over = after_attempt(member, call, get_campaign(scheduling, member.campaign_id))
    if over == member:
        raise _in_call()
    return over


def _in_call() -> Conflict:
    return Conflict("A call with this member goes on; try again when it is over.", code="member_in_call")


def _too_fast() -> Conflict:
    return Conflict("The members of this campaign change too fast; try again.", code="members_changed")
