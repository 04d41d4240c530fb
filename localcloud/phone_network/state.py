"""What outlives the process: numbers' configuration, ended calls and the log, as JSON lines in one file."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.calls import Call, Direction, Status
from localcloud.phone_network.pace import iso

if TYPE_CHECKING:
    from pathlib import Path

    from localcloud.phone_network.exchange import Exchange
    from localcloud.phone_network.log import Event
    from localcloud.phone_network.numbers import OwnedNumber

_MOMENTS = ("created_at", "updated_at", "started_at", "ended_at")
_PLAIN = ("sid", "to", "from_", "parent_sid", "duration", "answered_by", "sip_code")


@dataclass(slots=True)
class Kept:
    """What an earlier run left behind."""

    numbers: list[dict[str, str]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class StateFile:
    """Appends to the file as things happen; without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def keep_event(self, event: Event) -> None:
        """Keep one event of the log."""
        self._append("events", event)

    def keep_number(self, number: OwnedNumber) -> None:
        """Keep a number's configuration; the latest one counts."""
        self._append("numbers", number.fields())

    def keep_call(self, call: Call) -> None:
        """Keep a call that has ended."""
        body: dict[str, Any] = {name: getattr(call, name) for name in _PLAIN}
        body |= {name: iso(moment) for name in _MOMENTS if (moment := getattr(call, name))}
        transcript = call.line.transcript
        self._append(
            "calls",
            body | {"status": call.status, "direction": call.direction, "transcript": transcript},
        )

    def load(self) -> Kept:
        """Return what was kept; a line cut short by a crash is passed over."""
        kept = Kept()
        if self._path is None or not self._path.exists():
            return kept
        for line in self._path.read_text(encoding="utf-8").splitlines():
            try:
                ((kind, body),) = json.loads(line).items()
            except ValueError:
                continue
            getattr(kept, kind).append(body)
        return kept

    def _append(self, kind: str, body: dict[str, Any]) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({kind: body}, default=str) + "\n")


def restore_call(exchange: Exchange, body: dict[str, Any]) -> None:
    """Put an ended call of an earlier run back among the calls."""
    from_, direction = body["from_"], Direction(body["direction"])
    call = exchange.restored_call(body["sid"], body["to"], from_, direction)
    for name in ("parent_sid", "duration", "answered_by", "sip_code"):
        setattr(call, name, body[name])
    for name in _MOMENTS:
        if name in body:
            setattr(call, name, datetime.fromisoformat(body[name]))
    call.status = Status(body["status"])
    call.line.transcript = body["transcript"]
