"""What cannot work is refused when it is written, in words that say what to do."""

from __future__ import annotations

from datetime import date

import pytest
from fakes.calls import NOW
from pydantic import BaseModel, ValidationError

from chalicelib.ai.adapters.rendering import JinjaRenderer
from chalicelib.ai.schemas.chats import ChatIn
from chalicelib.ai.schemas.conduct import ConductIn
from chalicelib.ai.schemas.prompts import PromptVariableIn
from chalicelib.ai.schemas.scenarios import ScenarioIn
from chalicelib.calls.schemas.findings import DecisionIn
from chalicelib.calls.schemas.templates import CallTemplateIn
from chalicelib.calls.services.briefing import SAMPLE
from chalicelib.entrypoints.middleware.wording import remedy
from chalicelib.kernel.errors import Invalid

TEMPLATE = {"name": "Sales", "prompt_id": "prompt_1", "greeting": "Hello."}


class DayIn(BaseModel):
    """A query with a day."""

    day: date


@pytest.mark.parametrize(
    ("model", "given", "place", "words"),
    [
        (CallTemplateIn, {**TEMPLATE, "conduct": {"on_abuse": "transfer"}}, ("conduct",), "transfer_to"),
        (CallTemplateIn, {**TEMPLATE, "conduct": {"on_emergency": "transfer"}}, ("conduct",), "transfer_to"),
        (ConductIn, {"confirm_tools": ["add_note", "end_call"]}, ("confirm_tools",), "Leave out end_call"),
        (ConductIn, {"providers": ["openai", "openai"]}, ("providers",), "more than one openai"),
        (ChatIn, {"prompt_id": "prompt_1"}, (), "give the first message"),
        (DecisionIn, {"decision": "refuse", "value": "x"}, (), "only to accept"),
        (PromptVariableIn, {"name": "day", "type": "date", "sample": "3/5"}, ("sample",), "(YYYY-MM-DD)"),
        (DayIn, {"day": "3/5/2026"}, ("day",), "YYYY-MM-DD"),
        (ScenarioIn, {"name": "My Test", "steps": []}, ("name",), "Small letters, digits, - and _"),
    ],
)
def test_what_cannot_work_is_refused_where_it_stands(model, given, place, words):
    """With a remedy."""
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    found = [error for error in refused.value.errors() if tuple(error["loc"]) == place]
    assert found
    assert words in remedy(found[0], model, "field")


@pytest.mark.parametrize("to", ["on_abuse", "on_emergency"])
def test_with_a_number_they_are_taken(to):
    """There is somebody to transfer to."""
    given = {**TEMPLATE, "transfer_to": "+14155550188", "conduct": {to: "transfer"}}
    assert CallTemplateIn.model_validate(given).template("template_1", NOW).transfer_to


def test_a_misspelt_detail_is_told_in_the_words_of_templates():
    """By what the contact has, not by the name of a class."""
    with pytest.raises(Invalid) as refused:
        JinjaRenderer().render("Hello {{ contact.nmae }}", {"contact": SAMPLE.contact})
    assert "contact has no nmae; it has name, phone" in refused.value.message
    assert "chalicelib" not in refused.value.message
    with pytest.raises(Invalid, match="value has no other; it has line"):
        JinjaRenderer().render("{{ call.other }}", {"call": {"line": 1}})
