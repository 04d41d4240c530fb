"""The queue of jobs, as evaluations use it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.ai.adapters.messages import PlayScenario, encode
from chalicelib.kernel.errors import unavailable_on


@unavailable_on(BotoCoreError, ClientError)
class SqsEvaluationWork:
    """Sends messages to whoever plays scenarios; implements `EvaluationWork`."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def play(self, evaluation_id: str, run: int) -> None:
        """Have a playing begun, counted from 0."""
        message = PlayScenario(evaluation_id, run)
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=encode(message))
