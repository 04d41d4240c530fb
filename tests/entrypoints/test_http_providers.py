"""The list of model providers over REST."""

from __future__ import annotations

import pytest
from fakes.calls import FakeCalls, furnished


@pytest.fixture(autouse=True)
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)


def test_providers_are_listed_in_their_order_without_keys(api):
    """What a template may name, and nothing secret."""
    answer = api.ask("GET", "/v1/ai/providers")
    assert answer.status == 200
    first, second = answer.body["items"]
    assert (first["name"], second["name"], second["region"]) == ("openai", "spare", "us-east-1")
    texts = {"name", "kind", "model", "base_url", "region", "api_version", "priced_as"}
    assert set(first) == {*texts, "first_token_ms", "gap_ms"}


def test_a_template_that_names_another_provider_is_refused(api):
    """By its code, at the place where the name stands."""
    body = {"name": "Sales", "prompt_id": "prompt_1", "greeting": "Hello."}
    answer = api.ask("POST", "/v1/calls/templates", body={**body, "conduct": {"providers": ["gone"]}})
    assert (answer.status, answer.body["code"]) == (400, "unknown_provider")
    assert answer.body["errors"][0]["pointer"] == "/conduct/providers/0"
