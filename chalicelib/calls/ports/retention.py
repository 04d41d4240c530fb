"""What is kept for a while, oldest first, and the runs that delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.calls.domain.retention import DataKind, Due, RetentionRun


class RetentionBook(Protocol):
    """Stored runs, and the lists that they work through."""

    def create(self, run: RetentionRun) -> bool:
        """Store a new run; False when there is one with this id."""

    def get(self, run_id: str) -> RetentionRun | None:
        """Give a run, consistently."""

    def save(self, run: RetentionRun) -> bool:
        """Store a run in place of the version before; False when that is not there any more."""

    def older(self, kind: DataKind, before: datetime, limit: int, after: str) -> tuple[Due, ...]:
        """Give up to `limit` rows of a kind from before an instant, oldest first, after a position.

        Its cost depends on how many it gives, not on how many there are.
        """

    def remove(self, row: Due) -> None:
        """Delete a row; nothing when it is gone."""
