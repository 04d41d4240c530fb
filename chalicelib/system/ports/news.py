"""The queue by which news is worked off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class NewsQueue(Protocol):
    """Wakes whoever works on news; a message may be lost, doubled or late without harm."""

    def deliver(self, webhook_id: str, delivery_id: str, delay_s: int = 0) -> None:
        """Have a delivery seen to, after `delay_s` seconds."""

    def tell_change(self, record: Mapping[str, Any]) -> None:
        """Have a stream's record told later, because it could not be told now."""
