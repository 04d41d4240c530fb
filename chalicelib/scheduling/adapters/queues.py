"""The queue of campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.scheduling.adapters.messages import Arrange, Clear, Message, Remind, Tick, encode

if TYPE_CHECKING:
    from datetime import datetime

# SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900


@unavailable_on(BotoCoreError, ClientError)
class SqsTicks:
    """Sends messages to whoever advances campaigns; implements `Ticks`."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def tick(self, campaign_id: str, until: datetime, delay_s: int = 0) -> None:
        """Have it advanced after `delay_s` seconds (900 at most), and again until `until`."""
        self._send(Tick(campaign_id, iso(until)), delay_s)

    def clear(self, campaign_id: str, delay_s: int = 0) -> None:
        """Have what is left of a deleted campaign deleted, step by step."""
        self._send(Clear(campaign_id), delay_s)

    def arrange(self, booking_id: str) -> None:
        """Have the schedules of a booking's reminders made as they are planned now."""
        self._send(Arrange(booking_id), 0)

    def remind(self, booking_id: str, number: int, delay_s: int = 0) -> None:
        """Have a reminder sent after `delay_s` seconds (900 at most), if it waits and is due then."""
        self._send(Remind(booking_id, number), delay_s)

    def _send(self, message: Message, delay_s: int) -> None:
        self._client.send_message(
            QueueUrl=self._queue_url, MessageBody=encode(message), DelaySeconds=min(delay_s, _MAX_DELAY_S)
        )
