"""One suite for prompt templates: in memory, and DynamoDB as moto plays it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes.ai import FakePrompts, a_prompt

from chalicelib.ai.adapters import tables
from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.adapters.repository.prompts import PromptRepository
from chalicelib.ai.services.prompts import PromptText, create_prompt
from chalicelib.kernel.errors import Conflict


@pytest.fixture(params=["memory", "dynamodb"])
def prompts(request):
    """Give prompt templates in memory, then on a table."""
    if request.param == "memory":
        return FakePrompts()
    return PromptRepository(tables.bind(request.getfixturevalue("make_table")("ai")))


def test_a_prompt_is_read_as_it_was_written(prompts, clock):
    """Every field comes back, whatever the text contains."""
    prompt = replace(a_prompt(clock, "Zoë {{ contact.name }} <&> \u2028 \U0001f642\n"), version=3)
    prompts.add(prompt)
    assert prompts.get(prompt.id) == prompt


def test_a_prompt_that_was_never_written_is_not_there(prompts):
    """Reads of absent prompts are empty, not errors."""
    assert prompts.get("prompt_x") is None
    assert prompts.all() == []


def test_prompts_are_listed_by_name(prompts, clock):
    """Every one, in the order that people read."""
    for name in ("Sales", "Follow-up"):
        prompts.add(replace(a_prompt(clock), id=f"prompt_{name}", name=name))
    assert [prompt.name for prompt in prompts.all()] == ["Follow-up", "Sales"]


def test_a_prompt_is_added_once(prompts, clock):
    """Of many at once with one id, one is stored and the others are told."""

    def attempt(number):
        try:
            prompts.add(replace(a_prompt(clock), name=f"rival {number}"))
        except Conflict as conflict:
            return conflict.code
        return number

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert outcomes.count("prompt_exists") == 5
    winner = next(outcome for outcome in outcomes if outcome != "prompt_exists")
    assert prompts.get("prompt_1").name == f"rival {winner}"


def test_a_template_created_again_under_its_id_is_the_first(prompts, clock):
    """A creation whose answer was lost can be repeated."""
    ai = SimpleNamespace(prompts=prompts, clock=clock, renderer=JinjaRenderer())
    first = create_prompt(ai, PromptText("Sales", "Sell."), "prompt_1")
    clock.advance(minutes=1)
    assert create_prompt(ai, PromptText("Sales", "Sell."), "prompt_1") == first
    assert prompts.all() == [first]
