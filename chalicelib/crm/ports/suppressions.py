"""Numbers that nobody may dial; calling keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.kernel.phones import E164


class Suppressions(Protocol):
    """The suppression list, as the CRM uses it."""

    def suppress(self, phones: Sequence[E164], reason: str, source: str = "operator") -> None:
        """Let nothing dial these numbers from now on; again changes nothing. `source` is what asked."""

    def is_suppressed(self, phone: E164) -> bool:
        """Tell whether nothing may dial this number, consistently."""
