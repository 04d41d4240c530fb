"""What campaigns keep of one person: read, and forgotten, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.logs import log
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.domain.members import MemberChange, forget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.scheduling.domain.members import Member
    from chalicelib.scheduling.ports.scheduling import SchedulingPorts

_CAMPAIGNS = 50  # that one step looks into


def personal_memberships(
    scheduling: SchedulingPorts, contact_ids: Sequence[str], start: str | None
) -> Page[Member]:
    """Give what a person, by all ids that it has had, is in the next 50 campaigns."""
    campaigns = scheduling.campaigns.page(_CAMPAIGNS, start)
    ids = [campaign.id for campaign in campaigns.items]
    found = scheduling.members.memberships(ids, contact_ids) if ids else []
    return Page(found, campaigns.next_start)


def forget_memberships(
    scheduling: SchedulingPorts, contact_ids: Sequence[str], start: str | None
) -> str | None:
    """Have a person not called any more by the next 50 campaigns, and forget its number there.

    Gives where to go on, None when no campaign is left. Harmless when repeated. `Conflict` with code
    `members_changed` when a member was changed in that moment: try again.
    """
    page = personal_memberships(scheduling, contact_ids, start)
    changes = [MemberChange(member, forget(member)) for member in page.items]
    left = [each for each in changes if each.new != each.old]
    if not all(scheduling.members.save([each]) for each in left):
        raise Conflict("A member was changed in that moment; try again.", code="members_changed")
    log("members.forgotten", count=len(left))
    return page.next_start
