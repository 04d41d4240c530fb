"""What other domains keep of people, and how it is forgotten: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.failures import FakeFailedWork
from fakes.scheduling import FakeCallbacks
from fakes.webhooks import FakeDeliveries, FakeWebhooks

from chalicelib.kernel.ids import new_id
from chalicelib.kernel.phones import E164
from chalicelib.scheduling.adapters.repository.callbacks import CallbackRepository
from chalicelib.scheduling.domain.callbacks import Callback
from chalicelib.system.adapters import tables
from chalicelib.system.adapters.repository.failures import FailedWorkRepository
from chalicelib.system.adapters.repository.webhooks import DeliveryRepository, WebhookRepository
from chalicelib.system.domain.deliveries import Delivery, DeliveryState
from chalicelib.system.domain.failures import FailedState, FailedWork, WorkQueue
from chalicelib.system.domain.webhooks import Secrets, Webhook


@pytest.fixture(params=["memory", "dynamodb"])
def book(request):
    """Give what makes a port: in memory, then on a table."""

    def make(fake, stored, name, resource):
        if request.param == "memory":
            return fake()
        return stored(request.getfixturevalue("make_table")(name, resource))

    return make


def test_promises_are_found_by_contact_and_forgotten(book, clock):
    """Every field comes back; other contacts' promises stay."""
    callbacks = book(FakeCallbacks, CallbackRepository, "scheduling", "SchedulingTable")
    made = Callback(
        id=new_id("callback"),
        contact_id=new_id("contact"),
        number=E164("+14155552671"),
        due_at=clock.now() + timedelta(days=1),
        promised_in=new_id("call"),
        kept_by=new_id("call"),
        created_at=clock.now(),
    )
    other = replace(made, contact_id=new_id("contact"))
    for callback in (made, other):
        callbacks.keep(callback)
    assert callbacks.of_contact(made.contact_id) == [made]
    for _ in range(2):
        callbacks.remove(made)
        assert callbacks.of_contact(made.contact_id) == []
    assert callbacks.of_contact(other.contact_id) == [other]


def test_deleted_webhooks_are_known_as_long_as_they_are_kept(book, clock):
    """Their deliveries are still there; the ids come in order."""
    webhooks = book(FakeWebhooks, lambda name: WebhookRepository(tables.bind(name)), "system", "SystemTable")
    ids = [new_id("webhook") for _ in range(3)]
    for webhook_id in reversed(ids):
        webhook = Webhook(webhook_id, "https://example.com", ("*",), clock.now(), clock.now())
        webhooks.add(webhook, Secrets("whsec_x"))
    webhooks.save(replace(webhooks.get(ids[1]), deleted_at=clock.now()))
    assert webhooks.kept() == ids
    assert len(webhooks.all()) == 2


def test_a_delivery_is_forgotten(book, clock):
    """That one and no other; again changes nothing."""
    deliveries = book(
        FakeDeliveries, lambda name: DeliveryRepository(tables.bind(name)), "system", "SystemTable"
    )
    made = [
        Delivery(
            id=new_id("delivery"),
            webhook_id="webhook_1",
            event_id="event_1",
            event_type="contact.updated",
            body="{}",
            created_at=clock.now(),
            keep_until=clock.now(),
            state=DeliveryState.PENDING,
        )
        for _ in range(2)
    ]
    for delivery in made:
        deliveries.add(delivery)
    for _ in range(2):
        deliveries.remove("webhook_1", made[0].id)
        assert [each.id for each in deliveries.page("webhook_1", None, 9, None).items] == [made[1].id]


def test_failed_work_is_forgotten(book, clock):
    """In the state in which it is; again changes nothing."""
    failures = book(
        FakeFailedWork, lambda name: FailedWorkRepository(tables.bind(name)), "system", "SystemTable"
    )
    made = [
        FailedWork(new_id("failure"), WorkQueue.NEWS, "tell", "event_1", "{}", clock.now()) for _ in range(2)
    ]
    for work in made:
        failures.keep(work)
    for _ in range(2):
        failures.remove(made[0])
        assert failures.latest(FailedState.OPEN, None, 9).items == [made[1]]
