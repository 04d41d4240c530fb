"""One run: a product, a carrier, people and operators of one seed, until nobody is to be called any more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from simulation.campaigns import GAPS, MAX_ATTEMPTS, SCRIPTS, Campaigns
from simulation.chance import Chance
from simulation.clients import Clients
from simulation.events import ALL, Kind
from simulation.judge import Verdict, judge
from simulation.loop import Loop
from simulation.operators import Operators
from simulation.people import People, zones_of
from simulation.product import Product
from simulation.rules import Books, Rules, Window

from chalicelib.calls.services.dialing import dispatch_due

if TYPE_CHECKING:
    from collections.abc import Callable

# A Saturday noon in New York; in the night clocks go back.
START = datetime(2026, 10, 31, 16, tzinfo=UTC)
_BUSY = timedelta(hours=8)
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Plan:
    """What to run: how many people, by which seed, which share of faults; what is allowed; until when."""

    contacts: int = 10_000
    seed: int = 1
    faults: float = 0.05
    calls_per_second: int = 4
    live_calls: int = 120
    calls_per_day: int | None = None
    micros_per_day: int | None = None
    longest: timedelta = timedelta(days=14)


@dataclass
class Outcome:
    """What came of a run."""

    plan: Plan
    verdict: Verdict
    product: Product
    is_done: bool
    lasted: timedelta
    counts: Counter[str]
    outcomes: Counter[str]
    trouble: Counter[str]

    @property
    def is_ok(self) -> bool:
        """Tell whether it came to an end and every promise was kept."""
        return self.is_done and self.verdict.is_clean


def simulate(plan: Plan, watch: Callable[[Simulation], None] = lambda _: None) -> Outcome:
    """Run until everybody was called; `watch` is told each virtual minute how far it is."""
    return Simulation(plan).run(watch)


class Simulation:
    """One run, step by step."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.loop = Loop(START)
        self.product = Product(self.loop, Chance(plan.seed, plan.faults), People(plan.seed))
        self.contacts = self.product.people.create(self.product.calls.crm, plan.contacts)
        self.campaigns = Campaigns(self.product)
        self.clients = Clients(self.product, _BUSY)
        self.operators = Operators(self.product, self.campaigns, _BUSY)

    @property
    def progress(self) -> tuple[int, int]:
        """Give how many members are done with, and how many there are."""
        return self.campaigns.total - self.campaigns.open, self.campaigns.total

    def run(self, watch: Callable[[Simulation], None]) -> Outcome:
        """Go on to the end."""
        self.campaigns.create(self.contacts)
        self.product.limit_now(self.plan.calls_per_second, self.plan.live_calls)
        if self.plan.calls_per_day or self.plan.micros_per_day:
            self.product.allow_a_day(self.plan.calls_per_day, self.plan.micros_per_day)
        self.campaigns.begin()
        self.clients.begin(self.contacts)
        self.operators.begin([contact.phone for contact in self.contacts])
        self.loop.after(0, lambda: self._each_minute(watch))
        is_done = self.loop.run(self._is_done, START + self.plan.longest)
        self.loop.close()
        self.campaigns.close()
        return self._outcome(is_done)

    def _is_done(self) -> bool:
        return self.campaigns.is_done and not self.clients.asking and self.product.is_idle

    def _each_minute(self, watch: Callable[[Simulation], None]) -> None:
        watch(self)
        product = self.product
        self.loop.spawn(0, lambda: product.works(lambda: dispatch_due(product.calls)))
        self.loop.after(_MINUTE_S, lambda: self._each_minute(watch))

    def _outcome(self, is_done: bool) -> Outcome:  # noqa: FBT001
        product, log = self.product, self.product.log
        trouble = product.carrier.happened + Counter({"workers killed": product.deaths})
        for queue in product.queues:
            trouble += Counter({"messages again": queue.repeated, "messages given up": queue.dead})
        return Outcome(
            self.plan,
            judge(log.events, self._rules(), self._books()),
            product,
            is_done,
            self.loop.instant - START,
            Counter(event.kind.value for event in log.events),
            Counter(event.detail for event in log.of(Kind.ENDED)),
            trouble,
        )

    def _rules(self) -> Rules:
        own = {contact.phone: contact.time_zone for contact in self.contacts if contact.time_zone}
        windows = {script.id: script.window for script in SCRIPTS if script.window}
        return Rules(
            zones=lambda number: (*zones_of(number), *([own[number]] if number in own else [])),
            windows={ALL: Window.daily(8, 21), **windows},
            max_attempts=MAX_ATTEMPTS,
            gaps=GAPS,
        )

    def _books(self) -> Books:
        shelf = self.product.calls.shelf
        held = frozenset(number for number, status in shelf.numbers.items() if status.suppressed_at)
        sums, recount = self.campaigns.sums()
        for numbers in shelf.counted.values():
            for name, number in numbers.items():
                if name.startswith("o_") or name == "cost":
                    sums[name] = sums.get(name, 0) + number
        for event in self.product.log.of(Kind.ENDED):
            recount[f"o_{event.detail}"] = recount.get(f"o_{event.detail}", 0) + 1
            recount["cost"] = recount.get("cost", 0) + (event.value or 0)
        self._add_budgets(sums, recount)
        return Books(held, sums, recount)

    def _add_budgets(self, sums: dict[str, int], recount: dict[str, int]) -> None:
        """Give what each budget says was spent, and what the log says that calls of its day cost."""
        for pot, amount in self.product.calls.shelf.budgets.items():
            key = f"spent {pot.name} {pot.span}"
            sums[key], recount[key] = amount.micros - amount.held, 0
        days = {event.call_id: event.at.date() for event in self.product.log.of(Kind.DIALED)}
        for event in self.product.log.of(Kind.ENDED):
            key = f"spent {ALL} {days.get(event.call_id)}"
            if key in recount:
                recount[key] += event.value or 0
