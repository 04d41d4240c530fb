"""Wake-ups for rooms through SQS: on the queue of what a caller waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.calls.adapters.messages import SeeToRoom, encode
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.calls.ports.rooms import RoomTask


@unavailable_on(BotoCoreError, ClientError)
class SqsRoomWakeups:
    """Sends what somebody must see to."""

    def __init__(self, client: Any, queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def see_to(self, task: RoomTask, room_id: str, participant_id: str = "", delay_s: int = 0) -> None:
        """Have a task done, in `delay_s` seconds at the earliest."""
        message = encode(SeeToRoom(task.value, room_id, participant_id))
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=message, DelaySeconds=delay_s)
