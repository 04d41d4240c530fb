"""Numbers that are held back: not dialed for the time being, and dialed again afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164

MAX_HOLD_REASON = 200


@dataclass(frozen=True)
class NumberHold:
    """A number that is not dialed until an instant, or, without `until`, until somebody releases it.

    `reason` is what people wrote about it, `held_by` who asked for it.
    """

    number: E164
    held_at: datetime
    until: datetime | None = None
    reason: str = ""
    held_by: str = ""

    def holds(self, now: datetime) -> bool:
        """Tell whether it still holds."""
        return self.until is None or now < self.until
