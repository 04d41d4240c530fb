"""A campaign on a virtual clock: contacts, members, workers who may die, and a carrier that ends calls."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fakes.campaigns import a_campaign
from fakes.carrier import Fuse, Killed, Perilous

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.calls.domain.states import CallState
from chalicelib.crm.domain.contacts import NewContact
from chalicelib.crm.services.contacts import create_contact
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.domain.campaigns import CampaignState
from chalicelib.scheduling.domain.member_numbers import counted_of
from chalicelib.scheduling.domain.members import new_member
from chalicelib.scheduling.services.launching import start_campaign
from chalicelib.scheduling.services.ticking import tick

if TYPE_CHECKING:
    from typing import Any

    from fakes.calls import FakeCalls

    from chalicelib.scheduling.domain.members import Member

ID = "campaign_1"
_BOOKS = ("campaigns", "members", "schedules", "ticks")


class Stage:
    """The ports of calls and scheduling, with a campaign of so many contacts."""

    def __init__(self, calls: FakeCalls, members: int = 3, **campaign: Any) -> None:
        self.calls, self.scheduling = calls, calls.scheduling
        self.clock = calls.clock
        self.campaign = a_campaign(**{"state": CampaignState.DRAFT, "started_at": None, **campaign})
        self.scheduling.campaigns.add(self.campaign)
        self.add(members)

    def add(self, count: int) -> None:
        """Create contacts and make them members."""
        first = len(self.members)
        for n in range(first, first + count):
            new = NewContact(name=f"Person {n}", phone=E164(f"+1415555{3000 + n}"))
            contact = create_contact(self.calls.crm, new)
            member = new_member(self.campaign, contact.id, contact.phone, self.clock.now())
            self.scheduling.members.add([member])

    def start(self) -> None:
        """Have it dial."""
        start_campaign(self.scheduling, ID)

    def tick(self) -> Any:
        """Tick once."""
        return tick(self.scheduling, ID, self.clock.now() + timedelta(minutes=1))

    def end_calls(self, outcome: Outcome = Outcome.COMPLETED, *, queued: bool = True) -> None:
        """End every call of the campaign that is not over."""
        for call in list(self.calls.shelf.calls.values()):
            if call.is_over or not (queued or call.state is not CallState.QUEUED):
                continue
            now = self.clock.now()
            self.calls.shelf.calls[call.id] = replace(
                call, state=CallState.ENDED, outcome=outcome, ended_at=now, finished_at=now
            )

    def perilous(self, length: int | None) -> Fuse:
        """Have whatever works on the campaign die at a step."""
        fuse = Fuse(length)
        for name in _BOOKS:
            setattr(self.scheduling, name, Perilous(getattr(self.scheduling, name), fuse))
        self.calls.book = Perilous(self.calls.book, fuse)
        self.calls.plans = Perilous(self.calls.plans, fuse)
        return fuse

    def run(self, ticks: int, outcome: Outcome = Outcome.COMPLETED, seconds: int = 61) -> None:
        """Tick and end calls in turn; a worker may die."""
        for _ in range(ticks):
            with suppress(Killed):
                self.tick()
            self.end_calls(outcome)
            self.clock.advance(seconds=seconds)

    @property
    def state(self) -> CampaignState:
        """Where the campaign stands."""
        return self.scheduling.campaigns.get(ID).state

    @property
    def members(self) -> list[Member]:
        """Every member."""
        return list(self.scheduling.members.page(ID, 10_000, None).items)

    @property
    def of_campaign(self) -> list[Any]:
        """Every call of the campaign."""
        return [call for call in self.calls.shelf.calls.values() if call.campaign_id == ID]

    def recount(self) -> Counter[str]:
        """Add up what each member counts."""
        numbers: Counter[str] = Counter()
        for member in self.members:
            numbers.update(counted_of(member))
        return +numbers
