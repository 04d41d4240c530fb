"""What is refused over the wire, and that a refusal changes nothing."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
import requests
from e2e.world import JAMES, MARIA, Stack


def ask(
    stack: Stack, method: str, path: str, body: Any = None, token: str | None = None
) -> requests.Response:
    """Send a request as it is."""
    headers = {"Content-Type": "application/json"}
    if token != "":
        headers["Authorization"] = f"Bearer {token or stack.endpoints['admin_token']}"
    data = None if body is None else json.dumps(body)
    return requests.request(method, stack.url("api") + path, data=data, headers=headers, timeout=20)


@pytest.mark.parametrize("token", ["", "nonsense", "aics_" + "A" * 43])
def test_without_a_valid_token_nothing_is_told(stack: Stack, token: str) -> None:
    """A missing, malformed or unknown token is answered with 401 and a problem."""
    answer = ask(stack, "GET", "/v1/ai/templates", token=token)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["X-Request-Id"] == answer.json()["request_id"]


def test_health_needs_no_token(stack: Stack) -> None:
    """Anyone may ask whether the system is there; readiness names every dependency."""
    assert ask(stack, "GET", "/health", token="").json()["status"] == "ok"
    ready = ask(stack, "GET", "/health/ready", token="")
    assert ready.status_code == 200, ready.text
    assert len(ready.json()["checks"]) == 15


def test_an_unknown_field_is_named(stack: Stack) -> None:
    """A field that does not exist is refused by its pointer."""
    answer = ask(stack, "POST", "/v1/crm/contacts", {"name": "A", "phone": MARIA, "nmae": "B"})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/nmae"]


@pytest.mark.parametrize("phone", ["12", "+1415555013", "not a number", "+999123456789"])
def test_a_bad_number_is_refused(stack: Stack, phone: str) -> None:
    """A number that cannot exist is refused with the field and a remedy."""
    answer = ask(stack, "POST", "/v1/crm/contacts", {"name": "A", "phone": phone})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/phone"]


def test_a_missing_contact_is_not_called(stack: Stack) -> None:
    """A call to a contact that does not exist is answered with 404."""
    wish = {"contact_id": "contact_" + "0" * 32, "template_id": stack.data.templates["Sales call"]}
    answer = ask(stack, "POST", "/v1/calls/initiate", wish)
    assert (answer.status_code, answer.json()["code"]) == (404, "contact_not_found")


@pytest.mark.parametrize(
    ("number", "code"), [("+442079460018", "country_not_allowed"), ("+19005550123", "number_kind_refused")]
)
def test_what_must_not_be_dialed_is_refused_at_once(stack: Stack, number: str, code: str) -> None:
    """A country that is not enabled, or a premium number, gives 403 with the reason; nothing is dialed."""
    wish = {"number": number, "template_id": stack.data.templates["Sales call"]}
    answer = ask(stack, "POST", "/v1/calls/initiate", wish)
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert stack.carrier_calls(number) == []


@pytest.mark.parametrize("signature", ["", "bm90IHRoaXM="])
def test_an_unsigned_webhook_changes_nothing(stack: Stack, signature: str) -> None:
    """A webhook that the carrier did not sign gets 403, and the call stays as it was."""
    stack.script(JAMES, {"answer": "busy", "ring_seconds": 0.5})
    call = stack.finished(stack.initiate(JAMES))
    url = f"{stack.url('webhook')}/voice/{call['id']}/status"
    form = {"CallSid": call["sid"], "CallStatus": "completed", "SequenceNumber": "9"}
    answer = requests.post(url, data=form, headers={"X-Twilio-Signature": signature}, timeout=20)
    assert answer.status_code == 403
    assert stack.api.get(f"/v1/calls/{call['id']}") == call


def test_an_unsigned_socket_is_rejected(stack: Stack) -> None:
    """A socket that the carrier did not open is refused at the handshake."""

    async def knock() -> int:
        headers = {"X-Twilio-Signature": "bm90IHRoaXM="}
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(stack.url("socket"), headers=headers)
        return refused.value.status

    assert asyncio.run(knock()) == 403
