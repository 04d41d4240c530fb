"""The carrier, its sockets, and a voice on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from chalicelib.calls.domain.templates import OnMachine

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.calls import Call, Report
    from chalicelib.kernel.phones import E164


@dataclass(frozen=True)
class PlaceOrder:
    """What the carrier is asked for."""

    call_id: str
    number: E164
    line: E164
    max_duration_s: int
    on_machine: OnMachine = OnMachine.OFF


class Telephony(Protocol):
    """The carrier."""

    def place(self, order: PlaceOrder) -> str:
        """Place a call, give the carrier's id.

        `Invalid` or `Forbidden` (code `carrier_<n>`): refused for good. `Unavailable` and retryable:
        certainly not accepted. `Unavailable` and not retryable: nobody knows.
        """

    def hang_up(self, sid: str) -> bool:
        """End a call that rings or goes on; False when the carrier has none such. Harmless when repeated.

        `Forbidden`, or `Unavailable` and retryable: certainly not done. `Unavailable` and not retryable:
        nobody knows.
        """

    def take_over(self, sid: str, call_id: str) -> bool:
        """Send a live call where machines are met; False when the carrier has none such.

        Fails as `hang_up` does. Done again, the call begins there anew.
        """

    def find(self, call: Call) -> Report | None:
        """Ask what became of a call, by its id or by number and time; never places anything."""


class Socket(Protocol):
    """Open sockets of the carrier."""

    def post(self, connection_id: str, frame: str) -> bool:
        """Send a frame; False when the socket is gone."""


class Voice(Protocol):
    """How directives reach the caller; `chars_per_second` is how fast they are spoken, 0: not known."""

    @property
    def chars_per_second(self) -> float: ...  # noqa: D102

    def utter(self, directive: Directive) -> None:
        """Speak, or carry out how the turn ends."""
