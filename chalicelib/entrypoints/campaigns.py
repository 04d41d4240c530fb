"""Campaigns and reminders of appointments, by messages of their schedules and of whoever starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.bootstrap import container
from chalicelib.entrypoints.batches import each_of, logging_failure
from chalicelib.entrypoints.causes import noting_causes
from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.logs import log_context
from chalicelib.scheduling.adapters.messages import Arrange, Clear, Remind, Tick, decode
from chalicelib.scheduling.services.campaigns import clear_campaign
from chalicelib.scheduling.services.launching import CHAIN
from chalicelib.scheduling.services.reminding import arrange, remind
from chalicelib.scheduling.services.ticking import tick

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from chalice.app import SQSEvent

    from chalicelib.scheduling.adapters.messages import Message

# Chalice takes only a literal ARN; the packaged template has the stack's own queue.
_CAMPAIGNS_QUEUE = "arn:aws:sqs:us-east-1:000000000000:campaigns"

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn=_CAMPAIGNS_QUEUE, batch_size=1, name="campaigns")  # type: ignore[untyped-decorator]
def campaigns(event: SQSEvent) -> Any:
    """Advance campaigns and remind of appointments; a message that fails is delivered again."""
    return each_of(event, _serve)


def _serve(record: SQSRecord) -> None:
    with noting_causes(record):
        message = decode(record.body)
        with log_context(**_about(message)), logging_failure(type(message).__name__):
            _handle(message)


def _about(message: Message) -> dict[str, str]:
    if isinstance(message, Arrange | Remind):
        return {"booking_id": message.booking_id}
    return {"campaign_id": message.campaign_id}


def _handle(message: Message) -> None:
    scheduling = container().scheduling
    match message:
        case Tick(campaign_id=campaign_id, until=until):
            chain_end = from_iso(until) if until else scheduling.clock.now() + CHAIN
            tick(scheduling, campaign_id, chain_end)
        case Clear(campaign_id=campaign_id):
            clear_campaign(scheduling, campaign_id)
        case Arrange(booking_id=booking_id):
            arrange(scheduling, booking_id)
        case Remind(booking_id=booking_id, number=number):
            remind(scheduling, booking_id, number)
