"""Turns of calls and whose socket is whose."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, UpdateError

from chalicelib.calls.adapters.repository import codec
from chalicelib.calls.adapters.tables import ConnectionItem, TurnItem
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.storage_errors import response_code

if TYPE_CHECKING:
    from pynamodb.attributes import Attribute
    from pynamodb.expressions.update import Action

    from chalicelib.calls.domain.turns import Turn
    from chalicelib.kernel.clock import Clock

# API Gateway closes a WebSocket after two hours.
_CONNECTION_LIFE = timedelta(hours=3)


@unavailable_on(PynamoDBException)
class TurnRepository:
    """Stored turns; one write opens a turn, one closes it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open(self, call_id: str, turn: Turn) -> bool:
        """Store a new turn; False when this number is taken."""
        try:
            codec.turn_item(call_id, turn).save(TurnItem.pk.does_not_exist())
        except PutError as error:
            if response_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def close(self, call_id: str, turn: Turn) -> None:
        """Store what was answered; never touches what was heard, nor a turn that was erased or masked."""
        item = TurnItem(codec.call_key(call_id), codec.turn_key(turn.number))
        actions: list[Action] = [
            TurnItem.answer.set(turn.answer or ""),
            TurnItem.end.set(turn.end.value if turn.end else ""),
            TurnItem.reason.set(turn.reason),
            TurnItem.usage.set(asdict(turn.usage)),
            TurnItem.timing.set(asdict(turn.timing)),
        ]
        actions.extend(attribute.set(value) for attribute, value in _optional(turn) if value)
        try:
            item.update(actions=actions, condition=TurnItem.pk.exists() & TurnItem.is_masked.does_not_exist())
        except UpdateError as error:
            if response_code(error) != "ConditionalCheckFailedException":
                raise

    def mask(self, call_id: str, turn: Turn) -> None:
        """Store a turn's words as they are given, for good. A turn that was erased stays away."""
        item = TurnItem(codec.call_key(call_id), codec.turn_key(turn.number))
        actions: list[Action] = [TurnItem.is_masked.set(True), TurnItem.said.set(turn.said)]
        if turn.answer is not None:
            actions.append(TurnItem.answer.set(turn.answer))
        if turn.corrected:
            actions.append(TurnItem.corrected.set(list(turn.corrected)))
        if turn.heard is not None:
            actions.append(TurnItem.heard.set(turn.heard))
        if turn.tools:
            actions.append(TurnItem.tools.set(codec.tools_stored(turn.tools)))
        try:
            item.update(actions=actions, condition=TurnItem.pk.exists())
        except UpdateError as error:
            if response_code(error) != "ConditionalCheckFailedException":
                raise

    def since(self, call_id: str, number: int) -> tuple[Turn, ...]:
        """Give the turns from this number on, in order, in one consistent query."""
        from_there_on = TurnItem.sk.between(codec.turn_key(number), "TURN#9999")
        items = TurnItem.query(codec.call_key(call_id), from_there_on, consistent_read=True)
        return tuple(map(codec.turn_of, items))

    def resume(self, call_id: str, number: int) -> bool:
        """Take it on to answer the rest of a turn; False when somebody has."""
        item = TurnItem(codec.call_key(call_id), codec.turn_key(number))
        condition = TurnItem.pk.exists() & TurnItem.is_resumed.does_not_exist()
        try:
            item.update(actions=[TurnItem.is_resumed.set(True)], condition=condition)
        except UpdateError as error:
            if response_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def interrupt(self, call_id: str, number: int, heard: str) -> None:
        """Store how far the agent was heard; the first interruption of a turn stands."""
        item = TurnItem(codec.call_key(call_id), codec.turn_key(number))
        try:
            item.update(
                actions=[TurnItem.interrupted.set(True), TurnItem.heard.set(heard)],
                condition=TurnItem.pk.exists()
                & TurnItem.interrupted.does_not_exist()
                & TurnItem.is_masked.does_not_exist(),
            )
        except UpdateError as error:
            if response_code(error) != "ConditionalCheckFailedException":
                raise

    def holds(self, call_id: str, number: int) -> bool:
        """Tell, consistently, whether this turn is the newest and was not talked over."""
        since = TurnItem.sk.between(codec.turn_key(number), "TURN#9999")
        newest = list(TurnItem.query(codec.call_key(call_id), since, consistent_read=True, limit=2))
        return len(newest) == 1 and not newest[0].interrupted

    def bind(self, connection_id: str, call_id: str) -> None:
        """Remember whose socket this is, until it cannot be open any more."""
        expires = self._clock.now() + _CONNECTION_LIFE
        ConnectionItem(
            f"CONNECTION#{connection_id}", "CONNECTION", call_id=call_id, expires_at=int(expires.timestamp())
        ).save()

    def call_of(self, connection_id: str) -> str | None:
        """Give the call of a socket."""
        try:
            return ConnectionItem.get(
                f"CONNECTION#{connection_id}", "CONNECTION", consistent_read=True
            ).call_id
        except DoesNotExist:
            return None


def _optional(turn: Turn) -> tuple[tuple[Attribute[Any], Any], ...]:
    """Give what most turns have none of; an empty value is not stored."""
    return (
        (TurnItem.corrected, list(turn.corrected)),
        (TurnItem.asked, [asdict(use) for use in turn.asked]),
        (TurnItem.sentiment, turn.sentiment and turn.sentiment.value),
        (TurnItem.intent, turn.intent),
        (TurnItem.filler, turn.filler),
        (TurnItem.tools, codec.tools_stored(turn.tools)),
    )
