"""Dead letters: kept as failed work, where people see them, before they are deleted from their queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.batches import each_of, logging_failure
from chalicelib.kernel.logs import log_context
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
    return each_of(event, _keep)


def _keep(record: SQSRecord) -> None:
    with log_context(message_id=record.message_id), logging_failure("DeadLetter"):
        sent_millis = int(record.attributes.sent_timestamp or 0)
        keep_failed(container().system, _queue(record), record.message_id, record.body, sent_millis)


def _queue(record: SQSRecord) -> WorkQueue:
    name = record.event_source_arn.rpartition(":")[2]
    return WorkQueue(container().settings.dead_letter_queues[name])
