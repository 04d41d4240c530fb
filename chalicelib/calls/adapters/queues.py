"""Wake-ups through SQS."""

from __future__ import annotations

from typing import Any

from chalicelib.calls.adapters.messages import Attend, EndSession, Finish, Message, encode

# SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900


class SqsWakeups:
    """Sends messages that make somebody look at a call."""

    def __init__(self, client: Any, dial_queue_url: str, post_call_queue_url: str) -> None:
        self._client = client
        self._dial_queue_url = dial_queue_url
        self._post_call_queue_url = post_call_queue_url

    def attend(self, call_id: str) -> None:
        """Have the call looked at now."""
        self._send(self._dial_queue_url, Attend(call_id))

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Have the socket told to end after the turn's last words were heard."""
        self._send(self._dial_queue_url, EndSession(call_id, turn, connection_id, handoff), delay_s)

    def finish(self, call_id: str) -> None:
        """Have the post-call job done."""
        self._send(self._post_call_queue_url, Finish(call_id))

    def _send(self, queue_url: str, message: Message, delay_s: int = 0) -> None:
        self._client.send_message(
            QueueUrl=queue_url, MessageBody=encode(message), DelaySeconds=min(delay_s, _MAX_DELAY_S)
        )
