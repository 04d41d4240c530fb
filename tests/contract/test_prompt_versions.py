"""One suite for versions of prompts: in memory, and on DynamoDB by moto."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.ai import FakePrompts, a_prompt

from chalicelib.ai.adapters import tables
from chalicelib.ai.adapters.repository.prompts import PromptRepository
from chalicelib.ai.domain.prompts import PromptVariable, VariableType
from chalicelib.kernel.errors import Conflict

VARIABLES = (
    PromptVariable("offer", VariableType.TEXT, "spring", "What is on offer"),
    PromptVariable("price", VariableType.NUMBER, 1.5, required=False),
    PromptVariable("is_new", VariableType.BOOLEAN, sample=True),
    PromptVariable("until", VariableType.DATE, "2026-03-03"),
)


@pytest.fixture(params=["memory", "dynamodb"])
def prompts(request):
    """Give prompts in memory, then on a table."""
    if request.param == "memory":
        return FakePrompts()
    return PromptRepository(tables.bind(request.getfixturevalue("make_table")("ai")))


def _next(prompt, **changes):
    return replace(prompt, version=prompt.version + 1, **changes)


def _versioned(prompts, clock, count):
    """Store a prompt with so many versions; give them, newest first."""
    every = [a_prompt(clock)]
    prompts.add(every[0])
    for number in range(2, count + 1):
        every.append(_next(every[-1], text=f"Text {number}"))
        assert prompts.save(every[-1], every[-2])
    return list(reversed(every))


def test_every_field_comes_back(prompts, clock):
    """As it was given, values of every type included, of the newest version and of the one before."""
    full = replace(a_prompt(clock), description="For calls", variables=VARIABLES, publications=())
    prompts.add(full)
    assert prompts.get(full.id) == full
    changed = _next(full, variables=(), publications=(1, 2), updated_at=clock.now() + timedelta(days=1))
    assert prompts.save(changed, full)
    assert (prompts.get(full.id), prompts.version(full.id, 1)) == (changed, full)


def test_only_the_current_version_is_replaced(prompts, clock):
    """Whoever is slower, or names a prompt that is not there, changes nothing."""
    (second, first) = _versioned(prompts, clock, 2)
    assert not prompts.save(_next(first, name="Late"), first)
    assert not prompts.save(_next(replace(first, id="prompt_x")), replace(first, id="prompt_x"))
    assert (prompts.get("prompt_1"), prompts.version("prompt_1", 1)) == (second, first)
    assert prompts.get("prompt_x") is None


def test_publishing_makes_no_version(prompts, clock):
    """It is refused when somebody published or wrote meanwhile, and so is writing after publishing."""
    (second, _) = _versioned(prompts, clock, 2)
    used = replace(second, publications=(1, 2))
    assert prompts.publish(used, second)
    assert prompts.get("prompt_1") == used
    assert not prompts.publish(replace(second, publications=(1,)), second)
    assert not prompts.save(_next(second), second)
    again = replace(used, publications=(1, 2, 1))
    assert prompts.publish(again, used)
    assert not prompts.publish(replace(used, publications=(1,)), used)
    third = _next(again)
    assert prompts.save(third, again)
    assert not prompts.publish(used, again)
    assert len(prompts.versions("prompt_1", 10, None).items) == 3


def test_of_many_writers_one_makes_the_next_version(prompts, clock):
    """Nobody's change is lost unseen."""
    first = a_prompt(clock)
    prompts.add(first)
    with ThreadPoolExecutor(6) as pool:
        names = [f"Name {number}" for number in range(6)]
        won = list(pool.map(lambda name: prompts.save(_next(first, name=name), first), names))
    assert won.count(True) == 1
    assert prompts.get("prompt_1").name == names[won.index(True)]


def test_versions_are_listed_newest_first_by_page(prompts, clock):
    """Each once, the current one included."""
    every = _versioned(prompts, clock, 5)
    for size in (1, 2, 5):
        found, start = [], None
        while True:
            page = prompts.versions("prompt_1", size, start)
            found += page.items
            start = page.next_start
            if start is None:
                break
        assert found == every
    assert list(prompts.versions("prompt_x", 5, None).items) == []


def test_a_deleted_prompt_leaves_its_versions(prompts, clock):
    """It is in no list, cannot be changed, published, deleted or made again; its texts stay readable."""
    every = _versioned(prompts, clock, 3)
    assert not prompts.remove(every[1], clock.now())
    assert prompts.remove(every[0], clock.now())
    assert (prompts.get("prompt_1"), prompts.all()) == (None, [])
    assert list(prompts.versions("prompt_1", 10, None).items) == every
    assert prompts.version("prompt_1", 3) == every[0]
    assert not prompts.save(_next(every[0]), every[0])
    assert not prompts.publish(replace(every[0], publications=(1, 3)), every[0])
    assert not prompts.remove(every[0], clock.now())
    with pytest.raises(Conflict):
        prompts.add(a_prompt(clock))


def test_a_prompt_of_before_drafts_is_published(make_table, clock):
    """Its row says nothing of variables and publications: its version is the one that calls use."""
    prompts = PromptRepository(tables.bind(make_table("ai")))
    prompts.add(a_prompt(clock))
    item = next(iter(tables.PromptItem.query("PROMPTS")))
    item.variables = item.publications = item.description = None
    item.save()
    first = prompts.get("prompt_1")
    assert first == a_prompt(clock)
    assert prompts.publish(replace(first, publications=()), first)
    item.save()
    assert prompts.save(_next(first, publications=(1, 2)), first)


def test_the_mark_of_a_deleted_prompt_expires(make_table, aws, clock):
    """After 30 days; its versions never."""
    prompts = PromptRepository(tables.bind(make_table("ai")))
    prompts.add(a_prompt(clock))
    prompts.remove(a_prompt(clock), clock.now())
    ends = {row["pk"]["S"]: row.get("expires_at") for row in aws.scan(TableName="ai")["Items"]}
    assert ends["PROMPTS"] == {"N": str(int((clock.now() + timedelta(days=30)).timestamp()))}
    assert ends["PROMPT#prompt_1"] is None
