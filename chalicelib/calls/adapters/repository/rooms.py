"""Rooms and who takes part in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository import room_codec as codec
from chalicelib.calls.adapters.repository.writes import indexed, put_if
from chalicelib.calls.adapters.tables import CallItem, CallsTable, ParticipantItem, RoomItem
from chalicelib.calls.domain.rooms import RoomFile
from chalicelib.kernel.errors import Conflict, NotFound, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pynamodb.connection import Connection

    from chalicelib.calls.domain.rooms import Participant, Room

_MAX_TRIES = 10


@unavailable_on(PynamoDBException)
class RoomRepository:
    """Stored rooms."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, room: Room, participants: Sequence[Participant]) -> bool:
        """Store a new room with these participants; False, and nothing is stored, when it exists."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                head = codec.room_item(replace(room, version=1))
                transaction.save(head, condition=RoomItem.pk.does_not_exist())
                for each in participants:
                    transaction.save(codec.participant_item(room.id, replace(each, version=1)))
        except TransactWriteError as error:
            reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
            if reasons[:1] == ["ConditionalCheckFailed"]:
                return False
            raise
        return True

    def add(self, room_id: str, participant: Participant) -> bool:
        """Store a new participant; False when this one exists."""
        item = codec.participant_item(room_id, replace(participant, version=1))
        return put_if(item, ParticipantItem.pk.does_not_exist())

    def load(self, room_id: str) -> RoomFile | None:
        """Give a room with its participants, in one consistent query."""
        items = list(CallsTable.query(codec.room_key(room_id), consistent_read=True))
        heads = [codec.room_of(item) for item in items if isinstance(item, RoomItem)]
        if not heads:
            return None
        legs = [codec.participant_of(item) for item in items if isinstance(item, ParticipantItem)]
        return RoomFile(heads[0], tuple(sorted(legs, key=lambda leg: (leg.asked_at, leg.id))))

    def change(self, room_id: str, how: Callable[[Room], Room]) -> tuple[Room, Room]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new."""
        for _ in range(_MAX_TRIES):
            old = self._head(room_id)
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            if put_if(codec.room_item(new), RoomItem.version == old.version):
                return old, new
        raise Conflict(f"The conference {room_id} changes too fast.", code="room_changed")

    def move(
        self, room_id: str, participant_id: str, how: Callable[[Participant], Participant]
    ) -> tuple[Participant, Participant]:
        """Apply `how` to a participant's newest state, again when somebody was faster; give old and new."""
        for _ in range(_MAX_TRIES):
            old = self._leg(room_id, participant_id)
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            if put_if(codec.participant_item(room_id, new), ParticipantItem.version == old.version):
                return old, new
        raise Conflict(f"The participant {participant_id} changes too fast.", code="room_changed")

    def live(self, limit: int, start: str | None) -> Page[Room]:
        """Give up to `limit` live conferences, newest first, after `start`."""
        condition = CallItem.listed_at < start if start else None
        page = indexed(
            self._connection, "by_listed", codec.LIST, condition, limit=limit + 1, scan_index_forward=False
        )
        keys = [item["listed_at"]["S"] for item in page["Items"]]
        found = RoomItem.batch_get([(codec.room_key(key.partition("#")[2]), "ROOM") for key in keys[:limit]])
        rooms = sorted((codec.room_of(item) for item in found), key=lambda room: room.id)
        rooms.sort(key=lambda room: room.created_at, reverse=True)
        shown = [room for room in rooms if room.is_listed]
        return Page(shown, keys[limit - 1] if len(keys) > limit else None)

    def leg(self, room_id: str, participant_id: str) -> Participant | None:
        """Give a participant, consistently."""
        try:
            return self._leg(room_id, participant_id)
        except NotFound:
            return None

    def of_people(self, owners: Sequence[str], limit: int, start: str | None) -> Page[tuple[str, str]]:
        """Give room and id of up to `limit` participations, after `start`, of contacts or numbers."""
        keys = sorted(key for each in owners for key in self._of(each, limit + 1, start))
        found = [key.partition("#") for key in keys[:limit]]
        more = keys[limit - 1] if len(keys) > limit else None
        return Page([(room_id, participant_id) for room_id, _, participant_id in found], more)

    def _of(self, owner: str, limit: int, start: str | None) -> list[str]:
        condition = CallItem.started_key > start if start else None
        page = indexed(self._connection, "by_contact", codec.owner_key(owner), condition, limit=limit)
        return [item["started_key"]["S"] for item in page["Items"]]

    def forget(self, room_id: str) -> None:
        """Delete a room and all that it knows of people; nothing when there is none."""
        items = list(CallsTable.query(codec.room_key(room_id), consistent_read=True))
        with CallsTable.batch_write() as batch:
            for item in items:
                batch.delete(item)

    def _head(self, room_id: str) -> Room:
        try:
            return codec.room_of(RoomItem.get(codec.room_key(room_id), "ROOM", consistent_read=True))
        except DoesNotExist:
            raise NotFound(f"There is no conference {room_id}.", code="conference_not_found") from None

    def _leg(self, room_id: str, participant_id: str) -> Participant:
        key = codec.participant_key(participant_id)
        try:
            return codec.participant_of(
                ParticipantItem.get(codec.room_key(room_id), key, consistent_read=True)
            )
        except DoesNotExist:
            raise NotFound(
                f"There is no participant {participant_id}.", code="participant_not_found"
            ) from None
