"""Webhooks and their deliveries in DynamoDB."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pynamodb.exceptions import DoesNotExist, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.clock import iso
from chalicelib.kernel.errors import unavailable_on
from chalicelib.kernel.paging import Page
from chalicelib.kernel.storage_errors import response_code
from chalicelib.system.adapters.repository import webhook_codec as codec
from chalicelib.system.adapters.tables import (
    DeliveryItem,
    SystemTable,
    WebhookHealthItem,
    WebhookItem,
    WebhookSecretItem,
)
from chalicelib.system.domain.health import Health

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pynamodb.attributes import UnicodeAttribute
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

    def kept(self) -> list[str]:
        """Give the ids of all webhooks, deleted ones too as long as they are kept, in order."""
        items = WebhookItem.query(codec.WEBHOOKS, WebhookItem.sk.startswith("WEBHOOK#"), consistent_read=True)
        return [item.sk.removeprefix("WEBHOOK#") for item in items]

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

    def reach(self, webhook_id: str) -> tuple[Secrets | None, Health]:
        """Give what a try needs in one request: its secrets, and whether its receiver answers."""
        key = codec.webhook_key(webhook_id)
        secrets, health = None, Health()
        for item in SystemTable.batch_get([(key, "SECRET"), (key, "HEALTH")], consistent_read=True):
            if isinstance(item, WebhookSecretItem):
                secrets = codec.secrets_of(item)
            elif isinstance(item, WebhookHealthItem):
                health = codec.health_of(item)
        return secrets, health

    def health(self, webhook_id: str) -> Health:
        """Give what is known of its receiver, consistently."""
        try:
            key = codec.webhook_key(webhook_id)
            return codec.health_of(WebhookHealthItem.get(key, "HEALTH", consistent_read=True))
        except DoesNotExist:
            return Health()

    def healths(self, webhook_ids: Sequence[str]) -> dict[str, Health]:
        """Give what was known of these receivers a moment ago, in one request."""
        keys = [(codec.webhook_key(each), "HEALTH") for each in webhook_ids]
        found = {item.pk: codec.health_of(item) for item in WebhookHealthItem.batch_get(keys)}
        return {each: found.get(codec.webhook_key(each), Health()) for each in webhook_ids}

    def set_health(self, webhook_id: str, health: Health, known: Health | None = None) -> bool:
        """Keep what is known of its receiver; False if it is no longer what was `known`, when given."""
        item = codec.health_item(webhook_id, health)
        return _put(item, _health_is(codec.health_item(webhook_id, known)) if known else None)


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

    def remove(self, webhook_id: str, delivery_id: str) -> None:
        """Forget a delivery, whatever its state."""
        DeliveryItem(codec.webhook_key(webhook_id), codec.delivery_key(delivery_id)).delete()

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


def _health_is(known: WebhookHealthItem) -> Condition:
    success = _is(WebhookHealthItem.last_success_at, known.last_success_at)
    same: Condition = success & _is(WebhookHealthItem.put_off_until, known.put_off_until)
    return same


def _is(attribute: UnicodeAttribute, value: str | None) -> Condition:
    same: Condition = (attribute == value) if value else attribute.does_not_exist()
    return same


def _put(item: SystemTable, condition: Condition | None) -> bool:
    try:
        item.save(condition)
    except PutError as error:
        if response_code(error) == "ConditionalCheckFailedException":
            return False
        raise
    return True


def _lost(error: TransactWriteError) -> bool:
    """Give False for a race that somebody else won; raise what is anything else."""
    if not any(reason and reason.code == "ConditionalCheckFailed" for reason in error.cancellation_reasons):
        raise error
    return False
