"""Long work on the CRM that arrives through SQS: imports, jobs over many contacts, contacts to fold again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.crm.adapters.messages import (
    FoldChange,
    ImportChunk,
    JobStep,
    PrepareImport,
    Refold,
    decode,
)
from chalicelib.crm.services.folding import fold_contact
from chalicelib.crm.services.import_work import import_chunk, prepare_import
from chalicelib.crm.services.job_kinds import KINDS
from chalicelib.crm.services.jobs import run_step
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.entrypoints.folds import fold_change
from chalicelib.kernel.logs import log_context, log_failure

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

    from chalicelib.crm.adapters.messages import Message

# Chalice takes only a literal ARN; the packaged template has the stack's own queue.
_JOBS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:jobs"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_JOBS_QUEUE, batch_size=1, name="jobs")  # type: ignore[untyped-decorator]  # Chalice
def jobs(event: SQSEvent) -> Any:
    """Go on with one piece of work; a message that fails is delivered again."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event.to_dict(), _serve, processor, event.context)


def _serve(record: SQSRecord) -> None:
    with log_context(message_id=record.message_id), noting_causes(record):
        message = decode(record.body)
        try:
            _handle(message)
        except Exception as error:
            log_failure("message.failed", error, kind=type(message).__name__)
            raise


def _handle(message: Message) -> None:
    match message:
        case PrepareImport(import_id=import_id):
            prepare_import(container().crm, import_id)
        case ImportChunk(import_id=import_id, run=run, lane=lane, chunk=chunk):
            import_chunk(container().crm, import_id, run, (lane, chunk))
        case JobStep(job_id=job_id, step=step):
            run_step(container().crm, job_id, step, KINDS)
        case Refold(contact_id=contact_id):
            fold_contact(container().crm, contact_id)
        case FoldChange(record=record):
            fold_change(record)
