"""The carrier, its sockets, and a voice on the line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.ai.domain.conversation import Directive
    from chalicelib.calls.domain.lifecycle import Call, Report
    from chalicelib.kernel.phones import E164


@dataclass(frozen=True)
class PlaceOrder:
    """What the carrier is asked for."""

    call_id: str
    number: E164
    line: E164
    max_duration_s: int


class Telephony(Protocol):
    """The carrier."""

    def place(self, order: PlaceOrder) -> str:
        """Place a call, give the carrier's id.

        `Invalid` or `Forbidden` (code `carrier_<n>`): refused for good. `Unavailable` and retryable:
        certainly not accepted. `Unavailable` and not retryable: nobody knows.
        """

    def find(self, call: Call) -> Report | None:
        """Ask what became of a call, by its id or by number and time; never places anything."""


class Socket(Protocol):
    """Open sockets of the carrier."""

    def post(self, connection_id: str, frame: str) -> bool:
        """Send a frame; False when the socket is gone."""


class Voice(Protocol):
    """How directives reach the caller."""

    def utter(self, directive: Directive) -> None:
        """Speak, or carry out how the turn ends."""
