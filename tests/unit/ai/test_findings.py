"""What a call left behind: asked of a model by a strict schema, and taken as far as it fits."""

from __future__ import annotations

import pytest
from fakes.ai import FakeAi
from fakes.model import ANALYSIS, USAGE

from chalicelib.ai.domain.analysis import USUAL, Usage, Wanted, analysis_schema, read_analysis
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.domain.findings import OUTCOMES, ActionItem, Findings, Learnt, PromisedCallback
from chalicelib.ai.services.analysing import analyse
from localcloud.model_server.strict_schema import check_strict

FULL = {
    "outcome": "callback_wanted",
    "goal_reached": False,
    "confidence": 0.8,
    "callback": {"at": "2026-03-05T10:00", "said": "call me on Thursday"},
    "facts": [{"key": "pet", "value": "a cat", "said": "my cat"}],
}


def _read(wanted=USUAL, **changes):
    return read_analysis({**ANALYSIS, **FULL, **changes}, "model", Usage(), wanted)


def test_the_schema_is_strict():
    """A provider that enforces schemas takes it; every property is required."""
    schema = dict(analysis_schema(Wanted(outcomes=("won", "lost"))))
    check_strict(schema, "call_analysis", "response_format")
    assert schema["required"] == list(schema["properties"])
    assert schema["properties"]["outcome"]["enum"] == ["won", "lost"]
    assert analysis_schema()["properties"]["outcome"]["enum"] == list(OUTCOMES)


def test_findings_are_read():
    """Each part as the model said it."""
    assert _read().findings == Findings(
        "callback_wanted",
        goal_reached=False,
        confidence=0.8,
        callback=PromisedCallback("2026-03-05T10:00", "call me on Thursday"),
        facts=(Learnt("pet", "a cat", "my cat"),),
    )


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("outcome", "won", ""),
        ("outcome", None, ""),
        ("outcome", ["goal_reached"], ""),
        ("goal_reached", "yes", None),
        ("goal_reached", None, None),
        ("confidence", 7, 1.0),
        ("confidence", -1, 0.0),
        ("confidence", True, None),
        ("confidence", float("nan"), None),
        ("confidence", "high", None),
        ("callback", None, None),
        ("callback", "tomorrow", None),
        ("callback", {"at": "tomorrow"}, None),
        ("callback", {"at": "2026-02-30T10:00", "said": "x"}, None),
        ("callback", {"at": "2026-03-05T10:00:00+02:00"}, None),
        ("callback", {"at": "2026-03-05"}, None),
        ("facts", None, ()),
        ("facts", "x", ()),
        ("facts", ["x", {"key": "Pet!", "value": "x"}, {"key": "pet", "value": " "}, {"key": 1}], ()),
    ],
)
def test_what_does_not_fit_is_left_out(name, value, read):
    """And the rest stands."""
    findings = _read(**{name: value}).findings
    assert getattr(findings, name) == read
    assert sum(vars(findings)[each] != vars(_read().findings)[each] for each in vars(findings)) == 1


def test_a_template_has_its_own_words_for_outcomes():
    """And then no others."""
    assert _read(Wanted(outcomes=("won", "lost")), outcome="won").findings.outcome == "won"
    assert _read(Wanted(outcomes=("won", "lost")), outcome="goal_reached").findings.outcome == ""


def test_one_fact_stands_for_each_key():
    """The one that was said last; ten at most."""
    twice = [{"key": "pet", "value": value, "said": ""} for value in ("a cat", "a dog")]
    many = [{"key": f"k{number}", "value": "x", "said": ""} for number in range(30)]
    assert _read(facts=twice).findings.facts == (Learnt("pet", "a dog"),)
    assert len(_read(facts=many).findings.facts) == 10


@pytest.mark.parametrize(
    ("owner", "read"),
    [("agent", "agent"), ("Caller ", "caller"), ("system", "colleague"), (None, "colleague")],
)
def test_an_owner_is_one_of_three(owner, read):
    """What nobody knows is for a colleague to look at."""
    assert _read(action_items=[{"text": "x", "owner": owner}]).action_items == (ActionItem("x", read),)


@pytest.mark.parametrize(
    ("due_on", "read"),
    [("2026-03-05", "2026-03-05"), ("Thursday", None), ("2026-02-30", None), (None, None), (5, None)],
)
def test_an_action_item_may_have_a_day(due_on, read):
    """One that is in the calendar."""
    items = _read(action_items=[{"text": "x", "owner": "agent", "due_on": due_on}]).action_items
    assert items[0].due_on == read


def test_tokens_of_an_answer_that_was_no_use_count(clock):
    """Who is asked twice has been paid twice."""
    ai = FakeAi(clock)
    ai.model.analyses = [{"summary": 1}, ANALYSIS]
    assert analyse(ai, (Heard("Hi"),), "Ada").usage == USAGE + USAGE
