"""Wake-ups through SQS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.calls.adapters.messages import (
    Analyse,
    AnalyseSpan,
    Attend,
    CheckSilence,
    EndSession,
    FetchRecording,
    FindRecordings,
    Finish,
    Message,
    RetentionStep,
    SendMessage,
    Suppress,
    TakeOver,
    WakeNext,
    encode,
)
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on

if TYPE_CHECKING:
    from chalicelib.calls.domain.messages import Place
    from chalicelib.kernel.phones import E164

# SQS delays a message by at most 15 minutes.
_MAX_DELAY_S = 900


@unavailable_on(BotoCoreError, ClientError)
class SqsWakeups:
    """Sends messages that make somebody act; what a caller waits for has a queue of its own."""

    def __init__(self, client: Any, *, dial: str, urgent: str, post_call: str) -> None:
        self._client = client
        self._dial = dial
        self._urgent = urgent
        self._post_call = post_call

    def attend(self, call_id: str, delay_s: int = 0) -> None:
        """Have the call looked at now, or in so many seconds."""
        self._send(self._dial, Attend(call_id), delay_s)

    def wake_next(self, count: int) -> None:
        """Have so many calls woken that are next."""
        self._send(self._dial, WakeNext(count))

    def end_session(self, call_id: str, turn: int, connection_id: str, handoff: str, delay_s: int) -> None:
        """Have the socket told to end after the turn's last words were heard."""
        self._send(self._urgent, EndSession(call_id, turn, connection_id, handoff), delay_s)

    def check_silence(self, call_id: str, turn: int, connection_id: str, delay_s: int) -> None:
        """Have it looked at whether the caller has said anything since the turn."""
        self._send(self._urgent, CheckSilence(call_id, turn, connection_id), delay_s)

    def finish(self, call_id: str, delay_s: int = 0) -> None:
        """Have the post-call job done."""
        self._send(self._post_call, Finish(call_id), delay_s)

    def analyse(self, call_id: str) -> None:
        """Have a finished call whose analysis failed read again."""
        self._send(self._post_call, Analyse(call_id))

    def analyse_span(self, since: str, until: str, start: str | None) -> None:
        """Have such calls looked for among those accepted in a span, from a position on."""
        self._send(self._post_call, AnalyseSpan(since, until, start))

    def find_recordings(self, call_id: str, delay_s: int) -> None:
        """Have the carrier asked for recordings of which it has said nothing."""
        self._send(self._post_call, FindRecordings(call_id), delay_s)

    def fetch_recording(self, call_id: str, sid: str) -> None:
        """Have a recording brought to where its row says it is to be."""
        self._send(self._post_call, FetchRecording(call_id, sid))

    def retain(self, run_id: str, step: int) -> None:
        """Have a step of a retention run done."""
        self._send(self._post_call, RetentionStep(run_id, step))

    def send_message(self, place: Place) -> None:
        """Have the text message looked at now."""
        self._send(self._dial, SendMessage(place.contact_id, iso(place.at), place.message_id))

    def take_over(self, call_id: str) -> None:
        """Have a call that a machine answered taken from the conversation."""
        self._send(self._urgent, TakeOver(call_id))

    def suppress(self, number: E164, source: str) -> None:
        """Have a number suppressed as soon as it can be stored."""
        self._send(self._urgent, Suppress(number, source))

    def _send(self, queue_url: str, message: Message, delay_s: int = 0) -> None:
        self._client.send_message(
            QueueUrl=queue_url, MessageBody=encode(message), DelaySeconds=min(delay_s, _MAX_DELAY_S)
        )
