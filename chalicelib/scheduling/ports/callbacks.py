"""Where promised callbacks are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.scheduling.domain.callbacks import Callback


class Callbacks(Protocol):
    """Stored promises."""

    def keep(self, callback: Callback) -> None:
        """Store a promise, in place of what was promised before under its id."""

    def of_contact(self, contact_id: str) -> list[Callback]:
        """Give every promise to a contact, consistently."""

    def remove(self, callback: Callback) -> None:
        """Forget a promise."""
