"""What scheduling needs from outside: kept promises, and the calls that keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.calls.ports.calls import CallPorts
    from chalicelib.kernel.clock import Clock
    from chalicelib.scheduling.domain import Callback


class Callbacks(Protocol):
    """Stored promises."""

    def keep(self, callback: Callback) -> None:
        """Store a promise, in place of what was promised before under its id."""

    def of_contact(self, contact_id: str) -> list[Callback]:
        """Give every promise to a contact, consistently."""

    def remove(self, callback: Callback) -> None:
        """Forget a promise."""


class SchedulingPorts(Protocol):
    """What the use cases of this domain work with."""

    @property
    def callbacks(self) -> Callbacks: ...  # noqa: D102
    @property
    def calls(self) -> CallPorts: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
