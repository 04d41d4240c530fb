"""The addresses at which the carrier reaches us, built from configured bases, never from a Host header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.kernel.clock import to_millis

if TYPE_CHECKING:
    from chalicelib.calls.domain.messages import Place


@dataclass(frozen=True)
class Addresses:
    """Webhook base (https) and socket (wss) as the carrier calls and signs them."""

    webhook_url: str
    socket_url: str

    def answer(self, call_id: str) -> str:
        """Where the carrier asks what to do with an answered call; `rc=1` retries once (in the fragment)."""
        return f"{self.webhook_url}/voice/{call_id}/answer#rc=1&rp=ct,5xx"

    def status(self, call_id: str) -> str:
        """Where the carrier reports how a call goes on."""
        return f"{self.webhook_url}/voice/{call_id}/status#rc=3&rp=all"

    def turn(self, call_id: str, number: int) -> str:
        """Where the carrier brings what the caller said or pressed as the turn of this number."""
        return f"{self.webhook_url}/voice/{call_id}/turn/{number}"

    def rest_of_turn(self, call_id: str, number: int) -> str:
        """Where the carrier goes for the answer of a turn of which a filler was spoken."""
        return f"{self.webhook_url}/voice/{call_id}/turn/{number}/again"

    def call_fallback(self, call_id: str) -> str:
        """Where the carrier goes when an address of this call fails."""
        return f"{self.webhook_url}/voice/{call_id}/fallback"

    def answered_by(self, call_id: str) -> str:
        """Where the carrier says whether a person or a machine answered; nobody waits, so it tries again."""
        return f"{self.webhook_url}/voice/{call_id}/answered-by#rc=3&rp=all"

    def machine(self, call_id: str) -> str:
        """Where a call goes on that a machine answered."""
        return f"{self.webhook_url}/voice/{call_id}/machine#rc=1&rp=ct,5xx"

    def machine_done(self, call_id: str) -> str:
        """Where a call goes on when a machine was told the whole message."""
        return f"{self.webhook_url}/voice/{call_id}/machine-done#rc=1&rp=ct,5xx"

    def session_ended(self, call_id: str) -> str:
        """Where the carrier goes when a ConversationRelay session is over."""
        return f"{self.webhook_url}/voice/{call_id}/session-ended"

    def transfer(self, call_id: str, attempt_id: str) -> str:
        """Where a call goes on that an operator hands over."""
        return f"{self.webhook_url}/voice/{call_id}/transfer?attempt={attempt_id}"

    def transfer_ended(self, call_id: str, attempt_id: str) -> str:
        """Where the carrier goes when the person who was dialed in hung up or was not reached."""
        return f"{self.webhook_url}/voice/{call_id}/transfer-ended?attempt={attempt_id}"

    def leg(self, room_id: str, participant_id: str) -> str:
        """Where all begins that the carrier asks and reports of a leg into a room."""
        return f"{self.webhook_url}/rooms/{room_id}/legs/{participant_id}"

    def room_events(self, room_id: str) -> str:
        """Where the carrier reports what happens in a conference."""
        return f"{self.webhook_url}/rooms/{room_id}/events#rc=3&rp=all"

    def room_wait(self, room_id: str) -> str:
        """Where the carrier learns what is heard while nobody else is in a conference."""
        return f"{self.webhook_url}/rooms/{room_id}/wait"

    def recording(self, call_id: str) -> str:
        """Where the carrier reports what became of a recording; nobody waits, so it tries again."""
        return f"{self.webhook_url}/voice/{call_id}/recording#rc=3&rp=all"

    def voicemail(self, call_id: str) -> str:
        """Where the carrier is sent when a caller shall leave a message for us."""
        return f"{self.webhook_url}/voice/{call_id}/voicemail"

    def voicemail_recorded(self, call_id: str) -> str:
        """Where the carrier goes when a caller has left a message."""
        return f"{self.webhook_url}/voice/{call_id}/voicemail-recorded"

    def transcription(self, call_id: str) -> str:
        """Where the carrier brings what it understood of a message; nobody waits, so it tries again."""
        return f"{self.webhook_url}/voice/{call_id}/transcription#rc=3&rp=all"

    def message_inbound(self) -> str:
        """Where the carrier brings a text message to one of our numbers; nobody waits, so it tries again."""
        return f"{self.webhook_url}/sms/inbound#rc=3&rp=all"

    def message_status(self, place: Place) -> str:
        """Where the carrier reports what became of a text message."""
        path = f"{place.contact_id}/{to_millis(place.at)}/{place.message_id}"
        return f"{self.webhook_url}/sms/{path}/status#rc=3&rp=all"

    def inbound(self) -> str:
        """Where the carrier brings a call to one of our numbers."""
        return f"{self.webhook_url}/voice/inbound"

    def inbound_status(self) -> str:
        """Where the carrier reports how a call to one of our numbers goes on."""
        return f"{self.webhook_url}/voice/inbound/status"

    def fallback(self) -> str:
        """Where the carrier goes when an address of ours fails."""
        return f"{self.webhook_url}/voice/fallback"
