"""News that arrives through SQS: events to hand to subscribers, deliveries to make, changes to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.batches import each_of, logging_failure
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.entrypoints.streams import publish_change
from chalicelib.kernel.logs import log_context
from chalicelib.system.adapters.messages import Deliver, TellChange, Told, decode
from chalicelib.system.services.deliveries import deliver, fan_out

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

    from chalicelib.system.adapters.messages import Message

# Chalice takes only a literal ARN; the packaged template has the stack's own queue.
_NEWS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:news"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_NEWS_QUEUE, batch_size=1, name="news")  # type: ignore[untyped-decorator]  # Chalice
def news(event: SQSEvent) -> Any:
    """Work on one piece of news; a message that fails is delivered again."""
    return each_of(event, _serve)


def _serve(record: SQSRecord) -> None:
    with log_context(message_id=record.message_id), noting_causes(record):
        message = decode(record.body)
        with logging_failure(type(message).__name__):
            _handle(message)


def _handle(message: Message | Told) -> None:
    match message:
        case Told(event=event):
            fan_out(container().system, event)
        case Deliver(webhook_id=webhook_id, delivery_id=delivery_id):
            deliver(container().system, webhook_id, delivery_id)
        case TellChange(record=record):
            publish_change(record)
