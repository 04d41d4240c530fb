"""Campaigns, their members, schedules and ticks in memory, and samples of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import RLock
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.paging import Page
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.breaking import Recent
from chalicelib.scheduling.domain.campaigns import Campaign, CampaignState
from chalicelib.scheduling.domain.member_lists import EVERYBODY, MemberFilter
from chalicelib.scheduling.domain.member_numbers import counted_of, moved_by
from chalicelib.scheduling.domain.members import Member, MemberChange, MemberState
from chalicelib.scheduling.ports.campaigns import Adding, ScheduleState, Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.scheduling.domain.forecasts import Forecast

_NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def a_campaign(**changes: Any) -> Campaign:
    """Make a campaign that runs."""
    campaign = Campaign(
        id="campaign_1",
        name="Spring",
        template_id="template_1",
        created_at=_NOW,
        created_by="token:1",
        state=CampaignState.RUNNING,
        started_at=_NOW,
    )
    return replace(campaign, **changes)


def a_member(**changes: Any) -> Member:
    """Make a member that waits and is due."""
    member = Member(
        campaign_id="campaign_1",
        contact_id="contact_1",
        number=E164("+14155552671"),
        template_id="template_1",
        added_at=_NOW,
        next_at=_NOW,
    )
    return replace(member, **changes)


@dataclass
class FakeCampaigns:
    """Campaigns and turns; implements `CampaignBook`."""

    by_id: dict[str, Campaign] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    fillings: dict[str, dict[str, Adding]] = field(default_factory=dict)
    recents: dict[str, Recent] = field(default_factory=dict)
    forecasts: dict[str, Forecast] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def add(self, campaign: Campaign) -> Campaign:
        """Keep a new campaign."""
        return self.by_id.setdefault(campaign.id, campaign)

    def get(self, campaign_id: str) -> Campaign | None:
        """Give a campaign."""
        return self.by_id.get(campaign_id)

    def save(self, campaign: Campaign) -> bool:
        """Keep the next version of a campaign."""
        with self.lock:
            known = self.by_id.get(campaign.id)
            if known is None or known.version != campaign.version - 1:
                return False
            self.by_id[campaign.id] = campaign
            return True

    def remove(self, campaign: Campaign) -> bool:
        """Forget a campaign."""
        with self.lock:
            known = self.by_id.get(campaign.id)
            if known is None or known.version != campaign.version:
                return False
            del self.by_id[campaign.id]
            return True

    def page(self, page_size: int, start: str | None) -> Page[Campaign]:
        """Give a page, newest first."""
        ids = sorted((each for each in self.by_id if start is None or each < start), reverse=True)
        found = [self.by_id[each] for each in ids[:page_size]]
        return Page(found, found[-1].id if len(ids) > page_size else None)

    def take_turn(self, campaign_id: str, turn: Turn, now: datetime) -> bool:
        """Take the turn if it is free."""
        with self.lock:
            before = self.turns.get(campaign_id)
            if before and before.until > now and before.holder != turn.holder:
                return False
            self.turns[campaign_id] = turn
            return True

    def end_turn(self, campaign_id: str, turn: Turn) -> bool:
        """Give a turn back."""
        with self.lock:
            if campaign_id not in self.turns or self.turns[campaign_id].holder != turn.holder:
                return False
            del self.turns[campaign_id]
            return True

    def recent(self, campaign_id: str) -> Recent:
        """Give what is kept of the latest calls."""
        return self.recents.get(campaign_id, Recent())

    def keep_recent(self, campaign_id: str, recent: Recent) -> None:
        """Keep what the latest calls tell."""
        self.recents[campaign_id] = recent

    def forecast(self, campaign_id: str) -> Forecast | None:
        """Give what is expected."""
        return self.forecasts.get(campaign_id)

    def keep_forecast(self, campaign_id: str, forecast: Forecast) -> None:
        """Keep what is expected."""
        self.forecasts[campaign_id] = forecast

    def begin_adding(self, campaign_id: str, adding: Adding) -> None:
        """Note a job."""
        self.fillings.setdefault(campaign_id, {}).setdefault(adding.job_id, adding)

    def adding(self, campaign_id: str) -> list[Adding]:
        """Give the jobs."""
        return list(self.fillings.get(campaign_id, {}).values())

    def end_adding(self, campaign_id: str, job_id: str) -> None:
        """Forget a job."""
        self.fillings.get(campaign_id, {}).pop(job_id, None)


@dataclass
class FakeMembers:
    """Members and their numbers; implements `MemberBook`."""

    by_key: dict[tuple[str, str], Member] = field(default_factory=dict)
    numbers: dict[str, Counter[str]] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    def add(self, members: Sequence[Member]) -> list[Member]:
        """Keep those who are not members."""
        with self.lock:
            unique: dict[tuple[str, str], Member] = {}
            for each in members:
                unique.setdefault((each.campaign_id, each.contact_id), each)
            new = [each for key, each in unique.items() if key not in self.by_key]
            self._count(new, Counter(name for each in new for name in counted_of(each).elements()))
            self.by_key |= {(each.campaign_id, each.contact_id): each for each in new}
            return new

    def save(self, changes: Sequence[MemberChange]) -> list[Member]:
        """Keep the changes of those who were not changed since."""
        with self.lock:
            kept = [each for each in changes if self._is_newest(each.old)]
            new = [replace(each.new, version=each.old.version + 1) for each in kept]
            self._count(new, moved_by(kept))
            self.by_key |= {(each.campaign_id, each.contact_id): each for each in new}
            return new

    def remove(self, member: Member) -> bool:
        """Forget a member."""
        with self.lock:
            if not self._is_newest(member):
                return False
            del self.by_key[member.campaign_id, member.contact_id]
            self.numbers[member.campaign_id].subtract(counted_of(member))
            return True

    def get(self, campaign_id: str, contact_id: str) -> Member | None:
        """Give a member."""
        return self.by_key.get((campaign_id, contact_id))

    def many(self, campaign_id: str, contact_ids: Sequence[str]) -> list[Member]:
        """Give those who are members."""
        found = (self.by_key.get((campaign_id, each)) for each in dict.fromkeys(contact_ids))
        return [each for each in found if each]

    def due(self, campaign_id: str, now: datetime, limit: int) -> list[Member]:
        """Give who is due."""
        return [each for each in self._waiting(campaign_id) if each.next_at and each.next_at <= now][:limit]

    def sample(self, campaign_id: str, limit: int) -> list[Member]:
        """Give all who wait, or the first and the last of them."""
        waiting = self._waiting(campaign_id)
        half = limit // 2
        return waiting if len(waiting) <= limit else waiting[:half] + waiting[len(waiting) - half :]

    def next_due(self, campaign_id: str) -> datetime | None:
        """Give when the next is due."""
        return next((each.next_at for each in self._waiting(campaign_id)), None)

    def calling(self, campaign_id: str, limit: int, start: str | None = None) -> Page[Member]:
        """Give who has a call."""
        mine = [each for each in self._of(campaign_id) if each.state is MemberState.CALLING]
        return _cut([(f"{each.called_at}#{each.contact_id}", each) for each in mine], limit, start)

    def page(
        self, campaign_id: str, page_size: int, start: str | None, where: MemberFilter = EVERYBODY
    ) -> Page[Member]:
        """Give a page."""
        mine = [each for each in self._of(campaign_id) if where.matches(each)]
        return _cut([(f"0#{each.contact_id}", each) for each in mine], page_size, start)

    def memberships(self, campaign_ids: Sequence[str], contact_ids: Sequence[str]) -> list[Member]:
        """Give what contacts are in campaigns."""
        return [each for campaign in campaign_ids for each in self.many(campaign, contact_ids)]

    def counts(self, campaign_id: str) -> Counter[str]:
        """Give the numbers."""
        return +self.numbers.get(campaign_id, Counter())

    def clear(self, campaign_id: str) -> bool:
        """Forget all members."""
        self.by_key = {key: each for key, each in self.by_key.items() if key[0] != campaign_id}
        self.numbers.pop(campaign_id, None)
        return True

    def _of(self, campaign_id: str) -> list[Member]:
        return [each for each in list(self.by_key.values()) if each.campaign_id == campaign_id]

    def _waiting(self, campaign_id: str) -> list[Member]:
        mine = [each for each in self._of(campaign_id) if each.state is MemberState.WAITING]
        return sorted(mine, key=lambda each: (each.next_at or _NOW, each.contact_id))

    def _is_newest(self, member: Member) -> bool:
        known = self.by_key.get((member.campaign_id, member.contact_id))
        return known is not None and known.version == member.version

    def _count(self, members: Sequence[Member], moved: Counter[str]) -> None:
        if members:
            self.numbers.setdefault(members[0].campaign_id, Counter()).update(moved)


def _cut(placed: list[tuple[str, Member]], size: int, start: str | None) -> Page[Member]:
    after = sorted(((key, each) for key, each in placed if start is None or key > start), key=_first)
    return Page([each for _, each in after[:size]], after[size - 1][0] if len(after) > size else None)


def _first(placed: tuple[str, Member]) -> str:
    return placed[0]


@dataclass
class FakeSchedules:
    """Schedules, on or off; implements `Schedules`."""

    by_id: dict[str, ScheduleState] = field(default_factory=dict)
    starts: dict[str, datetime | None] = field(default_factory=dict)
    paused: set[str] = field(default_factory=set)

    def enable(self, campaign_id: str, starts_at: datetime | None) -> None:
        """Switch a schedule on."""
        self.by_id[campaign_id] = ScheduleState.ENABLED
        self.starts[campaign_id] = starts_at
        self.paused.discard(campaign_id)

    def disable(self, campaign_id: str) -> None:
        """Switch a schedule off."""
        if campaign_id in self.by_id:
            self.by_id[campaign_id] = ScheduleState.DISABLED
            self.paused.add(campaign_id)

    def remove(self, campaign_id: str) -> None:
        """Forget a schedule."""
        self.by_id.pop(campaign_id, None)

    def state(self, campaign_id: str) -> ScheduleState:
        """Say how it stands."""
        return self.by_id.get(campaign_id, ScheduleState.MISSING)

    def is_paused(self, campaign_id: str) -> bool:
        """Tell whether it is off, and `disable` did it."""
        return self.state(campaign_id) is ScheduleState.DISABLED and campaign_id in self.paused

    def flip(self, campaign_id: str) -> None:
        """Switch it off as somebody in the console does."""
        self.by_id[campaign_id] = ScheduleState.DISABLED


@dataclass
class FakeTicks:
    """Messages in lists; implements `Ticks`."""

    arranged: list[str] = field(default_factory=list)
    reminded: list[tuple[str, int, int]] = field(default_factory=list)
    sent: list[tuple[str, datetime, int]] = field(default_factory=list)
    cleared: list[tuple[str, int]] = field(default_factory=list)

    def tick(self, campaign_id: str, until: datetime, delay_s: int = 0) -> None:
        """Keep a message."""
        self.sent.append((campaign_id, until, delay_s))

    def clear(self, campaign_id: str, delay_s: int = 0) -> None:
        """Keep a message."""
        self.cleared.append((campaign_id, delay_s))

    def arrange(self, booking_id: str) -> None:
        """Keep a message."""
        self.arranged.append(booking_id)

    def remind(self, booking_id: str, number: int, delay_s: int = 0) -> None:
        """Keep a message."""
        self.reminded.append((booking_id, number, delay_s))
