"""The REST API over the wire: repetition, conditions, edges; and it cannot keep the carrier waiting."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import requests
from e2e.world import JAMES, eventually

if TYPE_CHECKING:
    from e2e.world import Stack

IDENTICAL = 50
AT_ONCE = 8  # each is a process of its own on this machine


def _ask(stack: Stack, method: str, path: str, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {stack.endpoints['admin_token']}", **options.pop("headers", {})}
    return requests.request(method, stack.url("api") + path, headers=headers, timeout=60, **options)


def _all_at_once(stack: Stack, path: str, body: dict[str, Any], key: str) -> list[requests.Response]:
    """Send the same request many times, several at the same time, until nobody is told to wait."""

    def send(_: int) -> requests.Response:
        def served() -> requests.Response | None:
            answer = _ask(stack, "POST", path, json=body, headers={"Idempotency-Key": key})
            return None if answer.status_code == 409 else answer

        return eventually(served, 40, every=0.5)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(send, range(IDENTICAL)))


def test_fifty_identical_creations_make_one_contact(stack: Stack) -> None:
    """Everybody gets the same answer, and one of them is the first."""
    answers = _all_at_once(
        stack, "/v1/crm/contacts", {"name": "Fifty", "phone": "+14155550191"}, str(uuid4())
    )
    assert {each.status_code for each in answers} == {201}
    assert len({each.text for each in answers}) == 1
    assert Counter("Idempotent-Replayed" in each.headers for each in answers) == {True: 49, False: 1}


def test_fifty_identical_requests_make_one_call(stack: Stack) -> None:
    """The carrier, asked afterwards, knows of one call."""
    stack.script(JAMES, {"answer": "busy", "ring_seconds": 1})
    before = len(stack.carrier_calls(JAMES))
    wish = {"contact_id": stack.data.contacts[JAMES], "template_id": stack.data.templates["Sales call"]}
    answers = _all_at_once(stack, "/v1/calls/initiate", wish, str(uuid4()))
    assert {each.status_code for each in answers} == {202}
    (call_id,) = {each.json()["id"] for each in answers}
    stack.finished(call_id)
    assert len(stack.carrier_calls(JAMES)) == before + 1


def test_a_known_answer_is_not_sent_again(stack: Stack) -> None:
    """304 passes the gateway without a body."""
    path = f"/v1/crm/contacts/{stack.data.contacts[JAMES]}"
    tag = _ask(stack, "GET", path).headers["ETag"]
    known = _ask(stack, "GET", path, headers={"If-None-Match": tag})
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", tag)


def test_answers_are_compressed_for_who_can_read_it(stack: Stack) -> None:
    """The same content, smaller; small answers are left alone."""
    plain = _ask(stack, "GET", "/v1/openapi.json", headers={"Accept-Encoding": "identity"})
    small = requests.get(
        stack.url("api") + "/v1/openapi.json", headers={"Accept-Encoding": "gzip"}, stream=True, timeout=30
    )
    wire = small.raw.read()
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(wire) == plain.content
    assert len(wire) < len(plain.content) / 3
    health = _ask(stack, "GET", "/health", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in health.headers


def test_a_compressed_body_is_read(stack: Stack) -> None:
    """As API Gateway does, when compression is switched on."""
    body = gzip.compress(json.dumps({"name": "Zip", "phone": "+14155550192"}).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert _ask(stack, "POST", "/v1/crm/contacts", data=body, headers=headers).status_code == 201


def test_bodies_that_are_too_large_are_refused_as_problems(stack: Stack) -> None:
    """By the function over 256 KiB, by the gateway over 10 MB."""
    headers = {"Content-Type": "application/json"}
    for size in (300 * 1024, 11 * 1024 * 1024):
        answer = _ask(stack, "POST", "/v1/crm/contacts", data=b"x" * size, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert answer.json()["title"] == "Content Too Large"
        assert answer.headers["X-Request-Id"] == answer.json()["request_id"]
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_flood_of_large_requests_does_not_keep_the_carrier_waiting(stack: Stack) -> None:
    """While the API is busy with large bodies, a call is dialed, answered and held to its end."""
    stack.script(
        JAMES,
        {
            "steps": [{"hears": "minute", "say": "No, thank you. Goodbye."}],
            "rules": [{"hears": "goodbye", "hang_up": True}],
        },
    )
    body = json.dumps({"name": "x" * 200_000, "phone": "1"}).encode()
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        flood = [
            pool.submit(_ask, stack, "POST", "/v1/crm/contacts", data=body, headers=headers)
            for _ in range(120)
        ]
        call = stack.finished(stack.initiate(JAMES))
        assert {each.result().status_code for each in flood} == {400}
    assert call["outcome"] == "completed"
    assert call["turns"]
