"""Long work that arrives through SQS: imports, jobs, contacts to fold again, scenarios to play."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.ai.adapters import messages as ai_messages
from chalicelib.ai.adapters.messages import PlayScenario
from chalicelib.bootstrap import container
from chalicelib.crm.adapters.messages import (
    FoldChange,
    ImportChunk,
    JobStep,
    PrepareImport,
    Refold,
    decode,
)
from chalicelib.crm.domain.jobs import ADD_MEMBERS, BULK_CALL, REQUEUE_MEMBERS
from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.import_work import import_chunk, prepare_import
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import run_step
from chalicelib.entrypoints.batches import each_of, logging_failure
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.entrypoints.folds import fold_change
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.logs import log_context
from chalicelib.scheduling.domain.busy import FETCH_BUSY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

    from chalicelib.crm.adapters.messages import Message
    from chalicelib.crm.domain.jobs import Job, Step
    from chalicelib.crm.ports.crm import CrmPorts
    from chalicelib.crm.services.jobs import StepFunction

# Chalice takes only a literal ARN; the packaged template has the stack's own queue.
_JOBS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:jobs"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_JOBS_QUEUE, batch_size=1, name="jobs")  # type: ignore[untyped-decorator]  # Chalice
def jobs(event: SQSEvent) -> Any:
    """Go on with one piece of work; a message that fails is delivered again."""
    return each_of(event, _serve)


def _serve(record: SQSRecord) -> None:
    with log_context(message_id=record.message_id), noting_causes(record):
        message = _read(record.body)
        with logging_failure(type(message).__name__):
            _handle(message)


def _read(body: str) -> Message | PlayScenario:
    try:
        return decode(body)
    except Invalid:
        return ai_messages.decode(body)


def _handle(message: Message | PlayScenario) -> None:
    match message:
        case PrepareImport(import_id=import_id):
            prepare_import(container().crm, import_id)
        case ImportChunk(import_id=import_id, run=run, lane=lane, chunk=chunk):
            import_chunk(container().crm, import_id, run, (lane, chunk))
        case JobStep(job_id=job_id, step=step):
            run_step(container().crm, job_id, step, _KINDS)
        case Refold(contact_id=contact_id):
            fold_contact(container().crm, contact_id)
        case FoldChange(record=record):
            fold_change(record)
        case PlayScenario(evaluation_id=evaluation_id, run=run):
            _play(evaluation_id, run)


def _add_members(crm: CrmPorts, job: Job) -> Step:
    # Most jobs have no use for campaigns and calls, whose imports cost time.
    from chalicelib.scheduling.services.adding import add_step  # noqa: PLC0415

    del crm
    return add_step(container().scheduling, job)


def _requeue_members(crm: CrmPorts, job: Job) -> Step:
    from chalicelib.scheduling.services.requeueing import requeue_step  # noqa: PLC0415

    del crm
    return requeue_step(container().scheduling, job)


def _call_many(crm: CrmPorts, job: Job) -> Step:
    from chalicelib.calls.services.bulk_calls import bulk_call_step  # noqa: PLC0415

    del crm
    return bulk_call_step(container().calls, job)


def _fetch_busy(crm: CrmPorts, job: Job) -> Step:
    # Other jobs have no use for calendars.
    from chalicelib.scheduling.services.busy_jobs import fetch_step  # noqa: PLC0415

    return fetch_step(container().scheduling, crm, job)


# Beside the kinds of the CRM, those that need more than it.
_KINDS: Mapping[str, StepFunction] = {
    **KINDS,
    ADD_MEMBERS: _add_members,
    REQUEUE_MEMBERS: _requeue_members,
    BULK_CALL: _call_many,
    FETCH_BUSY: _fetch_busy,
}


def _play(evaluation_id: str, run: int) -> None:
    # Other jobs have no use for the conversation, whose imports cost time.
    from chalicelib.ai.services.evaluating import play_part  # noqa: PLC0415
    from chalicelib.calls.services.rehearsals import CallStage  # noqa: PLC0415

    play_part(container().ai, CallStage(container().calls), evaluation_id, run)
