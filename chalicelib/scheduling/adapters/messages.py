"""What is put on the queue of campaigns: versioned JSON, written here and read here."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.kernel.messages import Codec


@dataclass(frozen=True)
class Tick:
    """Advance this campaign, and again until this instant; a schedule cannot name one."""

    campaign_id: str
    until: str | None = None


@dataclass(frozen=True)
class Clear:
    """Delete what is left of this campaign."""

    campaign_id: str


Message = Clear | Tick
_CODEC: Codec[Message] = Codec({"clear": Clear, "tick": Tick})
encode, decode = _CODEC.encode, _CODEC.decode
