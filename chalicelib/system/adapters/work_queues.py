"""The way back into the queues, in SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.system.domain.failures import WorkQueue


@unavailable_on(BotoCoreError, ClientError)
class SqsWorkQueues:
    """Sends failed messages to their queues again; implements `WorkQueues`."""

    def __init__(self, client: Any, urls: Mapping[str, str]) -> None:
        self._client = client
        self._urls = urls

    def send(self, queue: WorkQueue, body: str) -> None:
        """Put a message on its queue again."""
        self._client.send_message(QueueUrl=self._urls[queue], MessageBody=body)
