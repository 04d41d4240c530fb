"""However often the bus repeats itself and wherever workers die, each subscriber gets each event."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from fakes.carrier import Fuse, Killed, Perilous
from fakes.system import FakeSystem
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.clock import FixedClock
from chalicelib.kernel.errors import AppError
from chalicelib.kernel.events import Event
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.webhooks import NewWebhook
from chalicelib.system.services.deliveries import deliver, fan_out, sweep_due
from chalicelib.system.services.webhooks import create_webhook

_PORTS = ("webhooks", "deliveries", "sender", "news", "settings")
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WEBHOOKS = ("webhook_" + "1" * 32, "webhook_" + "2" * 32)


@dataclass
class World:
    """Two subscribers, the workers that serve them, and a fuse in every port."""

    system: FakeSystem = field(default_factory=lambda: FakeSystem(FixedClock(NOW)))
    fuse: Fuse = field(default_factory=Fuse)
    deaths: int = 0

    def __post_init__(self) -> None:
        for webhook_id in WEBHOOKS:
            create_webhook(self.system, NewWebhook("https://example.com/hook", ("*",)), webhook_id)
        self.queue, self.receivers = self.system.news, self.system.sender
        for name in _PORTS:
            setattr(self.system, name, Perilous(getattr(self.system, name), self.fuse))

    def told(self, event: Event) -> None:
        """Let the bus tell of an event until a worker has said that it is done."""
        while not self._survives(lambda: fan_out(self.system, event)):
            pass

    def work(self, *, lost: bool) -> None:
        """Handle every message once; a lost one never arrives, and one whose worker dies comes again."""
        sent, self.queue.deliveries[:] = list(self.queue.deliveries), []
        for webhook_id, delivery_id, _ in [] if lost else sent:
            while not self._survives(lambda: deliver(self.system, webhook_id, delivery_id)):  # noqa: B023
                pass

    def settle(self, minutes: int = 200) -> None:
        """Let time pass, with the schedule every minute, then in great steps."""
        for minute in range(minutes):
            self._survives(lambda: sweep_due(self.system))
            self.work(lost=False)
            self.system.clock.advance(minutes=1 if minute < minutes - 10 else 600)

    def _survives(self, act) -> bool:
        try:
            act()
        except (Killed, AppError):
            self.deaths += 1
            return False
        return True

    def received(self) -> Counter:
        """Count what reached receivers, by subscriber and event."""
        subscriber = {self.system.webhooks.secrets(each).current: each for each in WEBHOOKS}
        return Counter((subscriber[letter.secrets.current], letter.id) for letter in self.receivers.received)


def _event(number: int) -> Event:
    return Event(f"event_{number}", "call.ended", 1, NOW, "call_1", {"number": number})


def _judge(world: World, events: int) -> None:
    counts = world.received()
    expected = {(webhook, f"event_{number}") for webhook in WEBHOOKS for number in range(events)}
    assert set(counts) == expected
    # Each death after a post, and nothing else, costs one more post.
    assert sum(counts.values()) - len(expected) <= world.deaths
    rows = [row for webhook in WEBHOOKS for row in world.system.deliveries.all(webhook)]
    assert {row.state for row in rows} == {"delivered"}
    assert all(row.look_at is None for row in rows)
    assert all(world.system.webhooks.get(webhook).enabled for webhook in WEBHOOKS)


def _live(world: World, *, lost: bool) -> None:
    world.told(_event(0))
    world.told(_event(0))
    world.work(lost=lost)
    world.settle()


@pytest.mark.parametrize("answers", [[Answer(200)], [Answer(500), Answer(200)]])
@pytest.mark.parametrize("lost", [False, True])
def test_a_worker_may_die_at_every_step(answers, lost):
    """Before and after each use of a port: nothing is lost, and at most one post is made twice."""
    steps = 0
    while True:
        steps += 1
        world = World(fuse=Fuse(), system=FakeSystem(FixedClock(NOW)))
        world.receivers.answers = list(answers)
        world.fuse.length, world.fuse.burnt = steps, 0
        _live(world, lost=lost)
        if world.fuse.burnt < steps or not world.deaths:
            break
        failures = len(answers) - 1
        counts = world.received()
        assert sum(counts.values()) <= len(WEBHOOKS) + failures + 1
        _finish_judging(world)
    assert steps > 40


def _finish_judging(world: World) -> None:
    rows = [row for webhook in WEBHOOKS for row in world.system.deliveries.all(webhook)]
    assert [row.state for row in rows] == ["delivered"] * 2
    assert set(world.received()) == {(webhook, "event_0") for webhook in WEBHOOKS}


acts = st.lists(
    st.tuples(st.sampled_from(["told", "work", "lost", "sweep", "wait"]), st.integers(0, 2)), max_size=25
)


@given(acts, st.lists(st.integers(1, 120), max_size=3))
def test_any_order_of_news_work_and_deaths(script, lengths):
    """Events told again and again, messages lost and doubled, workers killed: all arrives in the end."""
    world = World()
    fuses = iter(lengths)
    for number in range(3):
        world.told(_event(number))
    for act, number in script:
        if world.fuse.length is None or world.fuse.burnt > world.fuse.length:
            world.fuse.length, world.fuse.burnt = next(fuses, None), 0
        match act:
            case "told":
                world.told(_event(number))
            case "work" | "lost":
                world.work(lost=act == "lost")
            case "sweep":
                world._survives(lambda: sweep_due(world.system))
            case "wait":
                world.system.clock.advance(seconds=20 * number + 1)
    world.fuse.length = None
    world.settle(30)
    _judge(world, 3)
