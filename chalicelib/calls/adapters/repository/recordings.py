"""Recordings under their calls, and voicemails as a list of their own."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.calls.adapters.repository.codec import LIST_SHARDS, call_key
from chalicelib.calls.adapters.repository.writes import indexed, instant_of, put_if, shard_of, text_of
from chalicelib.calls.adapters.tables import CallItem, RecordingItem
from chalicelib.calls.domain.recordings import Recording, RecordingKind, RecordingState
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable

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
        before = CallItem.listed_at < (start or _LAST)
        page = indexed(self._connection, "by_listed", name, before, limit=limit, scan_index_forward=False)
        return [(row["listed_at"]["S"], row["pk"]["S"], row["sk"]["S"]) for row in page["Items"]]


def _put(new: Recording, old: Recording | None) -> bool:
    unchanged = RecordingItem.version == old.version if old else RecordingItem.pk.does_not_exist()
    return put_if(_item(new), unchanged)


def _key(sid: str) -> str:
    return f"RECORDING#{sid}"


def _position(recording: Recording) -> str:
    return f"{iso(recording.recorded_at)}#{recording.sid}"


def _list_of(recording: Recording) -> str:
    """Name the list in which a recording with sound stands: those to be heard, or all of calls in shards."""
    if recording.kind is RecordingKind.VOICEMAIL:
        return _HEARD if recording.heard_at else _NEW
    return f"RECORDINGS#{shard_of(recording.sid, LIST_SHARDS)}"


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
        stored_at=text_of(recording.stored_at),
        carrier_deleted_at=text_of(recording.carrier_deleted_at),
        heard_at=text_of(recording.heard_at),
        deleted_at=text_of(recording.deleted_at),
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
        stored_at=instant_of(item.stored_at),
        carrier_deleted_at=instant_of(item.carrier_deleted_at),
        heard_at=instant_of(item.heard_at),
        deleted_at=instant_of(item.deleted_at),
        version=int(item.version),
    )
