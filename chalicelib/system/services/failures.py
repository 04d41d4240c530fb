"""Failed work is kept with its cause, shown, sent again or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id, is_id
from chalicelib.kernel.logs import log
from chalicelib.system.domain.failures import (
    Cause,
    FailedState,
    FailedWork,
    ReplayCount,
    WorkQueue,
    cause_text,
    describe,
    settled,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.ports.failures import FailurePorts

MAX_REPLAYS = 50


def note_cause(system: FailurePorts, message_id: str, error: BaseException, attempts: int) -> None:
    """Keep why a message failed at this try, for the case that it is never worked on."""
    system.causes.note(message_id, Cause(cause_text(error), attempts), _now(system))


def keep_failed(
    system: FailurePorts, queue: WorkQueue, message_id: str, body: str, sent_millis: int
) -> FailedWork:
    """Keep a dead letter as failed work with its cause; the same message again changes nothing."""
    cause = system.causes.find(message_id)
    kind, subject = describe(body)
    work = FailedWork(
        id=derived_id("failed", message_id, sent_millis),
        queue=queue,
        kind=kind,
        subject=subject,
        body=body,
        failed_at=_now(system),
        cause=cause.text if cause else None,
        attempts=cause.attempts if cause else None,
    )
    system.failures.keep(work)
    log("work.failed", work_id=work.id, queue=queue.value, kind=kind, cause=work.cause)
    return work


def get_failed(system: FailurePorts, work_id: str) -> FailedWork:
    """Give failed work; `NotFound` with code `failed_work_not_found`."""
    work = system.failures.get(work_id) if is_id(work_id, "failed") else None
    if work is None:
        raise NotFound("There is no such failed work.", code="failed_work_not_found")
    return work


def list_failed(
    system: FailurePorts,
    state: FailedState,
    queue: WorkQueue | None,
    page_size: int,
    start: str | None = None,
) -> Page[FailedWork]:
    """Give a page of the work in this state, of one queue or of all, the latest failure first."""
    return system.failures.latest(state, queue, page_size, start)


def replay_failed(system: FailurePorts, work_id: str) -> FailedWork:
    """Send the message to its queue again; if it fails again, that is new failed work.

    Raises `NotFound` (`failed_work_not_found`) and `Conflict` (`failed_work_settled`, `not_replayable`). A
    crash after the sending leaves the work open: sent twice it does no harm, as any message.
    """
    return _replay(system, get_failed(system, work_id))


def replay_all(system: FailurePorts, queue: WorkQueue | None) -> ReplayCount:
    """Send the latest open work again, of one queue or of all, at most `MAX_REPLAYS` messages."""
    page = system.failures.latest(FailedState.OPEN, queue, MAX_REPLAYS)
    replayed = sum(_try_replay(system, work) for work in page.items)
    return ReplayCount(replayed, more=page.next_start is not None)


def discard_failed(system: FailurePorts, work_id: str, reason: str) -> FailedWork:
    """Give up work for a reason; nothing is deleted.

    Raises `NotFound` (`failed_work_not_found`) and `Conflict` (`failed_work_settled`).
    """
    work = get_failed(system, work_id)
    return _settle(system, settled(work, FailedState.DISCARDED, actor(), _now(system), reason))


def _try_replay(system: FailurePorts, work: FailedWork) -> bool:
    try:
        _replay(system, work)
    except Conflict:  # somebody else was faster, or it cannot be sent
        return False
    return True


def _replay(system: FailurePorts, work: FailedWork) -> FailedWork:
    if work.queue is WorkQueue.CHANGES:
        raise Conflict(
            "A batch of a table's stream cannot be sent again: read the stream, or discard it.",
            code="not_replayable",
        )
    replayed = settled(work, FailedState.REPLAYED, actor(), _now(system))
    system.work_queues.send(work.queue, work.body)
    return _settle(system, replayed)


def _settle(system: FailurePorts, work: FailedWork) -> FailedWork:
    if not system.failures.settle(work):
        raise Conflict("Somebody else has settled this work meanwhile.", code="failed_work_settled")
    log("work.settled", work_id=work.id, queue=work.queue.value, state=work.state.value)
    return work


def _now(system: FailurePorts) -> datetime:
    return from_millis(to_millis(system.clock.now()))
