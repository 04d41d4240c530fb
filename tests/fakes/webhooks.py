"""Webhooks, deliveries and the news queue in memory, and receivers that behave as they are told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.kernel.paging import Page
from chalicelib.system.domain.deliveries import Answer, Delivery, DeliveryState, Letter
from chalicelib.system.domain.health import Health

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from chalicelib.system.domain.destinations import Destination
    from chalicelib.system.domain.webhooks import Secrets, Webhook


class FakeWebhooks:
    """Webhooks in a dict; implements `Webhooks`."""

    def __init__(self) -> None:
        self._webhooks: dict[str, Webhook] = {}
        self._secrets: dict[str, Secrets] = {}
        self._healths: dict[str, Health] = {}
        self._lock = Lock()

    def add(self, webhook: Webhook, secrets: Secrets) -> bool:
        """Keep it once."""
        with self._lock:
            if webhook.id in self._webhooks:
                return False
            self._webhooks[webhook.id], self._secrets[webhook.id] = webhook, secrets
            return True

    def get(self, webhook_id: str) -> Webhook | None:
        """Give it."""
        return self._webhooks.get(webhook_id)

    def secrets(self, webhook_id: str) -> Secrets | None:
        """Give them."""
        return self._secrets.get(webhook_id)

    def save(self, webhook: Webhook, secrets: Secrets | None = None) -> bool:
        """Keep it at its version."""
        with self._lock:
            known = self._webhooks.get(webhook.id)
            if known is None or known.version != webhook.version:
                return False
            self._webhooks[webhook.id] = replace(webhook, version=webhook.version + 1)
            if secrets is not None:
                self._secrets[webhook.id] = secrets
            elif webhook.deleted_at is not None:
                self._secrets.pop(webhook.id, None)
            return True

    def all(self) -> list[Webhook]:
        """Give those that are not deleted."""
        return [webhook for webhook in self._webhooks.values() if webhook.deleted_at is None]

    def kept(self) -> list[str]:
        """Give all ids."""
        return sorted(self._webhooks)

    def page(self, size: int, start: str | None) -> Page[Webhook]:
        """Give the newest first."""
        found = sorted(self.all(), key=lambda webhook: webhook.id, reverse=True)
        rest = [webhook for webhook in found if start is None or webhook.id < start]
        return Page(rest[:size], rest[size - 1].id if len(rest) > size else None)

    def reach(self, webhook_id: str) -> tuple[Secrets | None, Health]:
        """Give both."""
        return self.secrets(webhook_id), self.health(webhook_id)

    def health(self, webhook_id: str) -> Health:
        """Give it."""
        return self._healths.get(webhook_id, Health())

    def healths(self, webhook_ids: Sequence[str]) -> dict[str, Health]:
        """Give them."""
        return {each: self.health(each) for each in webhook_ids}

    def set_health(self, webhook_id: str, health: Health, known: Health | None = None) -> bool:
        """Keep it, on what was known."""
        with self._lock:
            if known is not None and known != self.health(webhook_id):
                return False
            self._healths[webhook_id] = health
            return True


class FakeDeliveries:
    """Deliveries in a dict; implements `Deliveries`."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Delivery] = {}
        self._lock = Lock()

    def add(self, delivery: Delivery) -> bool:
        """Keep it once."""
        key = (delivery.webhook_id, delivery.id)
        with self._lock:
            if key in self._rows:
                return False
            self._rows[key] = delivery
            return True

    def get(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Give it."""
        return self._rows.get((webhook_id, delivery_id))

    def save(self, delivery: Delivery) -> bool:
        """Keep it at its version."""
        key = (delivery.webhook_id, delivery.id)
        with self._lock:
            known = self._rows.get(key)
            if known is None or known.version != delivery.version:
                return False
            self._rows[key] = replace(delivery, version=delivery.version + 1)
            return True

    def page(
        self, webhook_id: str, state: DeliveryState | None, size: int, start: str | None
    ) -> Page[Delivery]:
        """Give those of the newest events first."""
        mine = [row for row in self.all(webhook_id) if state in (None, row.state)]
        rest = [row for row in reversed(mine) if start is None or row.id < start]
        return Page(rest[:size], rest[size - 1].id if len(rest) > size else None)

    def remove(self, webhook_id: str, delivery_id: str) -> None:
        """Forget it."""
        self._rows.pop((webhook_id, delivery_id), None)

    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Give the longest due first."""
        rows = [row for row in self._rows.values() if row.look_at is not None and row.look_at <= now]
        return [(row.webhook_id, row.id) for row in sorted(rows, key=lambda row: row.look_at)][:limit]

    def all(self, webhook_id: str) -> list[Delivery]:
        """Give all of a webhook, by id."""
        return sorted(
            (row for row in self._rows.values() if row.webhook_id == webhook_id), key=lambda row: row.id
        )


@dataclass
class FakeNews:
    """Notes what was sent; implements `NewsQueue`."""

    deliveries: list[tuple[str, str, int]] = field(default_factory=list)
    changes: list[Mapping[str, Any]] = field(default_factory=list)

    def deliver(self, webhook_id: str, delivery_id: str, delay_s: int = 0) -> None:
        """Note it."""
        self.deliveries.append((webhook_id, delivery_id, delay_s))

    def tell_change(self, record: Mapping[str, Any]) -> None:
        """Note it."""
        self.changes.append(record)


@dataclass
class FakeReceivers:
    """Whoever is posted to: answers in turn (the last stays), or as `respond` says. Implements `Sender`."""

    answers: list[Answer] = field(default_factory=lambda: [Answer(200)])
    received: list[Letter] = field(default_factory=list)
    addresses: list[tuple[str, ...]] = field(default_factory=list)
    respond: Callable[[Letter], Answer] | None = None

    def send(self, _destination: Destination, addresses: tuple[str, ...], letter: Letter) -> Answer:
        """Take a letter."""
        self.received.append(letter)
        self.addresses.append(addresses)
        if self.respond is not None:
            return self.respond(letter)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@dataclass
class FakeHosts:
    """Names and their addresses; a name that is not told is at a public address."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __call__(self, host: str) -> tuple[str, ...]:
        """Give all addresses of a host."""
        return self.known.get(host, ("93.184.215.14",))
