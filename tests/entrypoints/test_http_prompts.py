"""Prompts over HTTP: versions, drafts, publishing, trying out, deleting; the call templates that use them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fakes.calls import NUMBER, FakeCalls, furnished

from chalicelib.ai.domain.wording import DATA_MARKS
from chalicelib.calls.services.briefing import SAMPLE, write_brief
from chalicelib.system.domain.tokens import Scope

PROMPTS = "/v1/ai/templates"
ONE = f"{PROMPTS}/prompt_1"
TEMPLATES = "/v1/calls/templates"
ANY = {"If-Match": "*"}
SIMPLE = {"name": "Sales", "text": "You sell."}
OFFER = {"name": "offer", "type": "text", "sample": "spring", "description": "What", "required": True}
WITH_OFFER = {"name": "Sales", "text": "Sell {{ offer }} to {{ contact.name }}.", "variables": [OFFER]}
FULL = {
    **WITH_OFFER,
    "description": "For calls",
    "variables": [
        OFFER,
        {"name": "price", "type": "number", "sample": 1.5, "description": "", "required": False},
        {"name": "is_new", "type": "boolean", "sample": True, "description": "", "required": False},
        {"name": "until", "type": "date", "sample": "2026-03-03", "description": "", "required": False},
    ],
}
TEMPLATE = {"name": "Check-up", "greeting": "Hello.", "prompt_id": "prompt_1"}


@pytest.fixture(autouse=True)
def calls(container, clock):
    """Give the ports of calls, furnished, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    furnished(container.calls)
    return container.calls


@pytest.fixture
def put(api):
    """Put a prompt's fields for whatever version there is."""
    return lambda body, tag="*", **options: api.ask(
        "PUT", ONE, body=body, headers={"If-Match": tag}, **options
    )


def _code(answer):
    return answer.status, answer.body["code"]


def _plain(text):
    """Give instructions without the marks around data."""
    return re.sub(f"[{''.join(DATA_MARKS)}]", "", text)


def _instructions(calls, occasion=SAMPLE):
    template = calls.templates.get("template_1")
    prompt = calls.ai.prompts.get("prompt_1")
    return _plain(write_brief(calls, template, prompt, occasion).instructions)


def test_every_field_comes_back(api):
    """As it was given, from each of the ways to read it."""
    made = api.post(PROMPTS, FULL)
    assert made.status == 201
    assert {name: made.body[name] for name in FULL} == FULL
    assert (made.body["version"], made.body["published_version"], made.body["is_draft"]) == (1, 1, False)
    path = f"{PROMPTS}/{made.body['id']}"
    for way in (path, f"{path}/versions/1"):
        assert api.get(way, scope=Scope.VIEWER).body == made.body
    assert made.body in api.get(PROMPTS).body["items"]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"variables": [{**OFFER, "name": "contact"}]}, "/variables/0/name"),
        ({"variables": [{**OFFER, "name": "Offer"}]}, "/variables/0/name"),
        ({"variables": [{**OFFER, "type": "number"}]}, "/variables/0/sample"),
        ({"variables": [{**OFFER, "type": "date"}]}, "/variables/0/sample"),
        ({"variables": [OFFER, OFFER]}, ""),
        ({"text": " "}, "/text"),
    ],
)
def test_what_cannot_work_is_refused(api, put, change, pointer):
    """The field is named, when a prompt is made and when it is changed."""
    for answer in (api.post(PROMPTS, WITH_OFFER | change), put(WITH_OFFER | change)):
        assert _code(answer) == (400, "invalid_fields")
        assert answer.body["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ ofer }}", "undeclared_variable"),
        ("{{ broken", "bad_template"),
        ("{{ contact.nickname }}", "bad_template"),
        ("{{ offer + 1 }}", "bad_template"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused(api, put, text, code):
    """With sample values, before anybody is called."""
    for answer in (api.post(PROMPTS, WITH_OFFER | {"text": text}), put(WITH_OFFER | {"text": text})):
        assert _code(answer) == (400, code)
        assert answer.body["errors"][0]["pointer"] == "/text"


def test_a_prompt_is_replaced_at_the_version_that_was_read(api, put):
    """Without that 428, with an old one 412; the version before stays readable."""
    read = api.get(ONE)
    assert api.ask("PUT", ONE, body=SIMPLE).status == 428
    changed = put(SIMPLE, read.headers["ETag"])
    assert (changed.status, changed.body["version"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert put(SIMPLE | {"name": "Late"}, read.headers["ETag"]).status == 412
    assert api.get(f"{ONE}/versions/1").body["text"] == read.body["text"]
    assert put(SIMPLE, scope=Scope.VIEWER).status == 403
    page = api.get(f"{ONE}/versions?page_size=1").body
    following = api.get(f"{ONE}/versions?page_size=1&page_token={page['next_page_token']}").body
    assert [page["items"][0]["version"], following["items"][0]["version"]] == [2, 1]
    assert following["next_page_token"] is None


def test_a_draft_is_published_and_taken_back(api, put, calls):
    """Calls are led by the published one; each act is the operator's."""
    put(SIMPLE | {"publish": False})
    assert "You sell to" in calls.ai.prompts.version("prompt_1", 1).text
    assert api.get(ONE).body["is_draft"] is True
    assert api.post(f"{ONE}/publish", {}, scope=Scope.VIEWER).status == 403
    assert api.post(f"{ONE}/publish", {}).body["published_version"] == 2
    back = api.post(f"{ONE}/rollback", scope=Scope.OPERATOR)
    assert (back.status, back.body["version"], back.body["published_version"]) == (200, 2, 1)
    assert _code(api.post(f"{ONE}/rollback")) == (409, "nothing_to_roll_back")
    assert api.post(f"{ONE}/publish", {"version": 2}).body["published_version"] == 2
    assert _code(api.post(f"{ONE}/publish", {"version": 3})) == (404, "prompt_not_found")


def test_a_call_template_gives_what_its_prompt_requires(api, calls):
    """Missing, misspelt and wrong values are refused; what is given fills the prompt."""
    prompt = api.post(PROMPTS, WITH_OFFER).body["id"]
    body = {**TEMPLATE, "prompt_id": prompt}
    for variables, code in (
        ({}, "missing_variable"),
        ({"offer": "x", "ofer": "y"}, "undeclared_variable"),
        ({"offer": 3}, "bad_variable"),
    ):
        answer = api.post(TEMPLATES, {**body, "variables": variables})
        assert (_code(answer), answer.body["errors"][0]["pointer"]) == ((400, code), "/variables")
    made = api.post(TEMPLATES, {**body, "variables": {"offer": "autumn"}})
    assert (made.status, made.body["variables"]) == (201, {"offer": "autumn"})
    shown = api.post(f"{TEMPLATES}/{made.body['id']}/render", {}).body
    assert "Sell autumn to Sample Person." in _plain(shown["instructions"])


def test_a_contacts_own_field_goes_first(calls, put):
    """The template's value stands for contacts that have none."""
    calls.templates.add(replace(calls.templates.get("template_1"), variables={"offer": "autumn"}))
    assert put(WITH_OFFER).status == 200
    assert "Sell autumn" in _instructions(calls)
    contact = replace(SAMPLE.contact, custom_fields={"offer": "winter", "now": "never"})
    assert "Sell winter" in _instructions(calls, replace(SAMPLE, contact=contact))


def test_a_version_that_would_break_a_call_template_is_not_put_to_use(api, put, calls):
    """By none of the three ways; as a draft it is kept."""
    assert _code(put(WITH_OFFER)) == (409, "template_lacks_variable")
    assert put(WITH_OFFER | {"publish": False}).status == 200
    assert _code(api.post(f"{ONE}/publish", {})) == (409, "template_lacks_variable")
    assert api.get(ONE).body["published_version"] == 1
    calls.templates.add(replace(calls.templates.get("template_1"), variables={"offer": "x"}))
    assert api.post(f"{ONE}/publish", {}).status == 200
    put(SIMPLE)  # a value that is not asked for any more does no harm
    calls.templates.add(replace(calls.templates.get("template_1"), variables={}))
    assert _code(api.post(f"{ONE}/rollback")) == (409, "template_lacks_variable")


def test_an_unpublished_prompt_leads_no_call_template(api):
    """It says so, and names the field."""
    prompt = api.post(PROMPTS, SIMPLE | {"publish": False}).body["id"]
    answer = api.post(TEMPLATES, {**TEMPLATE, "prompt_id": prompt})
    assert _code(answer) == (400, "prompt_not_published")
    assert answer.body["errors"][0]["pointer"] == "/prompt_id"


def test_a_prompt_that_is_used_is_not_deleted(api, calls):
    """One that is not is gone, except for its versions."""
    assert _code(api.ask("DELETE", ONE, headers=ANY)) == (409, "prompt_in_use")
    calls.templates.remove(calls.templates.get("template_1"), calls.clock.now())
    assert api.ask("DELETE", ONE, headers=ANY, scope=Scope.VIEWER).status == 403
    assert api.ask("DELETE", ONE, headers=ANY).status == 204
    assert _code(api.get(ONE)) == (404, "prompt_not_found")
    assert api.get(f"{ONE}/versions/1").status == 200


def test_a_prompt_is_tried_out(api, calls):
    """With a contact or somebody made up; with given values, or samples; any version."""
    prompt = api.post(PROMPTS, WITH_OFFER).body["id"]
    shown = api.post(f"{PROMPTS}/{prompt}/render", {}, scope=Scope.VIEWER)
    assert shown.status == 200
    assert _plain(shown.body["instructions"]).endswith("Sell spring to Sample Person.")
    assert shown.body["instructions"][: shown.body["stable_chars"]].endswith("Sell ")
    contact = calls.crm.contacts.find_by_phone(NUMBER)
    wish = {"contact_id": contact.id, "variables": {"offer": "autumn"}, "version": 1}
    body = api.post(f"{PROMPTS}/{prompt}/render", wish).body
    assert _plain(body["instructions"]).endswith("Sell autumn to Ada.")
    assert (body["variables"], body["version"]) == ({"offer": "autumn"}, 1)
    assert _code(api.post(f"{PROMPTS}/{prompt}/render", {"version": 2})) == (404, "prompt_not_found")
    nobody = {"contact_id": "contact_x"}
    assert _code(api.post(f"{PROMPTS}/{prompt}/render", nobody)) == (404, "contact_not_found")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"offer": 5}, "bad_variable"),
        ({"offer": "x", "ofer": "y"}, "undeclared_variable"),
    ],
)
def test_values_are_checked_when_a_prompt_is_tried_out(api, values, code):
    """As in a call template: samples would stand in their place, and nobody would notice."""
    prompt = api.post(PROMPTS, WITH_OFFER).body["id"]
    answer = api.post(f"{PROMPTS}/{prompt}/render", {"variables": values})
    assert _code(answer) == (400, code)
    assert answer.body["errors"][0]["pointer"] == "/variables"


def test_prompts_are_found_by_words(api):
    """In name, description and text."""
    api.post(PROMPTS, {"name": "Recall", "text": "You remind of the dentist."})
    found = api.get(f"{PROMPTS}?q=dentist").body["items"]
    assert [prompt["name"] for prompt in found] == ["Recall"]
