"""Values that a call template looks for: asked of the model, taken as they fit, and placed in the call."""

from __future__ import annotations

import pytest
from fakes.ai import FakeAi
from fakes.calls import NOW, a_brief, a_call

from chalicelib.ai.domain.analysis import ANALYSIS_SCHEMA, Usage, Wanted, analysis_schema, read_analysis
from chalicelib.ai.domain.asking import ModelUse
from chalicelib.ai.domain.conversation import Heard
from chalicelib.ai.domain.extraction import Extracted, ExtractField, ExtractType
from chalicelib.ai.services.analysing import analyse, analyse_by_rules
from chalicelib.calls.domain.evidence import begun_at, with_turns
from chalicelib.calls.domain.files import CallFile
from chalicelib.calls.domain.turns import Turn, TurnKind
from chalicelib.kernel.errors import Invalid
from localcloud.model_server.strict_schema import check_strict

FIELDS = (
    ExtractField("name", ExtractType.TEXT, "What they are called."),
    ExtractField("children", ExtractType.NUMBER),
    ExtractField("insured", ExtractType.BOOLEAN),
    ExtractField("day", ExtractType.DATE),
    ExtractField("size", ExtractType.CHOICE, "How big", ("small", "big")),
)
PLAIN = {"summary": "They talked.", "sentiment": "neutral", "intents": [], "action_items": []}
SAID = {
    "name": {"value": " Ada ", "said": "I am Ada"},
    "children": {"value": 2, "said": "two"},
    "insured": {"value": False, "said": "no"},
    "day": {"value": "2026-03-09", "said": "on Monday"},
    "size": {"value": "big", "said": "a big one"},
}


def _read(extracted, fields=FIELDS):
    return read_analysis({**PLAIN, "extracted": extracted}, "model", Usage(), Wanted(fields)).extracted


def test_a_model_is_asked_for_each_value():
    """By a schema that the provider's strict mode takes; without fields by the same as ever."""
    schema = dict(analysis_schema(Wanted(FIELDS)))
    check_strict(schema, "call_analysis", "response_format")
    wanted = schema["properties"]["extracted"]["properties"]
    assert list(wanted) == [field.key for field in FIELDS]
    assert wanted["name"]["description"].startswith("What they are called.")
    assert analysis_schema() == ANALYSIS_SCHEMA


def test_values_have_their_type():
    """Each with the words that say it."""
    assert _read(SAID) == (
        Extracted("name", "Ada", "I am Ada"),
        Extracted("children", 2, "two"),
        Extracted("insured", value=False, said="no"),
        Extracted("day", "2026-03-09", "on Monday"),
        Extracted("size", "big", "a big one"),
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", 7),
        ("name", "  "),
        ("children", "two"),
        ("children", True),
        ("children", float("nan")),
        ("insured", 1),
        ("insured", "no"),
        ("day", "Monday"),
        ("day", "2026-02-30"),
        ("day", "20260309"),
        ("size", "huge"),
        ("size", None),
    ],
)
def test_a_value_that_does_not_fit_is_none(key, value):
    """And the others stand; its words are not kept either."""
    found = {each.key: each for each in _read({**SAID, key: {"value": value, "said": "x"}})}
    assert found[key] == Extracted(key, None)
    assert sum(each.value is None for each in found.values()) == 1


@pytest.mark.parametrize("extracted", [None, [], "x", {}, {"name": "Ada"}])
def test_a_model_that_forgot_values_has_found_none(extracted):
    """The rest of the analysis is worth having."""
    assert [each.value for each in _read(extracted)] == [None] * len(FIELDS)


def test_an_answer_that_is_no_object_is_refused():
    """As ever."""
    with pytest.raises(Invalid):
        read_analysis(["x"], "model", Usage(), Wanted(FIELDS))


def test_the_model_is_told_when_the_call_was(clock, monkeypatch):
    """Where the contact lives, so that "on Monday" is a date."""
    ai, tasks = FakeAi(clock), []

    def extract(task, _text, _name, _schema, tell):
        tasks.append(task)
        tell(ModelUse("p", "m", total_ms=0))
        return {**PLAIN, "extracted": SAID}, Usage()

    monkeypatch.setattr(ai.model, "extract", extract)
    when = begun_at(CallFile(a_call(answered_at=NOW), a_brief()))
    assert when == "Tuesday, 03 March 2026, 04:00"
    assert analyse(ai, (Heard("Hi"),), "Ada", when, Wanted(FIELDS)).extracted[0].value == "Ada"
    assert analyse(ai, (Heard("Hi"),), "Ada", when).extracted == ()
    assert [when in task for task in tasks] == [True, True]


def test_rules_find_nothing(clock):
    """And say so of each value."""
    analysis = analyse_by_rules(FakeAi(clock), (Heard("Hi"),), "bad_analysis", Wanted(FIELDS))
    assert [(each.key, each.value) for each in analysis.extracted] == [(f.key, None) for f in FIELDS]


@pytest.mark.parametrize(
    ("said", "turn"),
    [("on monday", 3), ("On Monday.", 3), ("Tuesday", 1), ("day", None), ("", None), ("never said", None)],
)
def test_a_value_names_the_turn_in_which_it_was_said(said, turn):
    """The last one, in whole words, whatever case and punctuation; none for words that nobody said."""
    texts = ("", "Tuesday?", "no, on monday", "yes: on Monday!")
    turns = tuple(Turn(number, TurnKind.SPEECH, NOW, said=text) for number, text in enumerate(texts))
    analysis = read_analysis(
        {**PLAIN, "extracted": {"name": {"value": "x", "said": said}}}, "model", Usage(), Wanted(FIELDS[:1])
    )
    assert with_turns(analysis, turns).extracted[0].turn == turn
