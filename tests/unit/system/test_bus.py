"""The bus as EventBridge takes it: batches, sizes, and what it took in part."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.events import Event
from chalicelib.system.adapters.bus import EventBridgeBus
from infra.stack.news import SOURCE

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


class Client:
    """Takes entries; refuses those whose ids stand in `refusals`, once for each time they stand there."""

    def __init__(self, *refusals):
        self.requests = []
        self._refusals = list(refusals)

    def put_events(self, Entries):  # noqa: N803  the vendor's name
        """Take entries, or not."""
        ids = [json.loads(entry["Detail"])["id"] for entry in Entries]
        self.requests.append(ids)
        self.entries = Entries
        return {"Entries": [self._result(event_id) for event_id in ids]}

    def _result(self, event_id):
        if event_id in self._refusals:
            self._refusals.remove(event_id)
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
        return {"EventId": "x"}


def _event(number, text=""):
    return Event(f"event_{number}", "contact.created", 1, NOW, "contact_1", {"name": text})


def _publish(client, clock, *events):
    EventBridgeBus(client, "bus", clock).publish(events)


def test_an_event_is_put_in_its_envelope(clock):
    """Source, type and time for rules; id, version, subject and data inside."""
    client = Client()
    _publish(client, clock, _event(1, "Zoë"))
    (entry,) = client.entries
    detail = json.loads(entry.pop("Detail"))
    assert entry == {"EventBusName": "bus", "Source": SOURCE, "DetailType": "contact.created", "Time": NOW}
    assert detail == {
        "id": "event_1",
        "type": "contact.created",
        "version": 1,
        "timestamp": "2026-03-03T12:00:00.000Z",
        "subject": "contact_1",
        "data": {"name": "Zoë"},
    }


def test_ten_events_are_put_at_once(clock):
    """In their order."""
    client = Client()
    _publish(client, clock, *map(_event, range(23)))
    assert [len(ids) for ids in client.requests] == [10, 10, 3]
    assert [event_id for ids in client.requests for event_id in ids] == [f"event_{n}" for n in range(23)]


def test_a_request_keeps_below_its_limit(clock):
    """Large events go in requests of their own, counted in bytes and not in characters."""
    client = Client()
    _publish(client, clock, *(_event(number, "é" * 60_000) for number in range(5)))
    assert [len(ids) for ids in client.requests] == [2, 2, 1]


def test_only_what_was_refused_is_put_again(clock):
    """What the bus took is not told twice."""
    client = Client("event_1", "event_3", "event_3")
    _publish(client, clock, *map(_event, range(5)))
    assert client.requests[1:] == [["event_1", "event_3"], ["event_3"]]


def test_what_is_refused_three_times_is_unavailable(clock):
    """Then the stream tells the batch again."""
    client = Client(*["event_1"] * 3)
    with pytest.raises(Unavailable) as refused:
        _publish(client, clock, *map(_event, range(3)))
    assert (refused.value.code, refused.value.retryable) == ("bus_unavailable", True)
    assert len(client.requests) == 3


def test_a_silent_bus_is_unavailable(clock):
    """Whatever the vendor raises."""
    client = Client()
    client.put_events = lambda **_: (_ for _ in ()).throw(EndpointConnectionError(endpoint_url="x"))
    with pytest.raises(Unavailable):
        _publish(client, clock, _event(1))


def test_nothing_is_put_for_nothing(clock):
    """No request without an event."""
    client = Client()
    _publish(client, clock)
    assert client.requests == []
