"""Whatever a webhook or a delivery contains is stored and read back unchanged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.system.adapters.repository import webhook_codec as codec
from chalicelib.system.adapters.tables import DeliveryItem, WebhookItem, WebhookSecretItem
from chalicelib.system.domain.deliveries import Answer, Attempt, Delivery, DeliveryState
from chalicelib.system.domain.webhooks import DisabledReason, Secrets, Webhook

instants = st.datetimes(datetime(1970, 1, 2), datetime(9998, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda instant: instant - timedelta(microseconds=instant.microsecond % 1000)
)
seconds = instants.map(lambda instant: instant.replace(microsecond=0))
words = st.text(max_size=20)
counts = st.integers(0, 10**12)
ids = st.text("abc_0123", min_size=1, max_size=10)
webhooks = st.builds(
    Webhook,
    id=ids,
    url=words,
    event_types=st.lists(words, max_size=3).map(tuple),
    created_at=instants,
    updated_at=instants,
    description=words,
    enabled=st.booleans(),
    disabled_reason=st.none() | st.sampled_from(DisabledReason),
    disabled_at=st.none() | instants,
    old_secret_until=st.none() | instants,
    deleted_at=st.none() | instants,
    version=counts,
)
secrets = st.builds(
    Secrets, words, st.none() | st.text(min_size=1, max_size=9), st.none() | instants, rotation=words
)
answers = st.builds(Answer, st.none() | st.integers(100, 599), words, counts, words)
deliveries = st.builds(
    Delivery,
    id=ids,
    webhook_id=ids,
    event_id=ids,
    event_type=words,
    body=words,
    created_at=instants,
    keep_until=seconds,
    state=st.sampled_from(DeliveryState),
    tries=counts,
    attempts=st.lists(st.builds(Attempt, instants, answers), max_size=3).map(tuple),
    next_at=st.none() | instants,
    claimed_until=st.none() | instants,
    version=counts,
)


def _stored(kind, item):
    """Give the item as it comes back from the table's own form."""
    return kind.from_raw_data(item.serialize())


@given(webhooks)
def test_a_webhook(webhook):
    """Every field; a deleted one expires, others do not."""
    item = codec.webhook_item(webhook)
    assert codec.webhook_of(_stored(WebhookItem, item)) == webhook
    assert ("expires_at" in item.serialize()) is (webhook.deleted_at is not None)


@given(secrets)
def test_secrets(known):
    """Every field of what signs."""
    assert codec.secrets_of(_stored(WebhookSecretItem, codec.secrets_item("webhook_1", known))) == known


@given(deliveries)
def test_a_delivery(delivery):
    """Every field, with every try; the index has both of its keys or none."""
    item = codec.delivery_item(delivery)
    assert codec.delivery_of(_stored(DeliveryItem, item)) == delivery
    stored = item.serialize()
    assert ("due_shard" in stored, "due_at" in stored) == (delivery.look_at is not None,) * 2
