"""What people at the product's desk do while it dials: throw the switch, suppress numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fakes.calls import kill_switch
from simulation.campaigns import SCRIPTS
from simulation.events import ALL, Kind
from simulation.judging_limits import LIVE, PACE

from chalicelib.calls.services.suppression import suppress_number
from chalicelib.kernel.phones import E164

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from simulation.campaigns import Campaigns
    from simulation.product import Product

_STOPS = 4
_STOPPED_S = (60.0, 900.0)
_STORM_S = 40.0
_SLOW_S = 600.0
_SUPPRESSED_ONE_IN = 20


@dataclass
class Operators:
    """Act at times that the seed chooses, within the first `busy` of the run."""

    product: Product
    campaigns: Campaigns
    busy: timedelta
    _is_stopping: bool = False

    def begin(self, numbers: list[str]) -> None:
        """Choose when to do what; one in twenty of the numbers is suppressed."""
        for _ in range(_STOPS):
            self._at_some_time(self._stop)
        for number in self.product.chance.sample(numbers, len(numbers) // _SUPPRESSED_ONE_IN):
            self._at_some_time(lambda number=number: self._suppress(number))
        for script in SCRIPTS:
            self._at_some_time(lambda script=script: self._pause(script.id))
        self._at_some_time(self._storm)
        self._at_some_time(self._slow_down)

    def _at_some_time(self, act: Callable[[], object]) -> None:
        chance, loop = self.product.chance, self.product.loop
        loop.spawn(chance.between(0, self.busy.total_seconds()), act)

    def _stop(self) -> None:
        product = self.product
        if self._is_stopping:
            return
        self._is_stopping = True
        if product.insists(lambda: kill_switch(product.calls, on=True, reason="a test")):
            product.log.add(Kind.STOPPED, product.loop.now(), scope=ALL)
        product.loop.pause(product.chance.between(*_STOPPED_S))
        product.log.add(Kind.RELEASED, product.loop.now(), scope=ALL)
        product.insists(lambda: kill_switch(product.calls, on=False))
        self._is_stopping = False

    def _pause(self, campaign_id: str) -> None:
        self.campaigns.pause(campaign_id, self.product.chance.between(*_STOPPED_S))

    def _slow_down(self) -> None:
        """Let calls start at half the pace, and fewer go on at once, for a while."""
        pace, live = self.product.limits[PACE], self.product.limits[LIVE]
        self.product.limit(pace // 2, live // 2)
        self.product.loop.pause(_SLOW_S)
        self.product.limit(pace, live)

    def _suppress(self, number: str) -> None:
        self.product.insists(lambda: suppress_number(self.product.calls, E164(number)))

    def _storm(self) -> None:
        """Have the carrier turn every order away for a while."""
        self.product.carrier.storm = True
        self.product.loop.pause(_STORM_S)
        self.product.carrier.storm = False
