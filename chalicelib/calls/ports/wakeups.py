"""Messages that make somebody act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.kernel.phones import E164


class Wakeups(Protocol):
    """Messages that make somebody look at a call; losing one only costs time."""

    def attend(self, call_id: str) -> None:
        """Have the call looked at now."""

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Have the socket told to end after the turn's last words were heard."""

    def finish(self, call_id: str) -> None:
        """Have the post-call job done."""

    def suppress(self, number: E164, source: str) -> None:
        """Have a number suppressed as soon as it can be stored."""
