"""Failed work is kept with its cause, shown, sent again or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.kernel.actors import actor
from chalicelib.kernel.clock import from_millis, to_millis
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.ids import derived_id, is_id, new_id
from chalicelib.kernel.logs import log
from chalicelib.system.domain.failures import (
    Cause,
    FailedState,
    FailedWork,
    ReplayCount,
    Settlement,
    WorkQueue,
    cause_text,
    describe,
    discarded,
    replayed,
    replaying,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.ports.failures import FailurePorts

MAX_REPLAYS = 50
# A batch of a stream is not a message: there is no queue that it could be sent to.
_REPLAYABLE = tuple(queue for queue in WorkQueue if queue is not WorkQueue.CHANGES)


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


def replay_failed(system: FailurePorts, work_id: str, settlement_id: str | None = None) -> FailedWork:
    """Send the message to its queue again; if it fails again, that is new failed work.

    First the work is marked, then the message is sent, then the work is settled. What crashes in between
    leaves marked open work, which can be replayed and not discarded: the message may have been sent, and sent
    twice it does no harm, as any message. A request that is repeated with the same `settlement_id` gets what
    it has made. Raises `NotFound` (`failed_work_not_found`) and `Conflict` (`failed_work_settled`,
    `not_replayable`).
    """
    work, settlement = get_failed(system, work_id), _settlement(system, settlement_id)
    return work if _made_by(settlement, work) else _replay(system, work, settlement)


def replay_all(system: FailurePorts, queue: WorkQueue | None) -> ReplayCount:
    """Send the latest open work again, of one queue or of all, at most `MAX_REPLAYS` messages."""
    found = _latest_replayable(system, [queue] if queue else _REPLAYABLE)
    settlement = _settlement(system)
    count = sum(_try_replay(system, work, settlement) for work in found[:MAX_REPLAYS])
    return ReplayCount(count, more=count > 0 and len(found) > MAX_REPLAYS)


def discard_failed(
    system: FailurePorts, work_id: str, reason: str, settlement_id: str | None = None
) -> FailedWork:
    """Give up work for a reason; nothing is deleted.

    A request that is repeated with the same `settlement_id` gets what it has made. Raises `NotFound`
    (`failed_work_not_found`) and `Conflict` (`failed_work_settled`, `replay_begun`).
    """
    work, settlement = get_failed(system, work_id), _settlement(system, settlement_id)
    return work if _made_by(settlement, work) else _settle(system, discarded(work, settlement, reason))


def _settlement(system: FailurePorts, settlement_id: str | None = None) -> Settlement:
    return Settlement(settlement_id or new_id("settlement"), actor(), _now(system))


def _made_by(settlement: Settlement, work: FailedWork) -> bool:
    return work.state is not FailedState.OPEN and work.settlement == settlement.id


def _latest_replayable(system: FailurePorts, queues: Iterable[WorkQueue]) -> list[FailedWork]:
    """Give one more than may be replayed at once, so that one can tell whether there are more."""
    found = [
        work
        for queue in queues
        if queue in _REPLAYABLE
        for work in system.failures.latest(FailedState.OPEN, queue, MAX_REPLAYS + 1).items
    ]
    return sorted(found, key=lambda work: work.id, reverse=True)[: MAX_REPLAYS + 1]


def _try_replay(system: FailurePorts, work: FailedWork, settlement: Settlement) -> bool:
    try:
        _replay(system, work, settlement)
    except Conflict:  # somebody else was faster
        return False
    return True


def _replay(system: FailurePorts, work: FailedWork, settlement: Settlement) -> FailedWork:
    if work.queue is WorkQueue.CHANGES:
        raise Conflict(
            "A batch of a table's stream cannot be sent again: read the stream, or discard it.",
            code="not_replayable",
        )
    marked = replaying(work, settlement)
    if not system.failures.mark(marked):
        raise _settled_meanwhile()
    system.work_queues.send(work.queue, work.body)
    return _settle(system, replayed(marked, settlement))


def _settle(system: FailurePorts, work: FailedWork) -> FailedWork:
    if not system.failures.settle(work):
        raise _settled_meanwhile()
    log("work.settled", work_id=work.id, queue=work.queue.value, state=work.state.value)
    return work


def _settled_meanwhile() -> Conflict:
    return Conflict("Somebody else has settled this work meanwhile, or begun to.", code="failed_work_settled")


def _now(system: FailurePorts) -> datetime:
    return from_millis(to_millis(system.clock.now()))
