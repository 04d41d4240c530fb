"""The system's ports in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fakes.failures import FakeCauses, FakeFailedWork, FakeWorkQueues
from fakes.news import FakeAuditLog, FakeBus
from fakes.requests import FakeCounters, FakeRequests
from fakes.settings import FakeSettings
from fakes.tokens import FakeTokens
from fakes.users import FakeDirectory
from fakes.webhooks import FakeDeliveries, FakeHosts, FakeNews, FakeReceivers, FakeWebhooks

from chalicelib.system.domain.settings import DayHours, StackLimits

if TYPE_CHECKING:
    from fakes.requests import FakeRequestStore

    from chalicelib.kernel.clock import Clock
    from chalicelib.system.domain.destinations import Network
    from chalicelib.system.domain.users import UserPool


ANY_HOUR = StackLimits(calling_hours=DayHours("00:00", "24:00"))


@dataclass
class FakeSystem:
    """Everything that the system's use cases work with, in memory."""

    clock: Clock
    tokens: FakeTokens = field(default_factory=FakeTokens)
    settings: FakeSettings = field(default_factory=FakeSettings)
    stack: StackLimits = field(default_factory=StackLimits)
    counters: FakeCounters = field(default_factory=FakeCounters)
    requests: FakeRequests = field(default_factory=FakeRequests)
    failures: FakeFailedWork = field(default_factory=FakeFailedWork)
    causes: FakeCauses = field(default_factory=FakeCauses)
    work_queues: FakeWorkQueues = field(default_factory=FakeWorkQueues)
    user_pool: UserPool | None = None
    directory: FakeDirectory = field(default_factory=FakeDirectory)

    webhooks: FakeWebhooks = field(default_factory=FakeWebhooks)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    sender: FakeReceivers = field(default_factory=FakeReceivers)
    resolve: FakeHosts = field(default_factory=FakeHosts)
    allowed_networks: tuple[Network, ...] = ()
    news: FakeNews = field(default_factory=FakeNews)
    audit: FakeAuditLog = field(default_factory=FakeAuditLog)
    bus: FakeBus = field(default_factory=FakeBus)

    def new_request_store(self) -> FakeRequestStore:
        """Make the storage of one repeated request."""
        return self.requests.store(self.clock)
