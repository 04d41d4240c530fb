"""The suppression list of calling, as the CRM uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.bootstrap import Container
    from chalicelib.kernel.phones import E164


class CallsSuppressions:
    """Suppresses numbers as an operator does; implements the CRM's `Suppressions`."""

    def __init__(self, root: Container) -> None:
        self._root = root

    def suppress(self, phones: Sequence[E164], reason: str, source: str = "operator") -> None:
        """Let nothing dial these numbers from now on; again changes nothing. `source` is what asked."""
        from chalicelib.calls.services.suppression import suppress_number

        for phone in phones:
            suppress_number(self._root.calls, phone, reason, source)

    def is_suppressed(self, phone: E164) -> bool:
        """Tell whether nothing may dial this number, consistently."""
        return self._root.calls.numbers.status(phone).suppressed_at is not None
