"""Recordings under their calls, and voicemails as a list of their own."""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException

from chalicelib.calls.adapters.repository.codec import LIST_SHARDS, call_key
from chalicelib.calls.adapters.tables import CallItem, CallsTable, RecordingItem
from chalicelib.calls.domain.recordings import Recording, RecordingKind, RecordingState
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pynamodb.connection import Connection

_MAX_TRIES = 10
_NEW, _HEARD = "VOICEMAILS#new", "VOICEMAILS#heard"
_LISTS = {False: (_NEW,), True: (_HEARD,), None: (_NEW, _HEARD)}
_LAST = ":"  # after every instant that is written as text


@unavailable_on(PynamoDBException)
class RecordingRepository:
    """Stored recordings, without their sound."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, call_id: str, sid: str) -> Recording | None:
        """Give a recording, consistently."""
        try:
            return recording_of(RecordingItem.get(call_key(call_id), _key(sid), consistent_read=True))
        except DoesNotExist:
            return None

    def of_call(self, call_id: str) -> tuple[Recording, ...]:
        """Give the recordings of a call, consistently."""
        found = RecordingItem.query(
            call_key(call_id), RecordingItem.sk.startswith("RECORDING#"), consistent_read=True
        )
        return tuple(recording_of(item) for item in found)

    def change(
        self, call_id: str, sid: str, how: Callable[[Recording | None], Recording | None]
    ) -> tuple[Recording | None, Recording | None]:
        """Apply `how` to what is there, again when somebody was faster; give old and new."""
        for _ in range(_MAX_TRIES):
            old = self.get(call_id, sid)
            new = how(old)
            if new is None or new == old:
                return old, old
            new = replace(new, version=old.version + 1 if old else 1)
            if _put(new, old):
                return old, new
        raise Conflict(f"The recording {sid} changes too fast.", code="recording_changed")

    def remove(self, call_id: str, sid: str) -> None:
        """Delete a recording's row; nothing when there is none."""
        RecordingItem(call_key(call_id), _key(sid)).delete()

    def voicemails(self, *, heard: bool | None, limit: int, start: str | None) -> Page[Recording]:
        """Give up to `limit` voicemails, newest first, after `start`: heard ones, new ones, or both."""
        rows = [row for name in _LISTS[heard] for row in self._listed(name, limit + 1, start)]
        rows = heapq.nlargest(limit + 1, rows)
        keys = [(pk, sk) for _, pk, sk in rows[:limit]]
        found = map(recording_of, RecordingItem.batch_get(keys, consistent_read=True))
        shown = sorted(found, key=_position, reverse=True)
        return Page(shown, rows[limit - 1][0] if len(rows) > limit else None)

    def _listed(self, name: str, limit: int, start: str | None) -> list[tuple[str, str, str]]:
        page = self._connection.query(
            CallsTable.Meta.table_name,
            name,
            range_key_condition=CallItem.listed_at < (start or _LAST),
            index_name="by_listed",
            limit=limit,
            scan_index_forward=False,
        )
        return [(row["listed_at"]["S"], row["pk"]["S"], row["sk"]["S"]) for row in page["Items"]]


def _put(new: Recording, old: Recording | None) -> bool:
    unchanged = RecordingItem.version == old.version if old else RecordingItem.pk.does_not_exist()
    try:
        _item(new).save(unchanged)
    except PutError as error:
        if response_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _key(sid: str) -> str:
    return f"RECORDING#{sid}"


def _position(recording: Recording) -> str:
    return f"{iso(recording.recorded_at)}#{recording.sid}"


def _list_of(recording: Recording) -> str:
    """Name the list in which a recording with sound stands: those to be heard, or all of calls in shards."""
    if recording.kind is RecordingKind.VOICEMAIL:
        return _HEARD if recording.heard_at else _NEW
    shard = hashlib.sha256(recording.sid.encode()).digest()[0] % LIST_SHARDS
    return f"RECORDINGS#{shard}"


def _item(recording: Recording) -> RecordingItem:
    is_kept = recording.is_kept
    return RecordingItem(
        call_key(recording.call_id),
        _key(recording.sid),
        listed_in=_list_of(recording) if is_kept else None,
        listed_at=_position(recording) if is_kept else None,
        recording_kind=recording.kind.value,
        state=recording.state.value,
        recorded_at=iso(recording.recorded_at),
        seconds=recording.seconds,
        channels=recording.channels,
        transcription=recording.transcription,
        stored_at=_text(recording.stored_at),
        carrier_deleted_at=_text(recording.carrier_deleted_at),
        heard_at=_text(recording.heard_at),
        deleted_at=_text(recording.deleted_at),
        version=recording.version,
    )


def recording_of(item: RecordingItem) -> Recording:
    """Read a recording."""
    return Recording(
        sid=item.sk.removeprefix("RECORDING#"),
        call_id=item.pk.removeprefix("CALL#"),
        kind=RecordingKind(item.recording_kind),
        state=RecordingState(item.state),
        recorded_at=from_iso(item.recorded_at),
        seconds=None if item.seconds is None else int(item.seconds),
        channels=int(item.channels),
        transcription=item.transcription,
        stored_at=_instant(item.stored_at),
        carrier_deleted_at=_instant(item.carrier_deleted_at),
        heard_at=_instant(item.heard_at),
        deleted_at=_instant(item.deleted_at),
        version=int(item.version),
    )


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return from_iso(text) if text else None
