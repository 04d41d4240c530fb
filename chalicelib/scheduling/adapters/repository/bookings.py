"""Bookings in the scheduling table, each with its place on a day and in the list of its contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.scheduling.adapters.repository.booking_codec import (
    REMINDER_SHARDS,
    booking_item,
    booking_key,
    booking_of,
    place_item,
    reminder_item,
    reminder_key,
    reminder_list,
    reminder_of,
)
from chalicelib.scheduling.adapters.repository.calendar_codec import sheet_item
from chalicelib.scheduling.adapters.repository.calendars import sheet_is_at
from chalicelib.scheduling.adapters.repository.writes import done, refused_of
from chalicelib.scheduling.adapters.tables import (
    BookingItem,
    BookingPlaceItem,
    ReminderItem,
    SchedulingTable,
)
from chalicelib.scheduling.domain.bookings import ReminderState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pynamodb.connection import Connection

    from chalicelib.scheduling.domain.bookings import Booking, PlannedReminder
    from chalicelib.scheduling.ports.calendars import BookingWrite


@unavailable_on(PynamoDBException)
class BookingRepository:
    """Bookings, on the connection of their table; implements `BookingBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, booking_id: str) -> Booking | None:
        """Give a booking, consistently."""
        try:
            return booking_of(BookingItem.get(*booking_key(booking_id), consistent_read=True))
        except DoesNotExist:
            return None

    def many(self, booking_ids: Sequence[str]) -> list[Booking]:
        """Give those of these bookings that exist, consistently, in any order."""
        keys = [booking_key(each) for each in dict.fromkeys(booking_ids)]
        return [booking_of(item) for item in BookingItem.batch_get(keys, consistent_read=True)]

    def write(self, write: BookingWrite) -> bool:
        """Store all of it or nothing; False when anything is not at its version, or just being written."""
        booking = write.booking
        is_next = BookingItem.version == booking.version - 1
        try:
            with TransactWrite(connection=self._connection) as transaction:
                new = BookingItem.pk.does_not_exist()
                transaction.save(booking_item(booking), condition=new if booking.version == 1 else is_next)
                transaction.save(place_item(booking))
                for sheet in write.sheets:
                    transaction.save(sheet_item(sheet), condition=sheet_is_at(sheet.version))
                _write_reminders(transaction, write)
        except TransactWriteError as error:
            refused_of(error)
            return False
        return True

    def of_contact(
        self, contact_id: str, page_size: int, start: str | None, since: datetime | None = None
    ) -> Page[Booking]:
        """Give the bookings of a contact, the latest start first, from after the position `start`.

        With `since` none that begins before it.
        """
        items = BookingPlaceItem.query(
            f"CONTACT#{contact_id}", BookingPlaceItem.sk.startswith("BOOKING#"), consistent_read=True
        )
        earliest = iso(since) if since else ""
        places = sorted((_position(item) for item in items if item.start >= earliest), reverse=True)
        after = [place for place in places if start is None or place < start]
        wanted = [place.partition("#")[2] for place in after[:page_size]]
        found = sorted(self.many(wanted), key=lambda booking: wanted.index(booking.id))
        return Page(found, after[page_size - 1] if len(after) > page_size else None)

    def remove(self, booking: Booking) -> None:
        """Forget a booking, its place in the list of its contact, and its reminders; sheets stay."""
        with TransactWrite(connection=self._connection) as transaction:
            transaction.delete(booking_item(booking))
            transaction.delete(place_item(booking))
            for number in range(booking.reminder_count):
                transaction.delete(ReminderItem(*reminder_key(booking.id, number)))


@unavailable_on(PynamoDBException)
class ReminderRepository:
    """Reminders, written with their bookings; implements `ReminderBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, booking_id: str, number: int) -> PlannedReminder | None:
        """Give a reminder, consistently."""
        try:
            return reminder_of(ReminderItem.get(*reminder_key(booking_id, number), consistent_read=True))
        except DoesNotExist:
            return None

    def of_booking(self, booking_id: str) -> list[PlannedReminder]:
        """Give the reminders of a booking, consistently, in order of their numbers."""
        pk, _ = booking_key(booking_id)
        items = ReminderItem.query(pk, ReminderItem.sk.startswith("REMINDER#"), consistent_read=True)
        return [reminder_of(item) for item in items]

    def due(self, now: datetime, limit: int) -> list[PlannedReminder]:
        """Give up to `limit` waiting reminders that are due by `now`, the longest due first."""
        rows = [row for shard in range(REMINDER_SHARDS) for row in self._listed(shard, now, limit)]
        first = sorted(rows, key=lambda row: row["due_at"]["S"])[:limit]
        keys = [(row["pk"]["S"], row["sk"]["S"]) for row in first]
        found = [reminder_of(item) for item in ReminderItem.batch_get(keys, consistent_read=True)]
        due = [each for each in found if each.state is ReminderState.WAITING and each.due_at <= now]
        return sorted(due, key=lambda each: (each.due_at, each.booking_id, each.number))

    def _listed(self, shard: int, now: datetime, limit: int) -> list[dict[str, Any]]:
        # Not through the model: it would filter by kind, which an index of keys does not have.
        rows: list[dict[str, Any]] = self._connection.query(
            SchedulingTable.Meta.table_name,
            reminder_list(shard),
            range_key_condition=ReminderItem.due_at <= iso(now),
            index_name="by_due",
            limit=limit,
        )["Items"]
        return rows

    def settle(self, reminder: PlannedReminder) -> bool:
        """Store what became of a waiting reminder.

        False when it does not wait any more, or is not the one of this sequence and time.
        """
        item = reminder_item(reminder)
        waits = ReminderItem.state == ReminderState.WAITING.value
        same = (ReminderItem.sequence == reminder.sequence) & (
            ReminderItem.planned_at == iso(reminder.due_at)
        )
        return done(lambda: item.save(waits & same))


def _write_reminders(transaction: TransactWrite, write: BookingWrite) -> None:
    """Put the reminders in place of the former ones."""
    if write.reminders is None:
        return
    for reminder in write.reminders:
        transaction.save(reminder_item(reminder))
    kept = {reminder.number for reminder in write.reminders}
    for number in set(range(write.former_reminders)) - kept:
        transaction.delete(ReminderItem(*reminder_key(write.booking.id, number)))


def _position(place: BookingPlaceItem) -> str:
    return f"{place.start}#{place.sk.removeprefix('BOOKING#')}"
