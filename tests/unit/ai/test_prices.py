"""What models cost, by whichever name a provider gives them."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain.analysis import Usage
from chalicelib.ai.domain.prices import DEAREST, MODELS, price_of, token_cost


@pytest.mark.parametrize(
    ("written", "model"),
    [
        ("gpt-4.1-mini", "gpt-4.1-mini"),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"),
        ("amazon.nova-lite-v1:0", "nova-lite"),
        ("arn:aws:bedrock:us-east-1:1:inference-profile/eu.amazon.nova-pro-v1:0", "nova-pro"),
    ],
)
def test_a_model_is_known_by_what_its_provider_calls_it(written, model):
    """Regions, makers, dates and revisions around the name change no price."""
    assert price_of(written) == MODELS[model]


@pytest.mark.parametrize("name", ["gpt-4.1-mega", "own-model", "", "gpt-4"])
def test_a_name_that_only_resembles_another_has_no_price(name):
    """A guess would be a wrong bill."""
    assert price_of(name) is None


def test_cached_tokens_cost_what_cached_tokens_cost():
    """They are part of the prompt's tokens, at a price of their own."""
    cost = token_cost("gpt-4.1", Usage(1_000_000, 400_000, 100_000))
    assert (cost.prompt, cost.cached, cost.answer) == (
        (600_000, 1_200_000),
        (400_000, 200_000),
        (100_000, 800_000),
    )
    assert cost.amount == 2_200_000


def test_an_unknown_model_costs_what_it_is_said_to():
    """Nothing on a bill, and the dearest where a limit must hold."""
    usage = Usage(1_000_000)
    assert token_cost("own", usage).amount == 0
    assert token_cost("own", usage, DEAREST).amount == 3_000_000
