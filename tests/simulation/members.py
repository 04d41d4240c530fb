"""Members of campaigns in memory, many thousands of them, found by time without looking at all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakes.campaigns import FakeMembers

from chalicelib.kernel.paging import Page
from chalicelib.scheduling.domain.members import Member, MemberState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.scheduling.domain.members import MemberChange

Places = list[tuple[str, str]]


@dataclass
class ManyMembers(FakeMembers):
    """As `FakeMembers`; those who wait and those who are in a call are kept in the order of their times."""

    placed: dict[tuple[str, MemberState], Places] = field(default_factory=dict)

    def add(self, members: Sequence[Member]) -> list[Member]:
        """Keep those who are not members."""
        new = super().add(members)
        for each in new:
            self._place(each)
        return new

    def save(self, changes: Sequence[MemberChange]) -> list[Member]:
        """Keep the changes of those who were not changed since."""
        new = super().save(changes)
        stored = {each.contact_id for each in new}
        for each in changes:
            if each.old.contact_id in stored:
                self._forget(each.old)
        for each in new:
            self._place(each)
        return new

    def remove(self, member: Member) -> bool:
        """Forget a member."""
        is_gone = super().remove(member)
        if is_gone:
            self._forget(member)
        return is_gone

    def due(self, campaign_id: str, now: datetime, limit: int) -> list[Member]:
        """Give who is due."""
        waiting = self._of_state(campaign_id, MemberState.WAITING)
        end = bisect_right(waiting, (now.isoformat(), "~"))
        return [self.by_key[campaign_id, contact_id] for _, contact_id in waiting[: min(end, limit)]]

    def next_due(self, campaign_id: str) -> datetime | None:
        """Give when the next is due."""
        waiting = self._of_state(campaign_id, MemberState.WAITING)
        return self.by_key[campaign_id, waiting[0][1]].next_at if waiting else None

    def calling(self, campaign_id: str, limit: int, start: str | None = None) -> Page[Member]:
        """Give who has a call."""
        calling = self._of_state(campaign_id, MemberState.CALLING)
        since = bisect_right(calling, tuple((start or "#").split("#", 1)))
        shown = calling[since : since + limit]
        more = "#".join(shown[-1]) if len(calling) > since + limit else None
        return Page([self.by_key[campaign_id, contact_id] for _, contact_id in shown], more)

    def _of_state(self, campaign_id: str, state: MemberState) -> Places:
        return self.placed.setdefault((campaign_id, state), [])

    def _place(self, member: Member) -> None:
        if at := _at(member):
            insort(self._of_state(member.campaign_id, member.state), (at, member.contact_id))

    def _forget(self, member: Member) -> None:
        if at := _at(member):
            places = self._of_state(member.campaign_id, member.state)
            del places[bisect_left(places, (at, member.contact_id))]


def _at(member: Member) -> str:
    """Give the time by which a member is found; empty for one who is over."""
    at = {MemberState.WAITING: member.next_at, MemberState.CALLING: member.called_at}.get(member.state)
    return at.isoformat() if at else ""
