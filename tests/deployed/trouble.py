"""What people and chance do while a campaign runs: operators act, and workers are killed at any moment."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psutil
from deployed.plan import TALKS
from simulation.events import ALL, Event, Kind
from simulation.judging_limits import LIVE, PACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from deployed.plan import Plan
    from e2e.world import Stack

CAMPAIGNS = "/v1/scheduling/campaigns"
_SETTINGS = "/v1/settings"
_STOPPED_S = 3.0
_DIALERS, _FOLLOWERS = ("-Dial-",) * 3, ("-Changes-", "-Fold-")
# What these leave undone is found by a sweep, or by the next worker's turn, a minute or two later.
_SLOWLY_MENDED = ("-Campaigns-", "-Hook-", "-PostCall-", "-WebsocketMessage-")


def act(kind: Kind, **facts: Any) -> Event:
    """Say what the product has acknowledged by now; of all calls, unless it is about fewer."""
    scope = {} if {"number", "scope", "campaign_id"} & set(facts) else {"scope": ALL}
    return Event(0, datetime.now(UTC), kind, **scope, **facts)


@dataclass
class Trouble:
    """What was done to a campaign so far; `acts` are for the judge."""

    stack: Stack
    plan: Plan
    campaign_id: str
    acts: list[Event] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed)
        self._due = self._deeds()

    def go_on(self, share: float) -> None:
        """Do what is due now that this share of the members is done with."""
        while self._due and self._due[0][0] <= share:
            self._due.pop(0)[1]()

    def limit(self, calls_per_second: int, live_calls: int) -> None:
        """Limit how fast, and how many at once, all calls go."""
        wanted = {"pace": {"calls_per_second": calls_per_second}, "caps": {"live_calls": live_calls}}
        assert self.stack.ask("PATCH", _SETTINGS, json=wanted).ok
        self.acts += [
            act(Kind.LIMITED, name=PACE, value=calls_per_second),
            act(Kind.LIMITED, name=LIVE, value=live_calls),
        ]

    def suppress(self, number: str) -> None:
        """Have a number never dialed again."""
        wish = {"number": number, "reason": "asked by letter"}
        assert self.stack.ask("POST", "/v1/calls/suppressions", json=wish).ok
        self.acts.append(act(Kind.SUPPRESSED, number=number))

    def _deeds(self) -> list[tuple[float, Callable[[], None]]]:
        """Give what is done, each when so many members are done with; kills are spread over two thirds."""
        plan, numbers = self.plan, self.plan.numbers
        deeds: list[tuple[float, Callable[[], None]]] = [
            (0.1, lambda: [self.suppress(number) for number in numbers[-plan.members // 20 :]] and None),
            (0.2, self._pause),
            (0.3, self._come_home),
            (0.4, lambda: self.limit(plan.calls_per_second // 2, plan.live_calls // 2)),
            *([(0.5, self._stop_all)] if plan.patient else []),
            (0.6, lambda: self.limit(plan.calls_per_second, plan.live_calls)),
        ]
        kills = [(self._chance.uniform(0.0, 0.66), self._kill) for _ in range(plan.kills)]
        return sorted([*deeds, *kills], key=lambda deed: deed[0])

    def _kill(self) -> None:
        """Kill a process of one of the functions, whatever it is doing."""
        slowly = _SLOWLY_MENDED if self.plan.patient else ()
        name = self._chance.choice((*_DIALERS, *_FOLLOWERS, *slowly))
        processes = self.stack.workers(name)
        if processes:
            process = self._chance.choice(processes)
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                return
            self.killed[name.strip("-")] += 1

    def _pause(self) -> None:
        """Pause the campaign for some seconds."""
        one = f"{CAMPAIGNS}/{self.campaign_id}"
        self.stack.api.post(f"{one}/pause", {})
        self.acts.append(act(Kind.STOPPED, scope=self.campaign_id))
        time.sleep(_STOPPED_S)
        self.acts.append(act(Kind.RELEASED, scope=self.campaign_id))
        self.stack.api.post(f"{one}/resume", {})

    def _stop_all(self) -> None:
        """Throw the kill switch for some seconds."""
        thrown = {"kill_switch": {"on": True, "reason": "trial"}}
        assert self.stack.ask("PATCH", _SETTINGS, json=thrown).ok
        self.acts.append(act(Kind.STOPPED))
        time.sleep(_STOPPED_S)
        self.acts.append(act(Kind.RELEASED))
        assert self.stack.ask("PATCH", _SETTINGS, json={"kill_switch": None}).ok

    def _come_home(self) -> None:
        """Let every fifth of those who were busy or away talk from now on."""
        for number in self.plan.numbers[::5]:
            self.stack.script(number, TALKS)
