"""The addresses at which the carrier reaches us, built from configured bases, never from a Host header."""

from __future__ import annotations

from dataclasses import dataclass


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

    def session_ended(self, call_id: str) -> str:
        """Where the carrier goes when a ConversationRelay session is over."""
        return f"{self.webhook_url}/voice/{call_id}/session-ended"

    def transfer_ended(self, call_id: str) -> str:
        """Where the carrier goes when the person who was dialed in hung up or was not reached."""
        return f"{self.webhook_url}/voice/{call_id}/transfer-ended"

    def inbound(self) -> str:
        """Where the carrier brings a call to one of our numbers."""
        return f"{self.webhook_url}/voice/inbound"

    def inbound_status(self) -> str:
        """Where the carrier reports how a call to one of our numbers goes on."""
        return f"{self.webhook_url}/voice/inbound/status"

    def fallback(self) -> str:
        """Where the carrier goes when an address of ours fails."""
        return f"{self.webhook_url}/voice/fallback"
