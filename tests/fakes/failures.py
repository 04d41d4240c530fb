"""Failed work, its causes and its queues in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.paging import Page
from chalicelib.system.domain.failures import FailedState

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.system.domain.failures import Cause, FailedWork, WorkQueue


class FakeFailedWork:
    """Failed work in a dict; implements `FailedWorkBook`."""

    def __init__(self) -> None:
        self._by_id: dict[str, FailedWork] = {}

    def keep(self, work: FailedWork) -> None:
        """Keep work, once."""
        self._by_id.setdefault(work.id, work)

    def get(self, work_id: str) -> FailedWork | None:
        """Give the work."""
        return self._by_id.get(work_id)

    def latest(
        self, state: FailedState, queue: WorkQueue | None, page_size: int, start: str | None = None
    ) -> Page[FailedWork]:
        """Give a page, the latest first."""
        found = [
            work
            for _, work in sorted(self._by_id.items(), reverse=True)
            if work.state is state and queue in (None, work.queue) and (start is None or work.id < start)
        ]
        shown = found[:page_size]
        return Page(shown, shown[-1].id if len(found) > page_size else None)

    def mark(self, work: FailedWork) -> bool:
        """Mark open work."""
        known = self._by_id.get(work.id)
        if known is None or known.state is not FailedState.OPEN:
            return False
        self._by_id[work.id] = work
        return True

    def settle(self, work: FailedWork) -> bool:
        """Keep settled work in place of open work."""
        known = self._by_id.get(work.id)
        if known is None or known.state is not FailedState.OPEN:
            return False
        if work.state is FailedState.DISCARDED and known.settlement:
            return False
        self._by_id[work.id] = work
        return True

    def remove(self, work: FailedWork) -> None:
        """Forget work."""
        self._by_id.pop(work.id, None)


class FakeCauses:
    """Causes in a dict; implements `Causes`."""

    def __init__(self) -> None:
        self._by_message: dict[str, Cause] = {}

    def note(self, message_id: str, cause: Cause, at: datetime) -> None:
        """Keep a cause."""
        self._by_message[message_id] = cause

    def find(self, message_id: str) -> Cause | None:
        """Give a cause."""
        return self._by_message.get(message_id)


class FakeWorkQueues:
    """What was sent, in order; implements `WorkQueues`."""

    def __init__(self) -> None:
        self.sent: list[tuple[WorkQueue, str]] = []

    def send(self, queue: WorkQueue, body: str) -> None:
        """Put a message on a queue."""
        self.sent.append((queue, body))
