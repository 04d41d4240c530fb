"""Call templates: how a kind of call is held; and the brief that one call is held by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.ai.domain.conversation import OnFailure

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.kernel.phones import E164


class Transport(StrEnum):
    """How speech travels between the carrier and us."""

    RELAY = "relay"
    GATHER = "gather"


@dataclass(frozen=True)
class CallTemplate:
    """A kind of call: what the agent says first, knows, may do, and how it sounds."""

    id: str
    name: str
    greeting: str
    prompt_id: str
    created_at: datetime
    transport: Transport = Transport.RELAY
    language: str = "en-US"
    voice: str = "en-US-Chirp3-HD-Aoede"
    tools: tuple[str, ...] = ()
    on_failure: OnFailure = OnFailure.HANG_UP
    transfer_to: E164 | None = None
    max_duration_s: int = 600
    version: int = 1


@dataclass(frozen=True)
class Brief:
    """A template and its prompt filled in for one call; what every turn is taken by."""

    instructions: str
    greeting: str
    transport: Transport
    language: str
    voice: str
    tools: tuple[str, ...]
    on_failure: OnFailure
    transfer_to: str
    time_zone: str
    template_version: int
    prompt_version: int
