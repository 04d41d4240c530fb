"""Dead letters: kept as failed work, where people see them, before they are deleted from their queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.kernel.logs import log_context, log_failure
from chalicelib.system.domain.failures import WorkQueue
from chalicelib.system.services.failures import keep_failed

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

# Chalice takes only a literal ARN; the packaged template has the stack's own dead-letter queues.
_DEAD_LETTERS = "arn:aws:sqs:us-east-1:000000000000:dead-letters"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_DEAD_LETTERS, batch_size=1, name="failures")  # type: ignore[untyped-decorator]  # Chalice
def failures(event: SQSEvent) -> Any:
    """Keep dead letters; one that cannot be kept stays in its queue."""
    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event.to_dict(), _keep, processor, event.context)


def _keep(record: SQSRecord) -> None:
    with log_context(message_id=record.message_id):
        try:
            sent_millis = int(record.attributes.sent_timestamp or 0)
            keep_failed(container().system, _queue(record), record.message_id, record.body, sent_millis)
        except Exception as error:
            log_failure("message.failed", error, kind="DeadLetter")
            raise


def _queue(record: SQSRecord) -> WorkQueue:
    name = record.event_source_arn.rpartition(":")[2]
    return WorkQueue(container().settings.dead_letter_queues[name])
