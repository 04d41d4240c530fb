"""The settings of a phone network; what they mean is here, how they act is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_NUMBER = "+15005550006"
DEFAULT_ACCOUNT = "AC" + "0" * 31 + "1"
DEFAULT_TOKEN = "local-auth-token"  # noqa: S105  the local network's published token protects nothing


@dataclass(frozen=True, slots=True)
class Options:
    """How one phone network behaves.

    Simulated durations (speech, ringing, pauses, TwiML timeouts) are divided by ``time_scale``;
    what measures the product (webhook and socket timeouts, calls per second) is in real seconds.
    ``calls_per_second`` queues what exceeds it, as Twilio does; ``rest_per_second`` refuses with 20429.
    ``end_waits_for_speech`` lets queued speech finish when the product sends ``end``; Twilio documents
    no such wait, so by default the words not yet spoken are lost.
    """

    port: int = 0
    account_sid: str = DEFAULT_ACCOUNT
    auth_token: str = DEFAULT_TOKEN
    numbers: tuple[str, ...] = (DEFAULT_NUMBER,)
    countries: tuple[str, ...] = ("US",)
    time_scale: float = 1.0
    calls_per_second: float = 50.0
    rest_per_second: float = 200.0
    characters_per_second: float = 15.0
    webhook_timeout: float = 15.0
    socket_timeout: float = 10.0
    stream_gap: float = 1.5
    end_waits_for_speech: bool = False
    state: Path | None = None
