"""The product in virtual time: the real use cases on books in memory, its queues, workers and webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakes.ai import a_prompt
from fakes.calls import FakeCalls, FakeVoice, a_template
from fakes.carrier import Killed
from fakes.crm import FakeCrm
from simulation.carrier import SimulatedCarrier
from simulation.events import ALL, Kind, Log
from simulation.judging_limits import CALLS_A_DAY, LIVE, PACE, SPENT_A_DAY
from simulation.ports import Surroundings, Watched
from simulation.queues import Queue
from simulation.recording import RecordingBook, RecordingNumbers
from simulation.wording import PlainRenderer

from chalicelib.ai.domain.conversation import CallerSaid
from chalicelib.calls.domain.turns import opted_out
from chalicelib.calls.services.answering import answer_call
from chalicelib.calls.services.dialing import attend
from chalicelib.calls.services.dispatching import wake_next
from chalicelib.calls.services.finishing import finish_call
from chalicelib.calls.services.progress import record_report
from chalicelib.calls.services.turns import TurnRequest, take_turn
from chalicelib.kernel.errors import AppError
from chalicelib.system.domain.settings import Budgets, Caps, Pace, StackLimits
from chalicelib.system.services.settings import change_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.carrier import Line
    from simulation.chance import Chance
    from simulation.loop import Loop
    from simulation.people import People

    from chalicelib.calls.domain.calls import Report

# As many workers as the stack has (infra/stack/functions.py).
_DIALERS, _FINISHERS = 10, 10
_BOOKS = ("book", "numbers", "turns", "proposals", "plans", "budgets", "pace", "slots", "line_uses")
_OTHERS = ("telephony", "wakeups")
_PATIENCE = 30
_CALLBACK_TRIES = 4
_GREETING_S, _ANSWER_LIMIT_S = 4.0, 10.0


class QueueWakeups:
    """Messages of the product; implements `Wakeups`. What only a live conversation needs is left out."""

    _LEFT_OUT = frozenset({"end_session", "check_silence", "find_recordings", "take_over"})

    def __init__(self, product: Product) -> None:
        self._product = product

    def attend(self, call_id: str, delay_s: int = 0) -> None:
        """Have a call looked at."""
        product = self._product
        product.dial_queue.send(lambda: product.works(lambda: attend(product.calls, call_id)), delay_s)

    def wake_next(self, count: int) -> None:
        """Have so many calls woken that are next."""
        product = self._product
        product.dial_queue.send(lambda: product.works(lambda: wake_next(product.calls, count)))

    def finish(self, call_id: str, delay_s: int = 0) -> None:
        """Have the post-call job done."""
        product = self._product
        product.finish_queue.send(lambda: product.works(lambda: finish_call(product.calls, call_id)), delay_s)

    def suppress(self, number: str, source: str) -> None:
        """Have a number suppressed as soon as it can be stored."""
        product, now = self._product, self._product.loop.now()
        product.dial_queue.send(
            lambda: product.works(lambda: product.calls.numbers.suppress(number, source, now))
        )

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name in self._LEFT_OUT:
            return lambda *_args, **_options: None
        raise AttributeError(name)


@dataclass
class Product:
    """All that runs of the product; each use case is done by a worker that may die at any port."""

    loop: Loop
    chance: Chance
    people: People
    log: Log = field(default_factory=Log)
    deaths: int = 0
    limits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls: Any = FakeCalls(self.loop, FakeCrm(self.loop))  # type: ignore[arg-type]
        self.calls.system.stack = StackLimits()
        shelf = self.calls.shelf
        self.calls.book = RecordingBook(shelf, self.log, self.loop)
        self.calls.numbers = RecordingNumbers(shelf, self.log)
        self.carrier = SimulatedCarrier(self.loop, self.log, self.chance, self.people, self, shelf.calls)
        self.dial_queue = Queue("dial", _DIALERS, self.loop, self.chance)
        self.finish_queue = Queue("post-call", _FINISHERS, self.loop, self.chance)
        self.calls.telephony, self.calls.wakeups = self.carrier, QueueWakeups(self)
        self.calls.ai.renderer = PlainRenderer()
        self.calls.ai.prompts.add(a_prompt(self.loop))
        self.calls.templates.create(a_template())
        self.surroundings = Surroundings(self.loop, self.chance)
        for name in (*_BOOKS, *_OTHERS):
            self.watch(self.calls, name, may_fail=name in _BOOKS)
        self.watch(self.calls.system, "settings", may_fail=True)

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Give the queues of calls."""
        return self.dial_queue, self.finish_queue

    @property
    def is_idle(self) -> bool:
        """Tell whether the books of every call are closed."""
        return self.log.count(Kind.REQUESTED) == self.log.count(Kind.ENDED)

    def watch(self, ports: Any, name: str, *, may_fail: bool) -> None:
        """Make each method of a port a step at which a worker may die or be overtaken."""
        if hasattr(ports, name):
            setattr(ports, name, Watched(getattr(ports, name), self.surroundings, may_fail=may_fail))

    def works(self, act: Callable[[], object], *, in_danger: bool = True) -> bool:
        """Let a worker do something; False when it died or failed before it was done."""
        self.surroundings.arm(self.chance.fuse() if in_danger else None)
        try:
            act()
        except Killed:
            self.deaths += 1
            return False
        except AppError:
            return False
        finally:
            self.surroundings.arm(None)
        return True

    def insists(self, act: Callable[[], object]) -> bool:
        """Ask for something again until the product says that it is done; False: it never did."""
        for _ in range(_PATIENCE):
            if self.works(act):
                return True
            self.loop.pause(1)
        return False

    def limit_now(self, calls_per_second: int, live_calls: int) -> None:
        """Say so before anything runs."""
        self.loop.spawn(0, lambda: self.limit(calls_per_second, live_calls))

    def limit(self, calls_per_second: int, live_calls: int) -> None:
        """Say how fast, and how many at once, calls may go; a wider limit holds once it is asked for."""
        settings = {"pace": Pace(calls_per_second), "caps": Caps(live_calls)}
        limits = {PACE: calls_per_second, LIVE: live_calls}
        for name in [name for name, value in limits.items() if value > self.limits.get(name, 0)]:
            self.log.add(Kind.LIMITED, self.loop.now(), scope=ALL, name=name, value=limits[name])
        self.insists(lambda: change_settings(self.calls.system, settings, None))
        for name in [name for name, value in limits.items() if value < self.limits.get(name, value)]:
            self.log.add(Kind.LIMITED, self.loop.now(), scope=ALL, name=name, value=limits[name])
        self.limits = limits

    def allow_a_day(self, calls: int | None, micros: int | None) -> None:
        """Say, before anything runs, how many calls a day (UTC) has and what they cost; None: no limit."""
        budgets = Budgets(calls_per_day=calls, per_day_micros=micros)
        change_settings(self.calls.system, {"budgets": budgets}, None)
        for name, value in ((CALLS_A_DAY, calls), (SPENT_A_DAY, micros)):
            self.log.add(Kind.LIMITED, self.loop.now(), scope=ALL, name=name, value=value)

    def told(self, call_id: str, report: Report) -> None:
        """Take a status callback; the carrier sends it three times again when it fails (`rc=3`)."""
        for _ in range(_CALLBACK_TRIES):
            if self.works(lambda: record_report(self.calls, call_id, report)):
                return
            self.loop.pause(1)

    def connected(self, line: Line) -> None:
        """Talk to somebody who has answered; what failed is asked for once more, as carriers do."""
        call_id, report = line.order.call_id, line.report("in-progress", self.loop.now())
        if not self._twice(lambda: answer_call(self.calls, call_id, report)):
            return
        self.loop.pause(_GREETING_S)
        if line.fate.says and line.ended_at is None:
            self._twice(lambda: self._hear(line))

    def _twice(self, act: Callable[[], object]) -> bool:
        return self.works(act) or self.works(act)

    def _hear(self, line: Line) -> None:
        said = CallerSaid(line.fate.says)
        request = TurnRequest(line.order.call_id, said, self.loop.now(), _ANSWER_LIMIT_S, number=1)
        turn = take_turn(self.calls, request, lambda _turn: FakeVoice())
        if turn and opted_out((turn,)):
            self.log.add(Kind.OPTED_OUT, self.loop.now(), **line.facts)
