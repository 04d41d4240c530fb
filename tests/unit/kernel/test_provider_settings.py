"""Model providers as the secret names them."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap.providers import provider_of
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


def test_what_stands_behind_a_name_is_told():
    """A deployment's name has no price; and how long it may be silent within an answer."""
    (found,) = read_providers({**USUAL, "providers": [{**MAIN, "priced_as": "gpt-4.1-mini", "gap_ms": 700}]})
    assert (found.model, found.priced_as, found.gap_ms) == ("gpt", "gpt-4.1-mini", 700)
    assert (provider_of(found).model, provider_of(found).gap_s) == ("gpt-4.1-mini", 0.7)
    assert read_providers({**USUAL, "providers": [SPARE]})[0].gap_ms == 2000


def test_a_key_may_stand_beside_the_list():
    """The list is no secret then; a key within it wins."""
    entries = [{**MAIN, "api_key": "own"}, {**MAIN, "name": "other"}, {**MAIN, "name": "none"}]
    secret = {**USUAL, "providers": entries, "provider_keys": {"main": "x", "other": "y"}}
    assert [provider.api_key for provider in read_providers(secret)] == ["own", "y", ""]


def test_a_key_is_in_no_representation():
    """Settings may be logged by accident."""
    assert "own" not in repr(read_providers({**USUAL, "providers": [{**MAIN, "api_key": "own"}]}))


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{**MAIN, "kind": "oracle"}], "main is of kind oracle; use one of openai"),
        ([MAIN, MAIN], "Two providers are called main"),
        ([{"kind": "openai", "model": "m"}], "Provider 1 has no name"),
        ([MAIN, {"name": "spare", "kind": "openai"}], "Provider 2 has no model"),
        ([{**MAIN, "first_token_ms": "soon"}], "main has a first_token_ms that is no number"),
        (["main"], "Provider 1 is no object"),
        ({"main": MAIN}, "no list"),
    ],
)
def test_a_list_that_cannot_be_read_is_seen_at_the_start(entries, told):
    """Better no function than one that asks the wrong model; the sentence says what to mend."""
    with pytest.raises(ValueError, match=told):
        read_providers({**USUAL, "providers": entries})


def test_keys_stand_by_names():
    """A list of keys names nobody; the sentence has none of them."""
    with pytest.raises(ValueError, match="by their names") as refused:
        read_providers({**USUAL, "providers": [MAIN], "provider_keys": ["sk-1"]})
    assert "sk-1" not in str(refused.value)
