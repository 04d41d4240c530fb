"""What is put on the queue of campaigns and reminders: versioned JSON, written here and read here."""

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


@dataclass(frozen=True)
class Arrange:
    """Make the schedules of this booking's reminders as they are planned now."""

    booking_id: str


@dataclass(frozen=True)
class Remind:
    """Send this reminder of a booking, if it waits and is due."""

    booking_id: str
    number: int


Message = Clear | Tick | Arrange | Remind
_CODEC: Codec[Message] = Codec({"clear": Clear, "tick": Tick, "arrange": Arrange, "remind": Remind})
encode, decode = _CODEC.encode, _CODEC.decode
