"""Places that keep webhooks and their deliveries, and the ways to reach a receiver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.system.ports.settings import SettingsPorts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.kernel.paging import Page
    from chalicelib.system.domain.deliveries import Answer, Delivery, DeliveryState, Letter
    from chalicelib.system.domain.destinations import Destination, Network
    from chalicelib.system.domain.health import Health
    from chalicelib.system.domain.webhooks import Secrets, Webhook
    from chalicelib.system.ports.news import NewsQueue


class Webhooks(Protocol):
    """Where webhooks are kept, their secrets apart from them."""

    def add(self, webhook: Webhook, secrets: Secrets) -> bool:
        """Keep a new webhook with its secrets, both or neither; False when the id exists already."""

    def get(self, webhook_id: str) -> Webhook | None:
        """Give a webhook, consistently, also a deleted one; None when there is no such id."""

    def secrets(self, webhook_id: str) -> Secrets | None:
        """Give what its messages are signed with, consistently; None when it is deleted or unknown."""

    def save(self, webhook: Webhook, secrets: Secrets | None = None) -> bool:
        """Keep a webhook that was read at this version, with new secrets if given; False if it has changed.

        The stored version becomes one higher. A deleted webhook loses its secrets.
        """

    def all(self) -> list[Webhook]:
        """Give every webhook that is not deleted, consistently; there are few."""

    def kept(self) -> list[str]:
        """Give the ids of all webhooks, deleted ones too as long as they are kept, in order."""

    def page(self, size: int, start: str | None) -> Page[Webhook]:
        """Give webhooks that are not deleted, the newest first, from after the id `start`."""

    def reach(self, webhook_id: str) -> tuple[Secrets | None, Health]:
        """Give what a try needs, consistently, in one request: see `secrets` and `health`."""

    def health(self, webhook_id: str) -> Health:
        """Give what is known of its receiver, consistently."""

    def healths(self, webhook_ids: Sequence[str]) -> dict[str, Health]:
        """Give what was known of these receivers, at most 50, a moment ago, in one request."""

    def set_health(self, webhook_id: str, health: Health, known: Health | None = None) -> bool:
        """Keep what is known of its receiver; False if it is no longer what was `known`, when given."""


class Deliveries(Protocol):
    """Where deliveries are kept for a while; what is stored decides, messages only wake."""

    def add(self, delivery: Delivery) -> bool:
        """Keep a new delivery; False when it is there already."""

    def get(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Give a delivery, consistently."""

    def save(self, delivery: Delivery) -> bool:
        """Keep a delivery that was read at this version; False if it has changed.

        The stored version becomes one higher.
        """

    def page(
        self, webhook_id: str, state: DeliveryState | None, size: int, start: str | None
    ) -> Page[Delivery]:
        """Give deliveries, those of the newest events first, from after the id `start`.

        A page looks at a bounded number of deliveries: with a `state` it may be short, and more may follow.
        """

    def remove(self, webhook_id: str, delivery_id: str) -> None:
        """Forget a delivery, whatever its state."""

    def due(self, now: datetime, limit: int) -> list[tuple[str, str]]:
        """Give webhook id and delivery id of what somebody must look at, the longest due first."""


class Sender(Protocol):
    """Posts to receivers."""

    def send(self, destination: Destination, addresses: tuple[str, ...], letter: Letter) -> Answer:
        """Sign and post a letter to one of these very addresses, within ten seconds.

        Whatever a receiver does is an answer, never an exception.
        """


class AddressPorts(Protocol):
    """What tells whether an address may be reached."""

    @property
    def resolve(self) -> Callable[[str], tuple[str, ...]]:
        """All addresses of a host, none when it has none or nobody answers in time."""

    @property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Networks that may be reached although they are not public."""


class WebhookPorts(SettingsPorts, AddressPorts, Protocol):
    """What the use cases of webhooks work with; the settings tell how long deliveries are kept."""

    @property
    def webhooks(self) -> Webhooks:
        """Kept webhooks."""

    @property
    def deliveries(self) -> Deliveries:
        """Kept deliveries."""

    @property
    def sender(self) -> Sender:
        """The way to receivers."""

    @property
    def news(self) -> NewsQueue:
        """The queue that wakes workers."""
