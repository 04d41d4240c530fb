"""What is put on the news queue: our own wake-ups, and events as the bus hands them over."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.clock import from_iso
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.events import Event
from chalicelib.kernel.messages import UNREADABLE, Codec

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Deliver:
    """See to this delivery of this webhook."""

    webhook_id: str
    delivery_id: str


@dataclass(frozen=True)
class TellChange:
    """Tell of a stream's record that could not be told at first; `record` is as the stream gave it."""

    record: Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """The bus tells of an event."""

    event: Event


Message = Deliver | TellChange
_CODEC: Codec[Message] = Codec({"deliver": Deliver, "change": TellChange})
encode = _CODEC.encode


def decode(body: str) -> Message | Told:
    """Read a message; `Invalid` for one that neither we nor the bus write."""
    try:
        fields: dict[str, Any] = json.loads(body)
        if "detail-type" in fields:
            return Told(_event(fields["detail"]))
        return _CODEC.read(fields)
    except UNREADABLE as error:
        raise Invalid("This message is not one that we read.", code="bad_message") from error


def _event(detail: Mapping[str, Any]) -> Event:
    return Event(
        id=detail["id"],
        type=detail["type"],
        version=detail["version"],
        at=from_iso(detail["timestamp"]),
        subject=detail["subject"],
        data=detail["data"],
    )
