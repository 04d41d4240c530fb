"""Open sockets of the carrier: frames through API Gateway, and the voice that speaks through them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.ai.domain.conversation import Directive, Hangup, Listen, Say, Transfer
from chalicelib.calls.adapters.relay_frames import encode
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.logs import log, log_failure

if TYPE_CHECKING:
    from chalicelib.calls.ports.telephony import Socket
    from chalicelib.calls.ports.wakeups import Wakeups


class GatewaySocket:
    """Posts to connections of an API Gateway WebSocket API."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def post(self, connection_id: str, frame: str) -> bool:
        """Send a frame; False when the socket is gone."""
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=frame.encode())
        except self._client.exceptions.GoneException:
            return False
        return True


@dataclass
class RelayVoice:
    """Speaks one turn through a socket; a goodbye is followed by the end when it has been heard.

    The carrier speaks slower than we write, and what is queued when a session ends may be lost. So
    the end is sent later, by the time the words take at `chars_per_second`, unless the caller speaks. And a
    caller who was given the floor, and is silent for `patience_s` after the words, is asked again; not over
    a socket that is gone. `is_done` once the words are over, and what follows them is arranged.
    """

    socket: Socket
    wakeups: Wakeups
    connection_id: str
    call_id: str
    turn: int
    chars_per_second: float
    patience_s: float = 10.0
    said: int = 0
    is_gone: bool = False
    is_done: bool = False

    def utter(self, directive: Directive) -> None:
        """Send a directive as a frame, now or after the words before it."""
        if isinstance(directive, Listen):
            self.watch()
            self.is_done = True
            return
        frame = encode(directive)
        if frame is None:
            return
        if isinstance(directive, Hangup | Transfer):
            delay = math.ceil(self.said / self.chars_per_second)
            self.wakeups.end_session(self.call_id, self.turn, self.connection_id, frame, delay)
            self.is_done = True
            return
        if isinstance(directive, Say):
            self.said += len(directive.text)
        if not self.is_gone and not self.socket.post(self.connection_id, frame):
            self.is_gone = True
            log("socket.gone", call_id=self.call_id, turn=self.turn)

    def watch(self) -> None:
        """Have it looked at whether the caller says anything after the words; a good call needs no look."""
        if self.is_gone:
            return
        delay = math.ceil(self.said / self.chars_per_second + self.patience_s)
        try:
            self.wakeups.check_silence(self.call_id, self.turn, self.connection_id, delay)
        except Unavailable as error:
            log_failure("silence.not_watched", error, turn=self.turn)
