"""Text messages in the threads of their contacts, and the commitment to send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.calls.adapters.repository import message_codec as codec
from chalicelib.calls.adapters.repository.writes import indexed, put_if
from chalicelib.calls.adapters.tables import CallsTable, MessageItem, MessagePlaceItem, NumberItem
from chalicelib.calls.domain.messages import Place
from chalicelib.calls.domain.texting import MAX_A_DAY, day_of
from chalicelib.calls.ports.messages import SendCommit
from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import Conflict, NotFound, unavailable_on
from chalicelib.kernel.paging import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.calls.domain.messages import Message

_MAX_TRIES = 10
_REFUSED = "ConditionalCheckFailed"
_FREE = NumberItem.suppressed_at.does_not_exist()
_LAST = ":"  # after every instant that is written as text


@unavailable_on(PynamoDBException)
class MessageRepository:
    """Stored text messages; implements `MessageBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, message: Message) -> bool:
        """Store a new message; False when this id was stored before, also if it was deleted since."""
        there = MessagePlaceItem(
            *codec.place_key(message.id), thread_id=message.contact_id, created_at=iso(message.created_at)
        )
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(there, condition=MessagePlaceItem.pk.does_not_exist())
                transaction.save(codec.message_item(replace(message, version=1)))
        except TransactWriteError:
            if self.place_of(message.id) is None:
                raise
            return False
        return True

    def place_of(self, message_id: str) -> Place | None:
        """Tell, consistently, where a message is or was stored."""
        try:
            item = MessagePlaceItem.get(*codec.place_key(message_id), consistent_read=True)
        except MessagePlaceItem.DoesNotExist:
            return None
        return Place(item.thread_id, from_iso(item.created_at), message_id)

    def get(self, place: Place) -> Message | None:
        """Give a message, consistently."""
        try:
            return codec.message_of(MessageItem.get(*codec.message_key(place), consistent_read=True))
        except MessageItem.DoesNotExist:
            return None

    def change(self, place: Place, how: Callable[[Message], Message]) -> tuple[Message, Message]:
        """Apply `how` to the newest state, again when somebody was faster; give old and new."""
        for _ in range(_MAX_TRIES):
            old = self.get(place)
            if old is None:
                raise NotFound("There is no such message.", code="message_not_found")
            new = how(old)
            if new == old:
                return old, old
            new = replace(new, version=old.version + 1)
            if put_if(codec.message_item(new), MessageItem.version == old.version):
                return old, new
        raise Conflict("The message changes too fast.", code="message_changed")

    def commit_send(self, message: Message) -> SendCommit:
        """Commit to send in one transaction; `message` is the state read before, already committed.

        The number's row counts the first commitment to each message: as the first one of a new day, or as one
        more of this day.
        """
        if message.commits > 1:
            return self._commit(message, _FREE, [])
        day = day_of(message.asked_at or message.created_at)
        is_new = NumberItem.texts_day.does_not_exist() | (NumberItem.texts_day < day)
        result = self._commit(message, _FREE & is_new, _counting(day, NumberItem.texts.set(1)))
        if result is not SendCommit.NUMBER_SUPPRESSED:
            return result
        more = (NumberItem.texts_day == day) & (NumberItem.texts < MAX_A_DAY)
        one_more = NumberItem.texts.set(NumberItem.texts + 1)
        result = self._commit(message, _FREE & more, _counting(day, one_more))
        if result is SendCommit.NUMBER_SUPPRESSED and not self._is_suppressed(message):
            return SendCommit.TOO_MANY
        return result

    def _commit(self, message: Message, free: Condition, counting: list[Action]) -> SendCommit:
        committed = codec.message_item(replace(message, version=message.version + 1))
        number = _number_key(message)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(committed, condition=MessageItem.version == message.version)
                if counting:
                    transaction.update(NumberItem(*number), actions=counting, condition=free)
                else:
                    transaction.condition_check(NumberItem, *number, condition=free)
        except TransactWriteError as error:
            return _why(error, number_first=not counting)
        return SendCommit.DONE

    def _is_suppressed(self, message: Message) -> bool:
        try:
            item = NumberItem.get(*_number_key(message), consistent_read=True)
        except NumberItem.DoesNotExist:
            return False
        return item.suppressed_at is not None

    def waiting(self, now: datetime, limit: int) -> list[Place]:
        """Give messages that wait to be sent and are due by `now`, the longest due first."""
        return self._by_due_time(codec.WAITING, now, limit)

    def silent(self, now: datetime, limit: int) -> list[Place]:
        """Give messages that were asked for and that somebody must look at by `now`."""
        return self._by_due_time(codec.SILENT, now, limit)

    def _by_due_time(self, kind: str, now: datetime, limit: int) -> list[Place]:
        condition = MessageItem.due_at <= iso(now)
        rows = [
            row
            for shard in range(codec.SHARDS)
            for row in self._index("by_due_time", f"{kind}#{shard}", condition, limit)
        ]
        rows.sort(key=lambda row: str(row["due_at"]["S"]))
        return [_place(row) for row in rows[:limit]]

    def _index(self, index: str, key: str, condition: Any, limit: int) -> list[dict[str, Any]]:
        page = indexed(self._connection, index, key, condition, limit=limit)
        found: list[dict[str, Any]] = page["Items"]
        return found

    def thread(self, contact_ids: Sequence[str], limit: int, start: str | None) -> Page[Message]:
        """Give up to `limit` messages with these contacts, newest first, after `start`."""
        found = [message for each in contact_ids for message in self._newest(each, limit + 1, start)]
        found.sort(key=lambda message: message.place.position, reverse=True)
        more = found[limit - 1].place.position if len(found) > limit else None
        return Page(found[:limit], more)

    def _newest(self, contact_id: str, limit: int, start: str | None) -> Iterable[Message]:
        items = MessageItem.query(
            codec.thread_key(contact_id),
            MessageItem.sk < f"MESSAGE#{start or _LAST}",
            scan_index_forward=False,
            limit=limit,
            consistent_read=True,
        )
        return map(codec.message_of, items)

    def erase(self, contact_ids: Sequence[str], limit: int) -> bool:
        """Delete up to `limit` messages with these contacts; tell whether there may be more."""
        found = [message for each in contact_ids for message in self._newest(each, limit, None)]
        self._delete([message.place for message in found[:limit]])
        return len(found) >= limit

    def _delete(self, places: Iterable[Place]) -> None:
        with CallsTable.batch_write() as batch:
            for place in places:
                batch.delete(CallsTable(*codec.message_key(place)))


def _place(row: dict[str, Any]) -> Place:
    contact_id = row["pk"]["S"].removeprefix("THREAD#")
    return Place.read(contact_id, row["sk"]["S"].removeprefix("MESSAGE#"))


def _number_key(message: Message) -> tuple[str, str]:
    return f"NUMBER#{message.number}", "NUMBER"


def _counting(day: str, count: Action) -> list[Action]:
    # An update that makes the row says not what it is.
    return [NumberItem.texts_day.set(day), count, NumberItem.kind.set(NumberItem)]


def _why(error: TransactWriteError, *, number_first: bool) -> SendCommit:
    """Read which condition failed: PynamoDB sends checks before writes, and puts before updates.

    A collision with another transaction is as if the message had changed.
    """
    reasons = [reason.code if reason else None for reason in error.cancellation_reasons]
    if not reasons:
        raise error
    number, message = reasons if number_first else reversed(reasons)
    if number == _REFUSED and message in (None, "None"):
        return SendCommit.NUMBER_SUPPRESSED
    return SendCommit.MESSAGE_CHANGED
