"""What the page tells subscribers is so: its code verifies what we sign, and its numbers are the code's."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from unit.docs.pages import pages, rows, section, spans

from chalicelib.system.adapters.signing import signed_headers
from chalicelib.system.domain.deliveries import LEASE, SCHEDULE, Letter
from chalicelib.system.domain.webhooks import MAX_PATTERNS, MAX_WEBHOOKS, DisabledReason, Secrets
from chalicelib.system.schemas.webhooks import AttemptView

PAGE = pages()["docs/webhooks.md"]
BODY = '{"id":"event_1","data":{"said":"schön"}}'
NEW, OLD, OTHER = ("whsec_" + base64.b64encode(bytes([number]) * 32).decode() for number in range(3))


@pytest.fixture(
    params=re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL), ids=["library", "own"]
)
def receive(request):
    """Give the page's function, as a reader would paste it."""
    names = {}
    exec(request.param, names)
    return names["receive"]


def _headers(age=timedelta()):
    now = datetime.now(UTC) - age
    return signed_headers(Letter("event_1", BODY, now, Secrets(NEW, OLD, now + timedelta(hours=1))))


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_our_messages_pass(receive, secret):
    """Under the new secret, and under the one before while both sign; whatever the case of the headers."""
    headers = {name.title(): value for name, value in _headers().items()}
    assert receive(secret, headers, BODY.encode()) == json.loads(BODY)


def test_other_messages_do_not(receive):
    """Changed, signed by somebody else, renamed, old, or with headers that are no signature."""
    headers = _headers()
    assert receive(NEW, headers, BODY.encode() + b" ") is None
    assert receive(OTHER, headers, BODY.encode()) is None
    assert receive(NEW, {**headers, "webhook-id": "event_2"}, BODY.encode()) is None
    assert receive(NEW, _headers(timedelta(minutes=6)), BODY.encode()) is None
    for name, value in (
        ("webhook-signature", "nonsense"),
        ("webhook-signature", "v1,é"),
        ("webhook-timestamp", "x"),
    ):
        assert receive(NEW, {**headers, name: value}, BODY.encode()) is None
    assert receive(NEW, {}, BODY.encode()) is None


def test_every_kind_of_failure_is_explained():
    """The table of errors has those that the API shows."""
    shown = set(re.findall(r"`(\w+)`", AttemptView.model_fields["error"].description))
    explained = {row[0].strip("`") for row in rows(section(PAGE, "Tries, failure and replay"))} - {"empty"}
    assert {name for name in explained if " " not in name} == shown


def test_the_numbers_are_those_of_the_code():
    """Waits, limits and reasons."""
    hours = sum(SCHEDULE, timedelta()).total_seconds() / 3600
    assert f"{len(SCHEDULE)} tries".replace("8", "eight") in PAGE
    assert f"{hours:.1f} to {hours * 1.1 + 0.05:.0f} hours" in PAGE
    assert f"{LEASE.total_seconds():.0f} seconds" in PAGE
    assert f"up to {MAX_PATTERNS} of" in PAGE
    assert f"There can be {MAX_WEBHOOKS} webhooks" in PAGE
    assert set(DisabledReason) <= set(spans(PAGE))
