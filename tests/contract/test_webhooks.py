"""One suite for the places that keep webhooks and deliveries: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import pytest
from fakes.system import FakeSystem

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository import webhooks as repository
from chalicelib.system.adapters.repository.webhooks import DeliveryRepository, WebhookRepository
from chalicelib.system.domain.deliveries import Answer, Attempt, Delivery, DeliveryState
from chalicelib.system.domain.health import Health
from chalicelib.system.domain.webhooks import DisabledReason, Secrets, Webhook

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
WEBHOOK = Webhook(
    id="webhook_1",
    url="https://example.com/hook",
    event_types=("call.*", "contact.created"),
    created_at=NOW,
    updated_at=NOW + timedelta(milliseconds=1),
    description="CRM",
    enabled=False,
    disabled_reason=DisabledReason.GONE,
    disabled_at=NOW + timedelta(hours=1),
    old_secret_until=NOW + timedelta(hours=2),
)
SECRETS = Secrets("whsec_new", "whsec_old", NOW + timedelta(days=1), "rotation_1")
DELIVERY = Delivery(
    id="delivery_1",
    webhook_id="webhook_1",
    event_id="event_1",
    event_type="call.ended",
    body='{"type":"call.ended","data":{"said":"\u00fc\u2026"}}',
    created_at=NOW,
    keep_until=NOW + timedelta(days=30),
    tries=2,
    attempts=(Attempt(NOW, Answer(500, "", 12, "out of order")), Attempt(NOW, Answer(error="timeout", ms=1))),
    next_at=NOW + timedelta(seconds=5),
    claimed_until=NOW + timedelta(seconds=60),
    begun_at=NOW + timedelta(days=2),
)


@pytest.fixture(params=["memory", "dynamodb"])
def ports(request, system, clock):
    """Give the ports in memory, then on a table."""
    if request.param == "memory":
        return system
    connection = tables.bind(request.getfixturevalue("make_table")("system", "SystemTable"))
    return FakeSystem(
        clock, webhooks=WebhookRepository(connection), deliveries=DeliveryRepository(connection)
    )


@pytest.mark.parametrize("webhook", [WEBHOOK, Webhook("webhook_1", "https://x.example", ("*",), NOW, NOW)])
@pytest.mark.parametrize("secrets", [SECRETS, Secrets("whsec_only")])
def test_a_webhook_is_read_as_it_was_written(ports, webhook, secrets):
    """Every field comes back, and so do the secrets, from a place of their own."""
    assert ports.webhooks.add(webhook, secrets)
    assert ports.webhooks.get("webhook_1") == webhook
    assert ports.webhooks.secrets("webhook_1") == secrets


def test_an_id_is_taken_once(ports):
    """The second webhook of that id is refused, with its secrets."""
    ports.webhooks.add(WEBHOOK, SECRETS)
    assert not ports.webhooks.add(replace(WEBHOOK, url="https://other.example"), Secrets("whsec_other"))
    assert (ports.webhooks.get("webhook_1"), ports.webhooks.secrets("webhook_1")) == (WEBHOOK, SECRETS)


def test_a_webhook_is_saved_at_its_version(ports):
    """The version becomes one higher; whoever read an older one changes nothing."""
    ports.webhooks.add(WEBHOOK, SECRETS)
    assert ports.webhooks.save(replace(WEBHOOK, description="new"))
    assert ports.webhooks.get("webhook_1") == replace(WEBHOOK, description="new", version=2)
    assert not ports.webhooks.save(replace(WEBHOOK, description="stale"), Secrets("whsec_stale"))
    assert ports.webhooks.secrets("webhook_1") == SECRETS
    assert ports.webhooks.save(replace(WEBHOOK, version=2), Secrets("whsec_next"))
    assert ports.webhooks.secrets("webhook_1") == Secrets("whsec_next")


def test_what_was_never_kept_cannot_be_saved(ports):
    """A save changes what is there and makes nothing."""
    assert not ports.webhooks.save(WEBHOOK)
    assert not ports.deliveries.save(DELIVERY)
    assert ports.webhooks.get("webhook_1") is None
    assert ports.deliveries.get("webhook_1", "delivery_1") is None


def test_a_deleted_webhook_keeps_no_secret(ports):
    """It is not listed any more; a row remembers it."""
    ports.webhooks.add(WEBHOOK, SECRETS)
    assert ports.webhooks.save(replace(WEBHOOK, deleted_at=NOW))
    assert ports.webhooks.secrets("webhook_1") is None
    assert ports.webhooks.get("webhook_1").deleted_at == NOW
    assert ports.webhooks.all() == []
    assert ports.webhooks.page(10, None).items == []


def test_webhooks_are_listed_in_pages(ports):
    """The newest first; a deleted one takes no place."""
    for number in range(5):
        ports.webhooks.add(replace(WEBHOOK, id=f"webhook_{number}"), SECRETS)
    ports.webhooks.save(replace(ports.webhooks.get("webhook_3"), deleted_at=NOW))
    assert sorted(webhook.id for webhook in ports.webhooks.all()) == [f"webhook_{n}" for n in (0, 1, 2, 4)]
    first = ports.webhooks.page(2, None)
    assert ([webhook.id for webhook in first.items], first.next_start) == (
        ["webhook_4", "webhook_2"],
        "webhook_2",
    )
    second = ports.webhooks.page(2, first.next_start)
    assert ([webhook.id for webhook in second.items], second.next_start) == (["webhook_1", "webhook_0"], None)


@pytest.mark.parametrize("health", [Health(), Health(NOW), Health(None, NOW), Health(NOW, NOW)])
def test_the_health_of_a_receiver_is_kept(ports, health):
    """It is read alone, with the secrets, and with that of others; of whom nothing is known it is empty."""
    assert ports.webhooks.reach("webhook_1") == (None, Health())
    ports.webhooks.add(WEBHOOK, SECRETS)
    ports.webhooks.set_health("webhook_1", health)
    assert ports.webhooks.health("webhook_1") == health
    assert ports.webhooks.reach("webhook_1") == (SECRETS, health)
    assert ports.webhooks.healths(["webhook_2", "webhook_1"]) == {"webhook_1": health, "webhook_2": Health()}


def test_health_is_set_on_what_was_known(ports):
    """Of many who have seen the same, one sets it; without anything known, it is set at any rate."""
    states = [Health(), Health(NOW), Health(NOW, NOW), Health(None, NOW), Health()]
    for known, health in pairwise(states):
        assert not ports.webhooks.set_health("webhook_1", health, Health(NOW + timedelta(days=1), NOW))
        assert not ports.webhooks.set_health("webhook_1", health, health)
        assert ports.webhooks.set_health("webhook_1", health, known)
    ports.webhooks.set_health("webhook_1", Health(NOW))
    assert ports.webhooks.health("webhook_1") == Health(NOW)


@pytest.mark.parametrize(
    "delivery",
    [
        DELIVERY,
        replace(DELIVERY, state=DeliveryState.DELIVERED, next_at=None, claimed_until=None),
        replace(DELIVERY, tries=0, attempts=(), claimed_until=None),
    ],
)
def test_a_delivery_is_read_as_it_was_written(ports, delivery):
    """Every field comes back, with tries and without."""
    assert ports.deliveries.add(delivery)
    assert ports.deliveries.get("webhook_1", "delivery_1") == delivery


def test_a_delivery_is_made_once(ports):
    """The second one of that id is refused."""
    assert ports.deliveries.add(DELIVERY)
    assert not ports.deliveries.add(replace(DELIVERY, body="other"))
    assert ports.deliveries.get("webhook_1", "delivery_1") == DELIVERY
    assert ports.deliveries.get("webhook_2", "delivery_1") is None


def test_of_many_claims_one_wins(ports):
    """However many workers save the delivery that they have read."""
    ports.deliveries.add(DELIVERY)
    with ThreadPoolExecutor(20) as pool:
        won = list(pool.map(lambda tries: ports.deliveries.save(replace(DELIVERY, tries=tries)), range(20)))
    assert sum(won) == 1
    stored = ports.deliveries.get("webhook_1", "delivery_1")
    assert (stored.tries, stored.version) == (won.index(True), 2)


def test_what_is_due_is_found(ports):
    """The longest due first; not what waits, nor what is taken, nor what is done."""
    rows = {
        "delivery_late": replace(DELIVERY, next_at=NOW, claimed_until=None),
        "delivery_latest": replace(DELIVERY, next_at=NOW - timedelta(hours=1), claimed_until=None),
        "delivery_waits": replace(DELIVERY, next_at=NOW + timedelta(seconds=1), claimed_until=None),
        "delivery_taken": replace(DELIVERY, next_at=NOW, claimed_until=NOW + timedelta(seconds=1)),
        "delivery_dropped": replace(DELIVERY, next_at=NOW, claimed_until=NOW - timedelta(seconds=1)),
        "delivery_done": replace(DELIVERY, next_at=None, claimed_until=None),
    }
    for delivery_id, row in rows.items():
        ports.deliveries.add(replace(row, id=delivery_id))
    expected = [("webhook_1", f"delivery_{name}") for name in ("latest", "dropped", "late")]
    assert ports.deliveries.due(NOW, 10) == expected
    assert ports.deliveries.due(NOW, 2) == expected[:2]


def test_deliveries_are_listed_in_pages(ports):
    """The newest first, only this webhook's, of one state or of all; the last page has no next."""
    for number in range(6):
        state = DeliveryState.FAILED if number % 2 else DeliveryState.DELIVERED
        ports.deliveries.add(replace(DELIVERY, id=f"delivery_{number}", state=state))
    ports.deliveries.add(replace(DELIVERY, id="delivery_9", webhook_id="webhook_2"))
    ports.webhooks.add(WEBHOOK, SECRETS)
    ports.webhooks.set_health("webhook_1", Health(NOW))
    assert _listed(ports, None, 4) == [["5", "4", "3", "2"], ["1", "0"]]
    assert _listed(ports, None, 3) == [["5", "4", "3"], ["2", "1", "0"]]
    assert _listed(ports, DeliveryState.FAILED, 2) == [["5", "3"], ["1"]]
    assert _listed(ports, DeliveryState.PENDING, 2) == [[]]


def test_a_page_looks_at_a_bounded_number(ports, monkeypatch):
    """Seeking a rare state it may be short, and goes on where it stopped."""
    monkeypatch.setattr(repository, "_EXAMINED", 3)
    for number in range(7):
        state = DeliveryState.DELIVERED if number else DeliveryState.FAILED
        ports.deliveries.add(replace(DELIVERY, id=f"delivery_{number}", state=state))
    assert [*chain(*_listed(ports, DeliveryState.FAILED, 2))] == ["0"]
    assert [*chain(*_listed(ports, DeliveryState.DELIVERED, 2))] == ["6", "5", "4", "3", "2", "1"]


def _listed(ports, state, size):
    pages, start = [], None
    while True:
        page = ports.deliveries.page("webhook_1", state, size, start)
        pages.append([delivery.id.removeprefix("delivery_") for delivery in page.items])
        if (start := page.next_start) is None:
            return pages


@pytest.mark.usefixtures("aws")
def test_a_table_that_is_not_there_is_unavailable():
    """Whatever the table's service refuses becomes one retryable error."""
    connection = tables.bind("absent")
    webhooks, deliveries = WebhookRepository(connection), DeliveryRepository(connection)
    for act in (
        lambda: webhooks.add(WEBHOOK, SECRETS),
        lambda: webhooks.get("webhook_1"),
        lambda: webhooks.secrets("webhook_1"),
        lambda: webhooks.save(WEBHOOK),
        webhooks.all,
        lambda: webhooks.page(1, None),
        lambda: webhooks.reach("webhook_1"),
        lambda: webhooks.health("webhook_1"),
        lambda: webhooks.healths(["webhook_1"]),
        lambda: webhooks.set_health("webhook_1", Health(NOW), Health()),
        lambda: deliveries.add(DELIVERY),
        lambda: deliveries.get("webhook_1", "delivery_1"),
        lambda: deliveries.save(DELIVERY),
        lambda: deliveries.page("webhook_1", None, 1, None),
        lambda: deliveries.due(NOW, 1),
    ):
        with pytest.raises(Unavailable):
            act()
