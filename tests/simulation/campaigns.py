"""Campaigns in virtual time: made, filled and started as people do it, and advanced as the cloud does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulation.events import Kind
from simulation.judging_limits import LIVE, PER_MINUTE
from simulation.members import ManyMembers
from simulation.queues import Queue
from simulation.rules import Window

from chalicelib.calls.domain.outcomes import Outcome
from chalicelib.scheduling.domain.campaigns import Campaign, Dialing
from chalicelib.scheduling.domain.members import CHUNK, new_member
from chalicelib.scheduling.domain.retries import Retry, RetryRules
from chalicelib.scheduling.ports.campaigns import ScheduleState
from chalicelib.scheduling.services.campaigns import create_campaign
from chalicelib.scheduling.services.launching import (
    CHAIN,
    pause_campaign,
    resume_campaign,
    start_campaign,
)
from chalicelib.scheduling.services.ticking import tick
from chalicelib.system.domain.settings import DayHours, Hours

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from simulation.product import Product

    from chalicelib.crm.domain.contacts import Contact

MAX_ATTEMPTS = 3
_RETRIES = RetryRules(
    MAX_ATTEMPTS,
    {
        Outcome.BUSY: Retry(2, (900, 3600)),
        Outcome.NO_ANSWER: Retry(2, (7200,)),
        Outcome.ABANDONED: Retry(2, (3 * 3600,)),
        Outcome.FAILED: Retry(2, (900,)),
    },
)
# The same for the judge.
GAPS: Mapping[str, timedelta] = {
    "busy": timedelta(minutes=15),
    "no_answer": timedelta(hours=2),
    "abandoned": timedelta(hours=3),
    "failed": timedelta(minutes=15),
}
_SHOP, _SUNDAY = DayHours("10:00", "17:00"), DayHours("12:00", "17:00")
_SHOP_HOURS = Hours(_SHOP, None, _SHOP, _SHOP, _SHOP, _SHOP, _SUNDAY)
_WORKERS = 4
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Script:
    """A campaign: which share of the people it calls (from, until), how, and what the judge knows of that."""

    id: str
    share: tuple[float, float]
    dialing: Dialing = field(default_factory=Dialing)
    window: Window | None = None

    @property
    def limits(self) -> dict[str, int | None]:
        """Give its limits as the judge names them."""
        return {LIVE: self.dialing.live_calls, PER_MINUTE: self.dialing.calls_per_minute}


SCRIPTS = (
    Script("campaign_spring", (0.0, 0.8)),
    # A few of its people are in the other one too.
    Script(
        "campaign_shops",
        (0.75, 1.0),
        Dialing(hours=_SHOP_HOURS, live_calls=12, calls_per_minute=40),
        Window({**dict.fromkeys((0, 2, 3, 4, 5), (10 * 60, 17 * 60)), 6: (12 * 60, 17 * 60)}),
    ),
)


class SimulatedTicks:
    """Messages that advance campaigns; implements `Ticks`."""

    def __init__(self, product: Product) -> None:
        self._product = product
        self._queue = Queue("campaigns", _WORKERS, product.loop, product.chance)

    def tick(self, campaign_id: str, until: datetime, delay_s: int = 0) -> None:
        """Have a campaign advanced."""
        product, scheduling = self._product, self._product.calls.scheduling
        self._queue.send(lambda: product.works(lambda: tick(scheduling, campaign_id, until)), delay_s)

    def clear(self, campaign_id: str, delay_s: int = 0) -> None:
        """Delete nothing: no campaign is deleted here."""


@dataclass
class Campaigns:
    """All campaigns of a run."""

    product: Product

    def __post_init__(self) -> None:
        scheduling: Any = self.product.calls.scheduling
        self._members = scheduling.members = ManyMembers()
        self._schedules = scheduling.schedules
        scheduling.ticks = self._ticks = SimulatedTicks(self.product)
        for name in ("campaigns", "members", "schedules", "ticks"):
            self.product.watch(scheduling, name, may_fail=True)
        self._scheduling = scheduling

    def create(self, contacts: Sequence[Contact]) -> None:
        """Make every campaign with its members; none is started."""
        for script in SCRIPTS:
            self._create(script, contacts)

    def begin(self) -> None:
        """Start every campaign, and each minute advance those whose schedule is on."""
        for script in SCRIPTS:
            self.product.loop.spawn(0, lambda script=script: self._start(script))
        self.product.loop.after(_MINUTE_S, self._each_minute)

    @property
    def is_done(self) -> bool:
        """Tell whether nobody is left to be called."""
        return self.open == 0

    @property
    def open(self) -> int:
        """Count the members who are not over."""
        return sum(len(places) for places in self._members.placed.values())

    @property
    def total(self) -> int:
        """Count the members."""
        return len(self._members.by_key)

    def pause(self, campaign_id: str, seconds: float) -> None:
        """Have a campaign paused and resumed, as an operator does."""
        product = self.product
        if product.insists(lambda: pause_campaign(self._scheduling, campaign_id)):
            product.log.add(Kind.STOPPED, product.loop.now(), scope=campaign_id)
        product.loop.pause(seconds)
        product.log.add(Kind.RELEASED, product.loop.now(), scope=campaign_id)
        product.insists(lambda: resume_campaign(self._scheduling, campaign_id))

    def close(self) -> None:
        """Tell the log which members are over."""
        for member in self._members.by_key.values():
            if member.is_over:
                facts = {"campaign_id": member.campaign_id, "contact_id": member.contact_id}
                self.product.log.add(Kind.CLOSED, self.product.loop.now(), detail=member.state.value, **facts)

    def sums(self) -> tuple[dict[str, int], dict[str, int]]:
        """Give the numbers that the product keeps of members' states and tries, and a recount of both.

        A call that was refused in the end was no try: the carrier was never asked for it, or gave it back.
        """
        kept: dict[str, int] = {}
        counted: dict[str, int] = {}
        for script in SCRIPTS:
            numbers = self._members.counts(script.id)
            wanted = ("total", "waiting", "calling", "done", "skipped", "t_1", "t_2", "t_3")
            kept |= {f"{script.id} {name}": numbers[name] for name in wanted}
        for member in self._members.by_key.values():
            for name in ("total", member.state.value):
                _count(counted, f"{member.campaign_id} {name}")
        for event in self.product.log.of(Kind.ENDED):
            if event.campaign_id and event.detail != Outcome.NOT_PERMITTED:
                _count(counted, f"{event.campaign_id} t_{event.attempt}")
        return kept, counted

    def _create(self, script: Script, contacts: Sequence[Contact]) -> None:
        now, log = self.product.loop.now(), self.product.log
        campaign = Campaign(
            script.id, script.id, "template_1", now, "token:1", dialing=script.dialing, retries=_RETRIES
        )
        create_campaign(self._scheduling, campaign)
        first, last = (int(len(contacts) * share) for share in script.share)
        members = [new_member(campaign, each.id, each.phone, now) for each in contacts[first:last]]
        for start in range(0, len(members), CHUNK):
            self._members.add(members[start : start + CHUNK])
        for each in members:
            log.add(Kind.ADDED, now, campaign_id=script.id, contact_id=each.contact_id, number=each.number)
        for name, value in script.limits.items():
            log.add(Kind.LIMITED, now, scope=script.id, name=name, value=value)

    def _start(self, script: Script) -> None:
        self.product.insists(lambda: start_campaign(self._scheduling, script.id))

    def _each_minute(self) -> None:
        for script in SCRIPTS:
            if self._schedules.state(script.id) is ScheduleState.ENABLED:
                self._ticks.tick(script.id, self.product.loop.now() + CHAIN)
        self.product.loop.after(_MINUTE_S, self._each_minute)


def _count(numbers: dict[str, int], name: str) -> None:
    numbers[name] = numbers.get(name, 0) + 1
