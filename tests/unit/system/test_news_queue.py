"""Messages on the news queue are read as they were written, and wait as long as they should."""

from __future__ import annotations

import pytest
from botocore.exceptions import BotoCoreError

from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters.messages import Deliver, TellChange, decode
from chalicelib.system.adapters.queues import SqsNews


class Client:
    """Notes what is sent."""

    def __init__(self):
        self.sent = []

    def send_message(self, **message):
        """Note it."""
        self.sent.append(message)


def test_a_delivery_is_woken_after_its_wait():
    """The message names it, and SQS holds it back."""
    client = Client()
    SqsNews(client, "https://queue").deliver("webhook_1", "delivery_1", 324)
    (sent,) = client.sent
    assert (sent["QueueUrl"], sent["DelaySeconds"]) == ("https://queue", 324)
    assert decode(sent["MessageBody"]) == Deliver("webhook_1", "delivery_1")


def test_a_change_is_sent_as_it_is():
    """The record of the stream, at once."""
    client = Client()
    SqsNews(client, "https://queue").tell_change({"eventID": "1", "dynamodb": {"Keys": {}}})
    (sent,) = client.sent
    assert sent["DelaySeconds"] == 0
    assert decode(sent["MessageBody"]) == TellChange({"eventID": "1", "dynamodb": {"Keys": {}}})


def test_a_silent_queue_is_unavailable():
    """Whatever SQS refuses becomes one retryable error."""

    class Silent:
        def send_message(self, **_message):
            raise BotoCoreError

    with pytest.raises(Unavailable):
        SqsNews(Silent(), "https://queue").deliver("webhook_1", "delivery_1")
