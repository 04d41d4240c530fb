"""Chats in the ai table: claimed for one turn at a time, listed by month and by contact."""

from __future__ import annotations

import heapq
from dataclasses import asdict
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib.ai.adapters.repository import chat_codec as codec
from chalicelib.ai.adapters.tables import AiTable, ChatBriefItem, ChatItem, ChatPlaceItem, ChatTurnItem
from chalicelib.ai.domain.chats import Chat, place_of
from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition
    from pynamodb.expressions.update import Action

    from chalicelib.ai.domain.chats import ChatHead, ChatTurn
    from chalicelib.ai.domain.tooling import ToolRun

_REFUSED = "ConditionalCheckFailedException"


@unavailable_on(PynamoDBException)
class ChatRepository:
    """Stores and lists chats; implements `ChatBook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, chat: Chat) -> bool:
        """Store a new chat without turns; False when the id exists."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(codec.head_item(chat.head), condition=ChatItem.pk.does_not_exist())
                transaction.save(codec.brief_item(chat))
                for place in codec.place_items(chat.head):
                    transaction.save(place)
        except TransactWriteError as error:
            return _refused(error)
        return True

    def load(self, chat_id: str) -> Chat | None:
        """Give a chat with its turns, in one consistent query; None also when it was deleted."""
        items = list(AiTable.query(codec.chat_key(chat_id), consistent_read=True))
        head = next((item for item in items if isinstance(item, ChatItem)), None)
        brief = next((item for item in items if isinstance(item, ChatBriefItem)), None)
        if head is None or brief is None or head.deleted_at:
            return None
        turns = tuple(codec.turn_of(item) for item in items if isinstance(item, ChatTurnItem))
        return Chat(codec.head_of(head), codec.brief_of(brief), turns)

    def open(self, head: ChatHead, turn: ChatTurn, now: datetime, until: datetime) -> bool:
        """Store the next turn and claim the chat for it; False when it is claimed, over, or further on."""
        item = ChatItem(codec.chat_key(head.id), codec.HEAD)
        free = ChatItem.claimed_until.does_not_exist() | (ChatItem.claimed_until <= iso(now))
        condition = _is_there() & ChatItem.end.does_not_exist() & (ChatItem.turns == turn.number - 1) & free
        claim = [ChatItem.claimed_by.set(turn.id), ChatItem.claimed_until.set(iso(until))]
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(
                    item, actions=[*claim, ChatItem.turns.set(turn.number)], condition=condition
                )
                transaction.save(codec.turn_item(head, turn), condition=ChatTurnItem.pk.does_not_exist())
        except TransactWriteError as error:
            return _refused(error)
        return True

    def retake(self, chat_id: str, turn_id: str, now: datetime, until: datetime) -> bool:
        """Claim the chat again for a turn that broke off; False when its claim holds, or is another's."""
        condition = _is_claimed_by(turn_id) & (ChatItem.claimed_until <= iso(now))
        head = ChatItem(codec.chat_key(chat_id), codec.HEAD)
        try:
            head.update(actions=[ChatItem.claimed_until.set(iso(until))], condition=condition)
        except UpdateError as error:
            return _refused(error)
        return True

    def note(self, chat_id: str, number: int, runs: Sequence[ToolRun]) -> None:
        """Store the actions of a turn so far; of a chat that was deleted nothing is."""
        item = ChatTurnItem(codec.chat_key(chat_id), codec.turn_key(number))
        written = ChatTurnItem.tools.set([asdict(run) for run in runs])
        try:
            item.update(actions=[written], condition=ChatTurnItem.pk.exists())
        except UpdateError as error:
            _refused(error)

    def close(self, chat_id: str, turn: ChatTurn) -> bool:
        """Store an answer and give the chat free; False when it is claimed by another, or was deleted."""
        head = ChatItem(codec.chat_key(chat_id), codec.HEAD)
        item = ChatTurnItem(codec.chat_key(chat_id), codec.turn_key(turn.number))
        freed: list[Action] = [
            ChatItem.claimed_by.remove(),
            ChatItem.claimed_until.remove(),
            ChatItem.updated_at.set(iso(turn.received_at)),
        ]
        if turn.end and turn.is_last:
            freed += [ChatItem.end.set(turn.end.value), ChatItem.reason.set(turn.reason)]
        answered: list[Action] = [
            ChatTurnItem.answer.set(turn.answer or ""),
            ChatTurnItem.end.set(turn.end.value if turn.end else ""),
            ChatTurnItem.reason.set(turn.reason),
            ChatTurnItem.tools.set([asdict(run) for run in turn.tools]),
            ChatTurnItem.corrected.set(list(turn.corrected)),
            ChatTurnItem.asked.set([asdict(use) for use in turn.asked]),
            ChatTurnItem.timing.set({"first_ms": turn.first_ms, "total_ms": turn.total_ms}),
        ]
        if turn.intent:
            answered.append(ChatTurnItem.intent.set(turn.intent))
        if turn.sentiment:
            answered.append(ChatTurnItem.sentiment.set(turn.sentiment.value))
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(head, actions=freed, condition=_is_claimed_by(turn.id))
                transaction.update(item, actions=answered, condition=ChatTurnItem.pk.exists())
        except TransactWriteError as error:
            return _refused(error)
        return True

    def rewrite(self, chat_id: str, turn: ChatTurn) -> None:
        """Put other words in the place of those of a turn, if it is still there."""
        item = ChatTurnItem(codec.chat_key(chat_id), codec.turn_key(turn.number))
        actions: list[Action] = [
            ChatTurnItem.said.set(turn.said),
            ChatTurnItem.tools.set([asdict(run) for run in turn.tools]),
            ChatTurnItem.corrected.set(list(turn.corrected)),
        ]
        if turn.answer is not None:
            actions.append(ChatTurnItem.answer.set(turn.answer))
        try:
            item.update(actions=actions, condition=ChatTurnItem.pk.exists())
        except UpdateError as error:
            _refused(error)

    def page(
        self,
        contact_ids: Sequence[str] | None,
        since: datetime,
        until: datetime,
        limit: int,
        start: str | None,
    ) -> Page[ChatHead]:
        """Give up to `limit` chats begun in this time, newest first, after `start`; a month's query each."""
        high = min(iso(until), start or iso(until))
        if iso(since) >= high:
            return Page([])
        if contact_ids is None:
            places = (
                place
                for month in _months(since, until)
                for place in _places(month, iso(since), high, limit + 1)
            )
        else:
            lists = [_places(codec.contact_key(each), iso(since), high, limit + 1) for each in contact_ids]
            places = heapq.merge(*lists, reverse=True)
        found = list(islice((place for place in places if place != start), limit + 1))
        heads = _heads(found[:limit])
        return Page(heads, found[limit - 1] if len(found) > limit else None)

    def remove(self, head: ChatHead, now: datetime) -> None:
        """Delete a chat with its words: it is marked first, and listed so until all of it has gone."""
        item = ChatItem(codec.chat_key(head.id), codec.HEAD)
        try:
            item.update(actions=[ChatItem.deleted_at.set(iso(now))], condition=ChatItem.pk.exists())
        except UpdateError as error:
            _refused(error)
        rows = list(AiTable.query(codec.chat_key(head.id), consistent_read=True))
        with AiTable.batch_write() as batch:
            for row in rows:
                if not isinstance(row, ChatItem):
                    batch.delete(row)
        with TransactWrite(connection=self._connection) as transaction:
            for row in (item, *codec.place_items(head)):
                transaction.delete(row)


def _is_there() -> Condition:
    there: Condition = ChatItem.pk.exists()
    there &= ChatItem.deleted_at.does_not_exist()
    return there


def _is_claimed_by(turn_id: str) -> Condition:
    claimed: Condition = _is_there()
    claimed &= ChatItem.claimed_by == turn_id
    return claimed


def _refused(error: TransactWriteError | UpdateError) -> bool:
    """Give False where a condition did not hold; raise what was anything else."""
    if isinstance(error, TransactWriteError):
        if not error.cancellation_reasons:
            raise error
    elif response_code(error) != _REFUSED:
        raise error
    return False


def _months(since: datetime, until: datetime) -> Iterator[str]:
    """Give the lists of the months from `until` back to `since`."""
    last, month = codec.month_key(since), until
    while codec.month_key(month) > last:
        yield codec.month_key(month)
        month = month.replace(day=1) - timedelta(days=1)
    yield last


def _places(partition: str, low: str, high: str, limit: int) -> Iterator[str]:
    between = ChatPlaceItem.sk.between(low, high)
    rows = ChatPlaceItem.query(
        partition, between, scan_index_forward=False, page_size=limit, consistent_read=True
    )
    return (row.sk for row in rows)


def _heads(places: Iterable[str]) -> list[ChatHead]:
    """Read heads by their places, in the order of these."""
    keys = [(codec.chat_key(place.partition("#")[2]), codec.HEAD) for place in places]
    items = ChatItem.batch_get(keys, consistent_read=True) if keys else ()
    return sorted(map(codec.head_of, items), key=place_of, reverse=True)
