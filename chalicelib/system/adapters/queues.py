"""The news queue in SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.errors import unavailable_on
from chalicelib.system.adapters.messages import Deliver, Message, TellChange, encode

if TYPE_CHECKING:
    from collections.abc import Mapping


@unavailable_on(BotoCoreError, ClientError)
class SqsNews:
    """Sends messages to whoever works on news; implements `NewsQueue`."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def deliver(self, webhook_id: str, delivery_id: str, delay_s: int = 0) -> None:
        """Have a delivery seen to, after `delay_s` seconds; SQS waits for 900 at most."""
        self._send(Deliver(webhook_id, delivery_id), delay_s)

    def tell_change(self, record: Mapping[str, Any]) -> None:
        """Have a stream's record told later."""
        self._send(TellChange(record))

    def _send(self, message: Message, delay_s: int = 0) -> None:
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=encode(message), DelaySeconds=delay_s)
