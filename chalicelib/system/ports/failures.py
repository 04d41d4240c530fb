"""Where failed work and its causes are kept, and the way back into its queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.failures import Cause, FailedState, FailedWork, WorkQueue


class FailedWorkBook(Protocol):
    """Failed work, found by its id, and by its state and queue."""

    def keep(self, work: FailedWork) -> None:
        """Keep open work, unless it is known already, in whatever state."""

    def get(self, work_id: str) -> FailedWork | None:
        """Give the work with this id, consistently."""

    def latest(
        self, state: FailedState, queue: WorkQueue | None, page_size: int, start: str | None = None
    ) -> Page[FailedWork]:
        """Give a page of the work in this state, of one queue or of all, the latest failure first."""

    def mark(self, work: FailedWork) -> bool:
        """Keep the mark of open work that a replay has begun; False when it is no longer open."""

    def settle(self, work: FailedWork) -> bool:
        """Keep open work as the settled work that is given; False when it is no longer open.

        Work that carries the mark of a replay is not discarded: False as well.
        """

    def remove(self, work: FailedWork) -> None:
        """Forget work in the state that is given."""


class Causes(Protocol):
    """Why messages failed, by their ids, for as long as they may still turn up as failed work."""

    def note(self, message_id: str, cause: Cause, at: datetime) -> None:
        """Keep why a message failed; the last failure stands."""

    def find(self, message_id: str) -> Cause | None:
        """Give why a message failed."""


class WorkQueues(Protocol):
    """The queues that failed work came from."""

    def send(self, queue: WorkQueue, body: str) -> None:
        """Put a message on its queue again."""


class FailurePorts(Protocol):
    """What the use cases of failed work work with."""

    clock: Clock

    @property
    def failures(self) -> FailedWorkBook:
        """Kept failed work."""

    @property
    def causes(self) -> Causes:
        """Kept causes."""

    @property
    def work_queues(self) -> WorkQueues:
        """The queues."""
