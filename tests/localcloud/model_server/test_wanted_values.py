"""Values that a schema asks for by name are found in the conversation, the same each time."""

from __future__ import annotations

import pytest

from chalicelib.ai.domain.analysis import Wanted, analysis_schema
from chalicelib.ai.domain.extraction import ExtractField, ExtractType
from localcloud.model_server.analysis import CallValues
from localcloud.model_server.call_facts import CallFacts
from localcloud.model_server.schema_values import SchemaValues
from localcloud.model_server.transcript import AGENT, PERSON, Line

TALK = (
    (AGENT, "Do you have a minute?"),
    (PERSON, "Yes, sure."),
    (AGENT, "Do you prefer mornings or afternoons?"),
    (PERSON, "Mornings, please. I have three children to bring along."),
    (AGENT, "Which day would suit you?"),
    (PERSON, "On Monday."),
    (AGENT, "Are you insured with us?"),
    (PERSON, "No, I am not."),
)
NOW = {"now": "Tuesday, 03 March 2026, 12:00"}


def _found(field, talk=TALK, variables=NOW):
    lines = tuple(Line(speaker, text, number) for number, (speaker, text) in enumerate(talk, 1))
    schema = dict(analysis_schema(Wanted((field,))))
    built = SchemaValues(schema).build(CallValues(CallFacts(lines, variables)))
    return built["extracted"][field.key]["value"], built["extracted"][field.key]["said"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (
            ExtractField("part", ExtractType.CHOICE, "", ("afternoon", "morning")),
            "morning",
            "Mornings, please. I have three children to bring along.",
        ),
        (ExtractField("day", ExtractType.DATE, "The day that would suit"), "2026-03-09", "On Monday."),
        (ExtractField("insured", ExtractType.BOOLEAN), False, "No, I am not."),
        (
            ExtractField("children", ExtractType.NUMBER),
            3,
            "Mornings, please. I have three children to bring along.",
        ),
        (ExtractField("insurance", ExtractType.TEXT, "Whether insured"), "No, I am not.", "No, I am not."),
    ],
)
def test_what_was_said_is_found(field, value, said):
    """By its own words, or by the question that it answers; with the words that say it."""
    assert _found(field) == (value, said)


@pytest.mark.parametrize(
    "field",
    [
        ExtractField("allergies", ExtractType.TEXT),
        ExtractField("age", ExtractType.NUMBER),
        ExtractField("smoker", ExtractType.BOOLEAN),
        ExtractField("birthday", ExtractType.DATE, "Date of birth"),
        ExtractField("colour", ExtractType.CHOICE, "", ("red", "blue")),
    ],
)
def test_what_was_not_said_is_null(field):
    """Whatever its type, and without words."""
    value, said = _found(field)
    assert value is None
    assert said in {"", "none"}
