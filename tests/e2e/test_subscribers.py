"""What happens in the system reaches a subscriber outside it, signed, also when it is down at first."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests
from e2e.world import eventually
from fakes.receivers import OK, Receiver, signature_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from socket import socket

    from e2e.world import Stack

DOWN = b"HTTP/1.1 503 Down\r\nContent-Length: 7\r\n\r\nnot now"


@pytest.fixture
def subscribed(stack: Stack) -> Iterator[tuple[Receiver, dict[str, Any]]]:
    """Have a receiver that is down for the first message of each event, and a webhook that leads to it."""
    seen: set[str] = set()

    def answer(connection: socket) -> None:
        event: str = receiver.received[-1][1]["webhook-id"]
        connection.sendall(OK if event in seen else DOWN)
        seen.add(event)

    receiver = Receiver(answer)
    wish = {"url": f"http://127.0.0.1:{receiver.port}/hook", "event_types": ["contact.*"]}
    webhook = stack.api.post("/v1/webhooks", wish)
    yield receiver, webhook
    requests.delete(
        f"{stack.url('api')}/v1/webhooks/{webhook['id']}",
        headers={"Authorization": f"Bearer {stack.endpoints['admin_token']}", "If-Match": "*"},
        timeout=10,
    ).raise_for_status()
    receiver.close()


def _told_of(receiver: Receiver, contact: dict[str, Any]) -> list[tuple[dict[str, str], bytes]]:
    """Give what was received of a contact; news of others, made before, can come late."""
    received = [(headers, body) for _, headers, body in receiver.received]
    return [each for each in received if json.loads(each[1])["subject"] == contact["id"]]


def test_a_change_reaches_its_subscriber(stack: Stack, subscribed: tuple[Receiver, dict[str, Any]]) -> None:
    """From the table's stream over bus and queue: told once in effect, tried again, and written down."""
    receiver, webhook = subscribed
    contact = stack.api.post("/v1/crm/contacts", {"name": "Subscribed", "phone": "+14155550395"})
    eventually(lambda: len(_told_of(receiver, contact)) > 1, within=90)
    key = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    for headers, body in _told_of(receiver, contact):
        assert headers["webhook-signature"] == signature_of(key, headers, body)
        assert json.loads(body)["type"] == "contact.created"
    (event,) = {headers["webhook-id"] for headers, _ in _told_of(receiver, contact)}
    path = f"/v1/webhooks/{webhook['id']}/deliveries?state=delivered"
    (delivery,) = eventually(
        lambda: [each for each in stack.api.get(path)["items"] if each["event_id"] == event]
    )
    statuses = [attempt["status"] for attempt in delivery["attempts"]]
    assert (statuses, delivery["attempts"][0]["excerpt"]) == ([503, 200], "not now")


def test_an_address_inside_is_refused(stack: Stack) -> None:
    """Loopback is allowed here, and nothing else that is private."""
    answer = requests.post(
        f"{stack.url('api')}/v1/webhooks",
        json={"url": "https://169.254.169.254/latest/meta-data"},
        headers={"Authorization": f"Bearer {stack.endpoints['admin_token']}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "address_refused")
