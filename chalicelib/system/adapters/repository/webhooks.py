"""Webhooks and their deliveries in DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import from_iso, iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.system.adapters.repository import webhook_codec as codec
from chalicelib.system.adapters.tables import (
    DeliveryItem,
    SystemTable,
    WebhookHealthItem,
    WebhookItem,
    WebhookSecretItem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pynamodb.connection import Connection
    from pynamodb.expressions.condition import Condition

    from chalicelib.system.domain.deliveries import Delivery, DeliveryState
    from chalicelib.system.domain.webhooks import Secrets, Webhook

# How many deliveries one page looks at, at most, while it seeks those in a state.
_EXAMINED = 1000


@unavailable_on(PynamoDBException)
class WebhookRepository:
    """Webhooks, on the connection of their table; implements `Webhooks`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, webhook: Webhook, secrets: Secrets) -> bool:
        """Keep a new webhook with its secrets, both or neither; False when the id exists already."""
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(codec.webhook_item(webhook), condition=WebhookItem.pk.does_not_exist())
                transaction.save(codec.secrets_item(webhook.id, secrets))
        except TransactWriteError as error:
            return _lost(error)
        return True

    def get(self, webhook_id: str) -> Webhook | None:
        """Give a webhook, consistently, also a deleted one."""
        try:
            key = codec.webhook_key(webhook_id)
            return codec.webhook_of(WebhookItem.get(codec.WEBHOOKS, key, consistent_read=True))
        except DoesNotExist:
            return None

    def secrets(self, webhook_id: str) -> Secrets | None:
        """Give what its messages are signed with, consistently."""
        try:
            key = codec.webhook_key(webhook_id)
            return codec.secrets_of(WebhookSecretItem.get(key, "SECRET", consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, webhook: Webhook, secrets: Secrets | None = None) -> bool:
        """Keep a webhook that was read at this version, and its secrets; False if it has changed."""
        item = codec.webhook_item(replace(webhook, version=webhook.version + 1))
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=WebhookItem.version == webhook.version)
                if secrets is not None:
                    transaction.save(codec.secrets_item(webhook.id, secrets))
                elif webhook.deleted_at is not None:
                    transaction.delete(WebhookSecretItem(codec.webhook_key(webhook.id), "SECRET"))
        except TransactWriteError as error:
            return _lost(error)
        return True

    def all(self) -> list[Webhook]:
        """Give every webhook that is not deleted, consistently."""
        items = WebhookItem.query(
            codec.WEBHOOKS,
            WebhookItem.sk.startswith("WEBHOOK#"),
            WebhookItem.deleted_at.does_not_exist(),
            consistent_read=True,
        )
        return [codec.webhook_of(item) for item in items]

    def page(self, size: int, start: str | None) -> Page[Webhook]:
        """Give webhooks that are not deleted, the newest first."""
        items = WebhookItem.query(
            codec.WEBHOOKS,
            WebhookItem.sk < codec.webhook_key(start) if start else WebhookItem.sk.startswith("WEBHOOK#"),
            WebhookItem.deleted_at.does_not_exist(),
            consistent_read=True,
            scan_index_forward=False,
            limit=size + 1,
        )
        found = [codec.webhook_of(item) for item in items]
        return Page(found[:size], found[size - 1].id if len(found) > size else None)

    def note_success(self, webhook_id: str, at: datetime) -> None:
        """Remember when something last arrived."""
        WebhookHealthItem(codec.webhook_key(webhook_id), "HEALTH", last_success_at=iso(at)).save()

    def last_success(self, webhook_id: str) -> datetime | None:
        """Tell when something last arrived."""
        try:
            health = WebhookHealthItem.get(codec.webhook_key(webhook_id), "HEALTH", consistent_read=True)
            return from_iso(health.last_success_at)
        except DoesNotExist:
            return None


@unavailable_on(PynamoDBException)
class DeliveryRepository:
    """Deliveries, on the connection of their table; implements `Deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False when it is there already."""
        return _put(codec.delivery_item(delivery), DeliveryItem.pk.does_not_exist())

    def get(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Give a delivery, consistently."""
        hash_key, range_key = codec.webhook_key(webhook_id), codec.delivery_key(delivery_id)
        try:
            return codec.delivery_of(DeliveryItem.get(hash_key, range_key, consistent_read=True))
        except DoesNotExist:
            return None

    def save(self, delivery: Delivery) -> bool:
        """Keep a delivery that was read at this version; False if it has changed."""
        item = codec.delivery_item(replace(delivery, version=delivery.version + 1))
        return _put(item, DeliveryItem.version == delivery.version)

    def page(
        self, webhook_id: str, state: DeliveryState | None, size: int, start: str | None
    ) -> Page[Delivery]:
        """Give deliveries, those of the newest events first; looks at 1,000 of them at most."""
        found: list[Delivery] = []
        last = ""
        for examined, item in enumerate(self._before(webhook_id, start)):
            fits = state in (None, item.state)
            if examined == _EXAMINED or (fits and len(found) == size):
                return Page(found, last)
            if fits:
                found.append(codec.delivery_of(item))
            last = item.sk.removeprefix("DELIVERY#")
        return Page(found)

    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Give ids of webhook and delivery of what somebody must look at by `now`, the longest due first."""
        found = [key for shard in range(codec.DUE_SHARDS) for key in self._due_in(shard, now, limit)]
        return [(webhook_id, delivery_id) for _, webhook_id, delivery_id in sorted(found)[:limit]]

    def _before(self, webhook_id: str, start: str | None) -> Iterable[DeliveryItem]:
        # "DELIVERY#" and the character after "#" bound the range from below and from above.
        upper = codec.delivery_key(start) if start else "DELIVERY$"
        rows = DeliveryItem.query(
            codec.webhook_key(webhook_id),
            DeliveryItem.sk.between("DELIVERY#", upper),
            consistent_read=True,
            scan_index_forward=False,
            limit=_EXAMINED + 2,
            page_size=100,
        )
        return (item for item in rows if item.sk != upper)

    def _due_in(self, shard: int, now: datetime, limit: int) -> list[tuple[str, str, str]]:
        # Not through the model: it filters by kind, and an index of keys only has no kind to filter by.
        page = self._connection.query(
            SystemTable.Meta.table_name,
            f"DUE#{shard}",
            range_key_condition=DeliveryItem.due_at <= iso(now),
            index_name="by_due_time",
            limit=limit,
        )
        return [
            (
                item["due_at"]["S"],
                item["pk"]["S"].removeprefix("WEBHOOK#"),
                item["sk"]["S"].removeprefix("DELIVERY#"),
            )
            for item in page["Items"]
        ]


def _put(item: DeliveryItem, condition: Condition) -> bool:
    try:
        item.save(condition)
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _lost(error: TransactWriteError) -> bool:
    """Give False for a race that somebody else won; raise what is anything else."""
    if not any(reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons):
        raise error
    return False
