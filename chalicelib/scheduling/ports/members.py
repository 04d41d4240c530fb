"""Where the members of campaigns are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.scheduling.domain.member_lists import EVERYBODY

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.scheduling.domain.member_lists import MemberFilter
    from chalicelib.scheduling.domain.members import Member, MemberChange


class MemberBook(Protocol):
    """Stored members; each write moves the numbers of its campaign in the same transaction.

    At most `CHUNK` members a call, all of one campaign.
    """

    def add(self, members: Sequence[Member]) -> list[Member]:
        """Store those who are not members yet, and give them; whoever is one stays as it is."""

    def save(self, changes: Sequence[MemberChange]) -> list[Member]:
        """Store changes, each one version on; give what was stored, without those that were changed since."""

    def remove(self, member: Member) -> bool:
        """Delete a member at its version; False when it has another."""

    def get(self, campaign_id: str, contact_id: str) -> Member | None:
        """Give a member, consistently."""

    def many(self, campaign_id: str, contact_ids: Sequence[str]) -> list[Member]:
        """Give those of these contacts (100 at most) who are members, consistently, in any order."""

    def due(self, campaign_id: str, now: datetime, limit: int) -> list[Member]:
        """Give up to `limit` waiting members who are due by `now`, the longest due first."""

    def sample(self, campaign_id: str, limit: int) -> list[Member]:
        """Give up to `limit` of who waits, the soonest due first: all of them if they are so few.

        Else an even part of the storage, of each half those who are due soonest and half who are due last.
        """

    def next_due(self, campaign_id: str) -> datetime | None:
        """Give when the next waiting member is due; None when nobody waits."""

    def calling(self, campaign_id: str, limit: int, start: str | None = None) -> Page[Member]:
        """Give members with a call, the longest first, from after `start`."""

    def page(
        self, campaign_id: str, page_size: int, start: str | None, where: MemberFilter = EVERYBODY
    ) -> Page[Member]:
        """Give members in the order of the storage, which stays, from after `start`.

        With a filter a page looks at a bounded number of members: it may be short, and more may follow.
        """

    def memberships(self, campaign_ids: Sequence[str], contact_ids: Sequence[str]) -> list[Member]:
        """Give what these contacts are in these campaigns, consistently, in any order."""

    def counts(self, campaign_id: str) -> Counter[str]:
        """Give the numbers of a campaign, consistently: `counted_of` of every member, added up."""

    def clear(self, campaign_id: str) -> bool:
        """Delete some of what is kept of a campaign beside its head; True when nothing is left."""
