"""What is stored of numbers that are held back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.holds import NumberHold
    from chalicelib.kernel.paging import Page
    from chalicelib.kernel.phones import E164


class HoldBook(Protocol):
    """Numbers that are held back; the number's own status says so with them, all or nothing."""

    def put(self, hold: NumberHold) -> None:
        """Hold a number back from now on, in place of a hold that there was."""

    def remove(self, number: E164, now: datetime) -> bool:
        """Release a number; False when nobody holds it back."""

    def page(self, now: datetime, limit: int, start: str | None) -> Page[NumberHold]:
        """Give up to `limit` holds that still hold, by number, after `start`."""
