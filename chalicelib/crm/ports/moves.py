"""What lies under the id of a contact moves to another's."""

from __future__ import annotations

from typing import Protocol


class Moves(Protocol):
    """Moves the rows of a contact that was merged."""

    def move(self, from_id: str, to_id: str) -> bool:
        """Move up to 25 rows beside the head and its index; False when there was none left.

        Doing it again, also after a death half-way, moves each row once. A row that somebody changes at
        that moment is left for the next time, and nothing moves to a contact that is gone.
        """
