"""The carrier's forms about conferences to events; pure.

Source: Twilio, docs/voice/twiml/conference (statusCallback).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.calls.adapters.forms import number, timestamp
from chalicelib.calls.services.rooms.callbacks import RoomEvent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_FLAGS = {
    "participant-mute": ("muted", True),
    "participant-unmute": ("muted", False),
    "participant-hold": ("held", True),
    "participant-unhold": ("held", False),
}
_SAID = {"muted": "Muted", "held": "Hold"}


def room_event(form: Mapping[str, str], received_at: datetime) -> RoomEvent:
    """Read what a webhook says of a conference; the carrier's own time when it gives one.

    Each event says both flags as they are then; the one that it is about is taken from its name.
    """
    kind = form.get("StatusCallbackEvent", "")
    flags: dict[str, bool] = {}
    if kind in _FLAGS:
        flags = {name: form[said] == "true" for name, said in _SAID.items() if said in form}
        flags[_FLAGS[kind][0]] = _FLAGS[kind][1]
    return RoomEvent(
        kind=kind,
        sid=form.get("ConferenceSid", ""),
        sequence=number(form.get("SequenceNumber")) or 0,
        at=timestamp(form.get("Timestamp", ""), received_at),
        label=form.get("ParticipantLabel", ""),
        flags=flags,
    )
