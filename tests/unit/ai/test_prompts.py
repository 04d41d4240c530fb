"""Prompts: what is refused, which version calls use, what becomes of variables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes.ai import a_prompt

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.domain import prompts as rules
from chalicelib.ai.domain.prompts import PromptVariable, VariableType
from chalicelib.ai.domain.wording import HOUSE_RULES
from chalicelib.ai.services.prompts import (
    PromptText,
    create_prompt,
    delete_prompt,
    find_prompts,
    get_prompt,
    get_version,
    instructions,
    list_versions,
    prompt_of_call,
    prompt_to_use,
    publish_prompt,
    replace_prompt,
    roll_back_prompt,
    stable_chars,
)
from chalicelib.kernel.errors import Conflict, Invalid, NotFound

OFFER = PromptVariable("offer", VariableType.TEXT, "spring")
PRICE = PromptVariable("price", VariableType.NUMBER, 5, required=False)


def _made(ai, text="You sell.", **more):
    return create_prompt(ai, PromptText("Sales", text, **more), "prompt_1")


def _code(act):
    with pytest.raises((Conflict, Invalid, NotFound)) as refusal:
        act()
    return refusal.value.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ offer }}", "undeclared_variable"),
        ("{% if offer %}x{% endif %}", "undeclared_variable"),
        ("{% for each in offers %}{{ each }}{% endfor %}", "undeclared_variable"),
        ("{{ broken", "bad_template"),
    ],
)
def test_a_text_that_cannot_work_is_refused(ai, text, code):
    """When it is made, and when it is changed."""
    prompt = _made(ai)
    wanted = PromptText("Sales", text)
    assert _code(lambda: create_prompt(ai, wanted)) == code
    assert _code(lambda: replace_prompt(ai, prompt.id, wanted, None)) == code
    assert ai.prompts.all() == [prompt]


@pytest.mark.parametrize(
    "text",
    [
        "{{ contact.name }} {{ first_name }} {{ call.number }} {{ now }}",
        "{{ offer }}",
        "{% set own = 1 %}{{ own }}{% for n in range(2) %}{{ n }}{% endfor %}",
    ],
)
def test_what_is_known_or_declared_may_be_used(ai, text):
    """Names that the text itself makes need no declaration."""
    assert _made(ai, text, variables=(OFFER,)).text == text


def test_a_draft_is_not_used_until_it_is_published(ai):
    """The newest version is what people read and write, the published one what calls are led by."""
    _made(ai)
    draft = replace_prompt(ai, "prompt_1", PromptText("Sales", "You ask.", publish=False), 1)
    assert (draft.version, draft.published_version, draft.is_draft) == (2, 1, True)
    assert get_prompt(ai, "prompt_1") == draft
    assert prompt_to_use(ai, "prompt_1").text == "You sell."
    published = publish_prompt(ai, "prompt_1")
    assert (published.version, published.published_version, published.is_draft) == (2, 2, False)
    assert prompt_to_use(ai, "prompt_1").text == "You ask."


def test_a_prompt_that_was_never_published_leads_no_call(ai):
    """It can be read and changed; only using it is refused."""
    _made(ai, publish=False)
    assert get_prompt(ai, "prompt_1").published_version is None
    assert _code(lambda: prompt_to_use(ai, "prompt_1")) == "prompt_not_published"


def test_rolling_back_goes_through_what_was_used(ai):
    """Step by step to the first, and no further; drafts that nobody used are no step."""
    _made(ai)
    replace_prompt(ai, "prompt_1", PromptText("Sales", "Draft.", publish=False), None)
    replace_prompt(ai, "prompt_1", PromptText("Sales", "Third."), None)
    publish_prompt(ai, "prompt_1", 2)
    assert [roll_back_prompt(ai, "prompt_1").published_version for _ in range(2)] == [3, 1]
    assert _code(lambda: roll_back_prompt(ai, "prompt_1")) == "nothing_to_roll_back"
    assert prompt_to_use(ai, "prompt_1").text == "You sell."
    assert get_prompt(ai, "prompt_1").version == 3


def test_changing_nothing_makes_no_version(ai, clock):
    """It may put a draft to use all the same."""
    first = _made(ai, publish=False)
    clock.advance(days=1)
    same = PromptText("Sales", "You sell.", publish=False)
    assert replace_prompt(ai, "prompt_1", same, None) == first
    used = replace_prompt(ai, "prompt_1", replace(same, publish=True), None)
    assert (used.version, used.published_version, used.updated_at) == (1, 1, first.updated_at)
    assert publish_prompt(ai, "prompt_1", 1) == used


def test_whoever_read_an_old_version_changes_nothing(ai):
    """Neither by writing nor by deleting."""
    _made(ai)
    replace_prompt(ai, "prompt_1", PromptText("Sales", "Two."), 1)
    late = PromptText("Sales", "Late.")
    assert _code(lambda: replace_prompt(ai, "prompt_1", late, 1)) == "version_changed"
    assert _code(lambda: delete_prompt(ai, "prompt_1", 1)) == "version_changed"
    assert prompt_to_use(ai, "prompt_1").text == "Two."


def test_a_rival_is_not_overwritten(ai, monkeypatch):
    """Who loses a race reads again: both changes are versions."""
    _made(ai)
    save, rivals = ai.prompts.save, iter([PromptText("Sales", "Rival.")])

    def slow(template, before):
        for rival in rivals:
            replace_prompt(ai, "prompt_1", rival, None)
        return save(template, before)

    monkeypatch.setattr(ai.prompts, "save", slow)
    assert replace_prompt(ai, "prompt_1", PromptText("Sales", "Mine."), None).version == 3
    assert get_version(ai, "prompt_1", "2").text == "Rival."


def test_a_version_that_is_not_there_is_not_published(ai):
    """Nothing is changed by trying."""
    _made(ai)
    for act in (
        lambda: publish_prompt(ai, "prompt_1", 2),
        lambda: get_version(ai, "prompt_1", "2"),
        lambda: get_version(ai, "prompt_1", "x"),
        lambda: list_versions(ai, "prompt_x", 10, None),
    ):
        assert _code(act) == "prompt_not_found"
    assert get_prompt(ai, "prompt_1").publications == (1,)


def test_versions_tell_which_one_is_used_now(ai):
    """Also the old ones, which were stored when another was."""
    _made(ai)
    replace_prompt(ai, "prompt_1", PromptText("Sales", "Two."), None)
    found = list_versions(ai, "prompt_1", 10, None).items
    assert [(each.version, each.published_version) for each in found] == [(2, 2), (1, 2)]
    assert get_version(ai, "prompt_1", "1").published_version == 2


def test_a_deleted_prompt_still_leads_calls_that_were_accepted(ai):
    """By the version that was published; nothing new can use it."""
    _made(ai)
    replace_prompt(ai, "prompt_1", PromptText("Sales", "Draft.", publish=False), None)
    delete_prompt(ai, "prompt_1", 2)
    assert prompt_of_call(ai, "prompt_1").text == "You sell."
    assert _code(lambda: prompt_to_use(ai, "prompt_1")) == "prompt_not_found"
    assert _code(lambda: prompt_of_call(ai, "prompt_x")) == "prompt_not_found"
    assert _code(lambda: _made(ai)) == "template_gone"


def test_there_are_so_many_prompts_at_most(ai, clock, monkeypatch):
    """They are counted, not read; a repetition of one that is there is none more."""
    monkeypatch.setattr(ai.prompts, "all", lambda: pytest.fail("all texts were read"))
    monkeypatch.setattr("chalicelib.ai.services.prompts.MAX_PROMPTS", 1)
    first = _made(ai)
    assert _made(ai) == first
    assert _code(lambda: create_prompt(ai, PromptText("Other", "Text."))) == "too_many_prompts"


@pytest.mark.parametrize(
    ("words", "names"),
    [("", ["Recall", "Sales"]), ("SALES", ["Sales"]), ("dentist sell", ["Sales"]), ("dentist nobody", [])],
)
def test_prompts_are_found_by_words(ai, words, names):
    """All of them must stand somewhere in what people wrote."""
    create_prompt(ai, PromptText("Recall", "You remind."))
    create_prompt(ai, PromptText("Sales", "You sell.", "For the dentist"))
    assert [prompt.name for prompt in find_prompts(ai, words, 50).items] == names


def test_prompts_come_in_pages_that_one_answer_can_hold(ai, clock, monkeypatch):
    """By name, each once, also where two have one name; a page is short when its texts are long."""
    for place in range(3):
        text = "\N{LATIN SMALL LETTER U WITH DIAERESIS}" * 20_000
        create_prompt(ai, PromptText("Same", text), f"prompt_{place}")

    def pages(size):
        start = None
        while True:
            page = find_prompts(ai, "same", size, start)
            yield [prompt.id for prompt in page.items]
            if (start := page.next_start) is None:
                return

    assert list(pages(2)) == [["prompt_0", "prompt_1"], ["prompt_2"]]
    monkeypatch.setattr(rules, "_MAX_BYTES", 300_000)
    assert list(pages(50)) == [["prompt_0", "prompt_1"], ["prompt_2"]]
    monkeypatch.setattr(rules, "_MAX_BYTES", 1)
    assert list(pages(50)) == [["prompt_0"], ["prompt_1"], ["prompt_2"]]


def test_values_come_from_the_first_source_that_fits(clock):
    """A value of another type is passed over; who is on the line is answered in any case."""
    prompt = replace(a_prompt(clock), variables=(OFFER, PRICE))
    values = rules.values_for(
        prompt, {"price": "cheap", "other": 1}, {"price": 7, "offer": 3}, {"offer": "x"}
    )
    assert values == {"offer": "x", "price": 7}
    assert rules.values_for(prompt) == {"offer": "", "price": 0}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "missing_variable"),
        ({"price": 1}, "missing_variable"),
        ({"offer": "x", "ofer": "y"}, "undeclared_variable"),
        ({"offer": 3}, "bad_variable"),
        ({"offer": "x", "price": True}, "bad_variable"),
        ({"offer": "x", "price": float("nan")}, "bad_variable"),
        ({"offer": "x", "price": 1.5}, None),
        ({"offer": ""}, None),
    ],
)
def test_values_that_will_not_do_are_told(given, code):
    """Missing, misspelt, or of another type."""
    objection = rules.objection_to((OFFER, PRICE), given)
    assert (objection and objection[0]) == code


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (VariableType.DATE, "2026-03-03", True),
        (VariableType.DATE, "20260303", False),
        (VariableType.DATE, "soon", False),
        (VariableType.BOOLEAN, 1, False),
        (VariableType.BOOLEAN, False, True),
        (VariableType.NUMBER, True, False),
        (VariableType.TEXT, 1, False),
    ],
)
def test_types_are_told_apart(kind, value, expected):
    """As strictly as JSON does."""
    assert rules.fits(kind, value) is expected


def test_what_is_known_of_a_call_is_never_a_declared_value(ai, clock):
    """No custom field can stand for the contact or the time."""
    prompt = replace(a_prompt(clock, "{{ now }} {{ offer }}"), variables=(OFFER,))
    filled = instructions(ai, prompt, {"now": "noon"}, {"offer": "x", "now": "night"})
    assert "noon" in filled
    assert "night" not in filled


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("You sell.\nTo {{ contact.name }} only.", "You sell.\nTo "),
        ("You sell.", "You sell."),
        ("{% if contact.email %}x{% endif %} y", ""),
        ("{{ now }} y", ""),
        ("{# note #}You {% set x = 1 %}sell", "You "),
    ],
)
def test_what_stays_the_same_is_counted(ai, clock, text, beginning):
    """From the rules of the house to the first thing that differs between calls."""
    assert JinjaRenderer().beginning(text) == beginning
    assert stable_chars(ai, a_prompt(clock, text)) == len(HOUSE_RULES) + len(beginning)
    filled = instructions(ai, a_prompt(clock, text), {"contact": {"name": "A", "email": "a"}, "now": "x"})
    assert filled.startswith(HOUSE_RULES + beginning)
