"""Model providers as the secret names them."""

from __future__ import annotations

import pytest

from chalicelib.kernel.provider_settings import ProviderSettings, read_providers

USUAL = {"openai_api_key": "k", "openai_base_url": "https://model.example/v1/", "openai_model": "m"}
MAIN = {"name": "main", "kind": "openai", "model": "gpt", "first_token_ms": 900}
SPARE = {"name": "spare", "kind": "bedrock", "model": "nova", "region": "us-east-1"}


@pytest.mark.parametrize("more", [{}, {"providers": []}, {"providers": None}])
def test_without_a_list_there_is_the_usual_one(more):
    """It has nobody to fall back on, and more time."""
    assert read_providers({**USUAL, **more}) == (
        ProviderSettings("openai", "openai", "m", 8000, "https://model.example/v1", "k"),
    )


def test_a_list_is_read_in_its_order():
    """What a provider does not need is empty; three seconds are the usual patience."""
    assert read_providers({**USUAL, "providers": [MAIN, SPARE]}) == (
        ProviderSettings("main", "openai", "gpt", 900),
        ProviderSettings("spare", "bedrock", "nova", 3000, region="us-east-1"),
    )


def test_a_key_may_stand_beside_the_list():
    """The list is no secret then; a key within it wins."""
    entries = [{**MAIN, "api_key": "own"}, {**MAIN, "name": "other"}, {**MAIN, "name": "none"}]
    secret = {**USUAL, "providers": entries, "provider_keys": {"main": "x", "other": "y"}}
    assert [provider.api_key for provider in read_providers(secret)] == ["own", "y", ""]


def test_a_key_is_in_no_representation():
    """Settings may be logged by accident."""
    assert "own" not in repr(read_providers({**USUAL, "providers": [{**MAIN, "api_key": "own"}]}))


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ([{**MAIN, "kind": "oracle"}], ValueError),
        ([MAIN, MAIN], ValueError),
        ([{"kind": "openai", "model": "m"}], KeyError),
        ([{"name": "main", "kind": "openai"}], KeyError),
    ],
)
def test_a_list_that_cannot_be_read_is_seen_at_the_start(entries, error):
    """Better no function than one that asks the wrong model."""
    with pytest.raises(error):
        read_providers({**USUAL, "providers": entries})
