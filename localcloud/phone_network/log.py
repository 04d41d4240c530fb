"""The carrier's log: every event in order, append-only; who judges it is not here."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from localcloud.phone_network.pace import iso, now
from localcloud.phone_network.signals import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_logger = logging.getLogger("phone_network")

Event = dict[str, Any]


class CarrierLog:
    """What the carrier saw, in the order in which it saw it.

    Every event has ``seq`` (from 1, never reused), ``at`` (real UTC), ``kind`` and ``call_sid``
    (empty when no call is concerned); further fields depend on the kind.
    """

    def __init__(self, keep: Callable[[Event], None] | None = None) -> None:
        self._events: list[Event] = []
        self._next = 1
        self._keep = keep
        self.changed = Signal()

    def record(self, kind: str, call_sid: str = "", **fields: Any) -> Event:
        """Append one event and wake those who wait for news."""
        event = {"seq": self._next, "at": iso(now()), "kind": kind, "call_sid": call_sid, **fields}
        self._next += 1
        self._events.append(event)
        if self._keep:
            self._keep(event)
        _logger.debug("%s", json.dumps(event, default=str))
        self.changed.notify()
        return event

    def record_error(self, code: int, message: str, call_sid: str = "", **fields: Any) -> Event:
        """Append what Twilio's debugger would show, under Twilio's error code."""
        return self.record("error", call_sid, code=code, message=message, **fields)

    def since(self, seq: int = 0, call_sid: str = "", kind: str = "") -> list[Event]:
        """Return the events after ``seq``, optionally those of one call or one kind."""
        return [
            event
            for event in self._events
            if event["seq"] > seq and call_sid in ("", event["call_sid"]) and kind in ("", event["kind"])
        ]

    @property
    def last_seq(self) -> int:
        """The number of the latest event, 0 before the first."""
        return self._next - 1

    def restore(self, events: Iterable[Event]) -> None:
        """Begin with the events of an earlier run."""
        self._events = list(events)
        self._next = max((event["seq"] for event in self._events), default=0) + 1

    def clear(self) -> None:
        """Forget all events; the numbering goes on, so that a reader's position stays valid."""
        self._events.clear()
        self.changed.notify()
