"""Everything that the use cases of scheduling work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.ports.callbacks import Callbacks
    from chalicelib.scheduling.ports.campaigns import CampaignBook, Schedules, Ticks
    from chalicelib.scheduling.ports.members import MemberBook


class SchedulingPorts(Protocol):
    """What the use cases of this domain work with."""

    @property
    def callbacks(self) -> Callbacks: ...  # noqa: D102
    @property
    def campaigns(self) -> CampaignBook: ...  # noqa: D102
    @property
    def members(self) -> MemberBook: ...  # noqa: D102
    @property
    def schedules(self) -> Schedules: ...  # noqa: D102
    @property
    def ticks(self) -> Ticks: ...  # noqa: D102
    @property
    def calls(self) -> CallPorts: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
