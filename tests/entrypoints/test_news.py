"""News through the real handler: events go to subscribers, deliveries are made, changes are told later."""

from __future__ import annotations

import json

import pytest
from fakes.calls import FakeCalls
from fakes.events import queue_event, schedule_event
from fakes.streams import a_record

from chalicelib.entrypoints import news, schedules
from chalicelib.kernel.errors import Unavailable
from chalicelib.system.adapters.messages import Deliver, TellChange, encode
from chalicelib.system.domain.deliveries import Answer
from chalicelib.system.domain.webhooks import NewWebhook
from chalicelib.system.services.webhooks import create_webhook

WEBHOOK_ID = "webhook_" + "1" * 32
ENVELOPE = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "call.ended",
    "source": "ai-call-system",
    "account": "000000000000",
    "time": "2026-03-03T12:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {
        "id": "event_1",
        "type": "call.ended",
        "version": 1,
        "timestamp": "2026-03-03T12:00:00.000Z",
        "subject": "call_1",
        "data": {"outcome": "completed"},
    },
}


@pytest.fixture
def subscribed(container):
    """Have a webhook that wants everything."""
    create_webhook(container.system, NewWebhook("https://example.com/hook", ("*",)), WEBHOOK_ID)
    return container.system


def _failed(answer):
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_an_event_of_the_bus_goes_to_subscribers(subscribed):
    """It becomes a delivery, and that is made when its own message comes; both may come twice."""
    for _ in range(2):
        assert _failed(news.news(queue_event(json.dumps(ENVELOPE)), None)) == []
    sent = [encode(Deliver(*ids)) for *ids, _ in subscribed.news.deliveries]
    assert sent
    for body in sent * 2:
        assert _failed(news.news(queue_event(body), None)) == []
    (letter,) = subscribed.sender.received
    assert (letter.id, json.loads(letter.body)) == ("event_1", ENVELOPE["detail"])


def test_a_receivers_failure_is_no_failure_of_ours(subscribed):
    """It is tried again by its own schedule, and its message is done."""
    subscribed.sender.answers = [Answer(500)]
    news.news(queue_event(json.dumps(ENVELOPE)), None)
    (ids,) = [ids for *ids, _ in subscribed.news.deliveries]
    assert _failed(news.news(queue_event(encode(Deliver(*ids))), None)) == []


def test_a_failure_of_ours_is_delivered_again(subscribed):
    """What could not be stored is reported, nothing is swallowed, and the next try succeeds."""
    add = subscribed.deliveries.add
    subscribed.deliveries.add = lambda _: (_ for _ in ()).throw(Unavailable("down", retryable=True))
    message = queue_event(json.dumps(ENVELOPE))
    assert _failed(news.news(message, None)) == ["message-0"]
    subscribed.deliveries.add = add
    assert _failed(news.news(message, None)) == []
    assert len(subscribed.deliveries.all(WEBHOOK_ID)) == 1


def test_a_change_that_could_not_be_told_is_told(subscribed):
    """The record arrives as the stream gave it."""
    record = a_record(
        None,
        {
            "row": "token",
            "id": "token_1",
            "name": "x",
            "scope": "viewer",
            "created_at": "2026-03-03T12:00:00.000Z",
        },
    )
    assert _failed(news.news(queue_event(encode(TellChange(record))), None)) == []
    assert [entry.action.value for entry in subscribed.audit.entries] == ["created"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"v": 9}',
        '{"v": 1, "kind": "deliver"}',
        '{"v": 1, "kind": "deliver", "webhook_id": "w", "delivery_id": "d", "more": 1}',
        '{"detail-type": "call.ended"}',
        '{"detail-type": "call.ended", "detail": {"id": "event_1"}}',
        '{"detail-type": "call.ended", "detail": null}',
        json.dumps({**ENVELOPE, "detail": {**ENVELOPE["detail"], "timestamp": "yesterday"}}),
        "[" * 100_000,
    ],
)
def test_a_message_that_is_not_ours_fails_alone(subscribed, body):
    """It goes to the dead letters, and the others of its batch are done."""
    answer = news.news(queue_event(body, json.dumps(ENVELOPE)), None)
    assert _failed(answer) == ["message-0"]
    assert len(subscribed.deliveries.all(WEBHOOK_ID)) == 1


def test_the_schedule_wakes_what_is_due(subscribed, container):
    """Once a minute, every delivery that somebody must look at, whatever became of its message."""
    container.calls = FakeCalls(container.clock, container.crm)
    container.scheduling = container.calls.scheduling
    news.news(queue_event(json.dumps(ENVELOPE)), None)
    sent, subscribed.news.deliveries = subscribed.news.deliveries, []
    schedules.dispatch(schedule_event(), None)
    assert subscribed.news.deliveries == sent


def test_a_schedule_that_fails_does_half_its_work(subscribed, container, monkeypatch):
    """Deliveries are woken though calls cannot be, and the failure is reported all the same."""
    news.news(queue_event(json.dumps(ENVELOPE)), None)
    sent, subscribed.news.deliveries = subscribed.news.deliveries, []
    container.calls = FakeCalls(container.clock, container.crm)
    container.scheduling = container.calls.scheduling
    monkeypatch.setattr(schedules, "dispatch_due", lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        schedules.dispatch(schedule_event(), None)
    assert subscribed.news.deliveries == sent
