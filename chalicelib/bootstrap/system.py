"""What the system itself works with, each part built when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.bootstrap import Container
    from chalicelib.kernel.clock import Clock
    from chalicelib.system.adapters.repository.requests import RequestRepository
    from chalicelib.system.domain.destinations import Network
    from chalicelib.system.domain.settings import StackLimits
    from chalicelib.system.domain.users import UserPool
    from chalicelib.system.ports.audit import AuditLog
    from chalicelib.system.ports.events import Bus
    from chalicelib.system.ports.failures import Causes, FailedWorkBook, WorkQueues
    from chalicelib.system.ports.fetching import Fetcher
    from chalicelib.system.ports.limits import Counters
    from chalicelib.system.ports.news import NewsQueue
    from chalicelib.system.ports.settings import SettingsBook
    from chalicelib.system.ports.tokens import Tokens
    from chalicelib.system.ports.users import Directory
    from chalicelib.system.ports.webhooks import Deliveries, Sender, Webhooks


class System:
    """What the system itself works with."""

    def __init__(self, root: Container) -> None:
        from chalicelib.system.adapters import tables

        self._connection = tables.bind(root.settings.system_table)
        self._root = root
        self.clock: Clock = root.clock

    @cached_property
    def counters(self) -> Counters:
        """Counted requests."""
        from chalicelib.system.adapters.repository.counters import CounterRepository

        return CounterRepository()

    def new_request_store(self) -> RequestRepository:
        """Make the storage of one repeated request."""
        from chalicelib.system.adapters.repository.requests import RequestRepository

        return RequestRepository(self.clock)

    @cached_property
    def user_pool(self) -> UserPool | None:
        """The user pool whose people may use the API, if there is one."""
        from chalicelib.system.domain.users import UserPool

        settings = self._root.settings
        pool, client = settings.cognito_user_pool_id, settings.cognito_client_id
        return UserPool(pool, client) if pool and client else None

    @cached_property
    def directory(self) -> Directory:
        """The keeper of people."""
        from chalicelib.system.adapters.cognito import CognitoDirectory

        return CognitoDirectory(self._root.client("cognito-idp"))

    @cached_property
    def failures(self) -> FailedWorkBook:
        """Stored failed work."""
        from chalicelib.system.adapters.repository.failures import FailedWorkRepository

        return FailedWorkRepository(self._connection)

    @cached_property
    def causes(self) -> Causes:
        """Stored causes of failures."""
        from chalicelib.system.adapters.repository.failures import CauseRepository

        return CauseRepository()

    @cached_property
    def work_queues(self) -> WorkQueues:
        """The queues that failed work goes back to."""
        from chalicelib.system.adapters.work_queues import SqsWorkQueues

        return SqsWorkQueues(self._root.client("sqs"), self._root.settings.queue_urls)

    @cached_property
    def tokens(self) -> Tokens:
        """Stored tokens."""
        from chalicelib.system.adapters.repository.tokens import TokenRepository

        return TokenRepository(self._connection)

    @cached_property
    def settings(self) -> SettingsBook:
        """Stored settings and their history."""
        from chalicelib.system.adapters.repository.settings import SettingsRepository

        return SettingsRepository(self._connection)

    @cached_property
    def stack(self) -> StackLimits:
        """What the deployment says of dialing."""
        from chalicelib.system.domain.settings import DayHours, StackLimits

        settings = self._root.settings
        start, _, end = settings.calling_hours.partition("-")
        return StackLimits(settings.allowed_countries, settings.dialing_enabled, DayHours(start, end))

    @cached_property
    def webhooks(self) -> Webhooks:
        """Stored webhooks."""
        from chalicelib.system.adapters.repository.webhooks import WebhookRepository

        return WebhookRepository(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """Stored deliveries."""
        from chalicelib.system.adapters.repository.webhooks import DeliveryRepository

        return DeliveryRepository(self._connection)

    @cached_property
    def sender(self) -> Sender:
        """The way to receivers."""
        from chalicelib.system.adapters.sender import HttpSender

        return HttpSender(self.clock)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The way to files of others."""
        from chalicelib.system.adapters.fetcher import HttpFetcher

        return HttpFetcher()

    @property
    def resolve(self) -> Callable[[str], tuple[str, ...]]:
        """How hosts are looked up."""
        from chalicelib.system.adapters.resolver import resolve

        return resolve

    @cached_property
    def allowed_networks(self) -> tuple[Network, ...]:
        """Networks that webhooks may reach although they are not public."""
        from chalicelib.system.domain.destinations import parse_networks

        return parse_networks(self._root.settings.webhook_allowed_networks)

    @cached_property
    def audit(self) -> AuditLog:
        """The audit log."""
        from chalicelib.system.adapters.repository.audit import AuditRepository

        return AuditRepository()

    @cached_property
    def bus(self) -> Bus:
        """The event bus."""
        from chalicelib.system.adapters.bus import EventBridgeBus

        return EventBridgeBus(self._root.client("events"), self._root.settings.event_bus_name, self.clock)

    @cached_property
    def news(self) -> NewsQueue:
        """The queue of news."""
        from chalicelib.system.adapters.queues import SqsNews

        return SqsNews(self._root.client("sqs"), self._root.settings.news_queue_url)
