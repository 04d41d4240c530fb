"""The event bus in EventBridge."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import Unavailable, unavailable_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.kernel.clock import Clock
    from chalicelib.kernel.events import Event

SOURCE = "ai-call-system"
# PutEvents takes ten entries, and 256 KB of them together (Amazon EventBridge API Reference, "PutEvents").
_MAX_ENTRIES = 10
_MAX_BYTES = 256 * 1024
_TRIES = 3
_PAUSE_S = 0.2


@unavailable_on(BotoCoreError, ClientError)
class EventBridgeBus:
    """Publishes on one bus; implements `Bus`."""

    def __init__(self, client: Any, bus_name: str, clock: Clock) -> None:
        self._client = client
        self._bus_name = bus_name
        self._clock = clock

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all events; of a batch that was taken in part, only the rest is sent again.

        Raises `Unavailable` with code `bus_unavailable` when the bus does not take all in three tries.
        """
        for batch in _batches([self._entry(event) for event in events]):
            self._put(batch)

    def _put(self, entries: list[dict[str, Any]]) -> None:
        for tries_left in reversed(range(_TRIES)):
            results = self._client.put_events(Entries=entries)["Entries"]
            entries = [entry for entry, result in zip(entries, results, strict=True) if "ErrorCode" in result]
            if not entries:
                return
            if tries_left:
                self._clock.pause(_PAUSE_S)
        raise Unavailable("The event bus did not take everything.", retryable=True, code="bus_unavailable")

    def _entry(self, event: Event) -> dict[str, Any]:
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.at,
            "Detail": json.dumps(_envelope(event), ensure_ascii=False),
        }


def _envelope(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "version": event.version,
        "timestamp": iso(event.at),
        "subject": event.subject,
        "data": dict(event.data),
    }


def _batches(entries: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        added = _size(entry)
        if batch and (len(batch) == _MAX_ENTRIES or size + added > _MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += added
    if batch:
        yield batch


def _size(entry: dict[str, Any]) -> int:
    """Count an entry as EventBridge does: 14 bytes for the time, the texts in UTF-8."""
    return 14 + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
