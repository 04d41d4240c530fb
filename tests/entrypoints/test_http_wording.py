"""Refusals name the field and say what to do, in words that need no knowledge of regular expressions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.calls import FakeCalls

from chalicelib.kernel.clock import cut_to_millis, iso
from chalicelib.system.domain.tokens import Scope

PROMPT = {"name": "Follow-up", "text": "You call {{ contact.name }}."}
TEMPLATE = {"name": "Check-up", "greeting": "Hello {{ first_name }}."}
CALL = {"number": "+14155550112"}


@pytest.fixture
def calls(container, clock):
    """Give the ports of calls, prompts among them, to the API."""
    container.calls = FakeCalls(clock, container.crm)
    container.calls.system = container.system
    container.ai = container.calls.ai
    return container.calls


def _error(answer):
    assert 400 <= answer.status < 500, answer.body
    return answer.body["code"], answer.body["errors"][0]["pointer"]


def _detail(answer):
    return answer.body["errors"][0]["detail"]


@pytest.fixture
def prompt_id(api, calls):
    """Give a prompt."""
    return api.post("/v1/ai/templates", PROMPT).body["id"]


@pytest.fixture
def template_id(api, prompt_id):
    """Give a call template."""
    return api.post("/v1/calls/templates", {**TEMPLATE, "prompt_id": prompt_id}).body["id"]


@pytest.mark.usefixtures("calls")
def test_a_prompt_with_a_mistake_is_refused_when_it_is_made(api):
    """Nobody finds it out in a call."""
    answer = api.post("/v1/ai/templates", {**PROMPT, "text": "Hello {% for"})
    assert _error(answer) == ("bad_template", "/text")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"prompt_id": "prompt_0"}, ("prompt_not_found", "/prompt_id")),
        ({"greeting": "Hello {{ nobody }}."}, ("bad_template", "/greeting")),
        ({"tools": ["fly"]}, ("unknown_tool", "/tools")),
        ({"transfer_to": "+442079460123"}, ("country_not_allowed", "/transfer_to")),
        ({"on_failure": "transfer"}, ("invalid_fields", "/transfer_to")),
        ({"on_failure": "transfer", "transfer_to": None}, ("invalid_fields", "/transfer_to")),
    ],
)
def test_a_call_template_that_cannot_work_names_its_field(api, prompt_id, changes, expected):
    """Also transferring to nobody."""
    assert (
        _error(api.post("/v1/calls/templates", {**TEMPLATE, "prompt_id": prompt_id, **changes})) == expected
    )


def test_a_prompt_that_cannot_be_filled_in_is_the_templates_prompt(api, calls, prompt_id):
    """And not the greeting; it may have been stored when less was looked at."""
    stored = calls.ai.prompts.by_id[prompt_id]
    calls.ai.prompts.by_id[prompt_id] = replace(stored, text="{{ nobody }}")
    answer = api.post("/v1/calls/templates", {**TEMPLATE, "prompt_id": prompt_id})
    assert _error(answer) == ("bad_template", "/prompt_id")
    assert calls.templates.all() == []


def test_a_call_names_the_field_that_is_refused(api, clock, template_id):
    """The template that is not there, and the time that is too far."""
    far = {**CALL, "template_id": template_id, "not_before": iso(clock.now() + timedelta(days=400))}
    assert _error(api.post("/v1/calls/initiate", far)) == ("too_far_ahead", "/not_before")
    nowhere = {**CALL, "template_id": "template_0"}
    assert _error(api.post("/v1/calls/initiate", nowhere)) == ("template_not_found", "/template_id")
    answer = api.ask("PUT", "/v1/calls/numbers/+15005550006", body={"template_id": "template_0"})
    assert _error(answer) == ("template_not_found", "/template_id")


def test_instants_are_the_same_in_every_answer(api, calls, prompt_id):
    """Storage keeps milliseconds, so that is what the first answer has."""
    calls.clock.instant = calls.clock.instant.replace(microsecond=123987)
    made = api.post("/v1/calls/templates", {**TEMPLATE, "prompt_id": prompt_id}).body
    call = api.post("/v1/calls/initiate", {**CALL, "template_id": made["id"]}).body
    assert {made["created_at"], call["created_at"], call["due_at"]} == {
        cut_to_millis(calls.clock.now()).isoformat().replace("+00:00", "Z")
    }
    assert ".123000Z" in call["due_at"]


def test_a_token_that_ends_before_it_begins_names_its_end(api):
    """As a field of the body."""
    body = {"name": "Late", "scope": "viewer", "expires_at": "2020-01-01T00:00:00Z"}
    assert _error(api.post("/v1/tokens", body, scope=Scope.ADMIN)) == ("bad_expiry", "/expires_at")


def test_a_number_that_is_taken_is_the_phone(api):
    """Beside the contact that has it."""
    body = {"name": "Ada", "phone": "+14155552671"}
    api.post("/v1/crm/contacts", body)
    assert _error(api.post("/v1/crm/contacts", body)) == ("phone_taken", "/phone")


def test_no_body_is_an_empty_one_where_nothing_is_required(api):
    """Elsewhere it is no JSON."""
    sent = {"Content-Type": "application/json"}
    answer = api.ask("POST", "/v1/failed-work/replay", raw=b"", headers=sent)
    assert (answer.status, answer.body) == (200, {"replayed": 0, "more": False})
    for method, path in (("POST", "/v1/tokens"), ("PATCH", "/v1/settings")):
        refused = api.ask(method, path, raw=b"", headers={**sent, "If-Match": "*"}, scope=Scope.ADMIN)
        assert (refused.status, refused.body["code"]) == (400, "bad_json")


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("UK", "UK is no ISO 3166 code; Great Britain is GB."),
        ("XX", "XX is no country's code (ISO 3166, two letters)."),
        ("us", "us is no country's code (ISO 3166, two letters)."),
    ],
)
def test_a_country_that_does_not_exist_is_refused(api, code, detail):
    """In the settings and of a contact, and the number is not blamed as well."""
    settings = api.ask(
        "PATCH",
        "/v1/settings",
        body={"allowed_countries": [code]},
        scope=Scope.ADMIN,
        headers={"If-Match": "*"},
    )
    assert (*_error(settings), _detail(settings)) == ("invalid_fields", "/allowed_countries/0", detail)
    contact = api.post("/v1/crm/contacts", {"name": "Ada", "phone": "020 7946 0123", "country": code})
    assert contact.body["errors"] == [{"pointer": "/country", "detail": detail}]


@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/export"])
def test_an_object_of_no_kind_is_told_the_kinds(api, path):
    """`settings`, not `setting`."""
    answer = api.get(f"{path}?object=setting:current", scope=Scope.ADMIN)
    assert _error(answer) == ("invalid_fields", "/object")
    assert "settings" in _detail(answer)
    assert api.get(f"{path}?object=settings:current", scope=Scope.ADMIN).status == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("actor=me", "`token:token_…`"),
        ("object=thing", "`contact:contact_…`"),
        ("page_size=many", "Give a whole number."),
        ("page_size=101", "Give 100 or less."),
        ("size=5", "This parameter is not known here; remove it."),
    ],
)
def test_a_parameter_is_refused_in_plain_words(api, query, words):
    """It is called a parameter."""
    answer = api.get(f"/v1/audit?{query}", scope=Scope.ADMIN)
    assert answer.body["detail"] == "Some parameters cannot be accepted; see errors."
    assert words in _detail(answer)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"url": "https://example.com", "event_types": []}, "Give a list of 1 or more."),
        ({"url": "https://example.com", "event_types": ["*"] * 51}, "Give a list of 50 at most."),
        ({"url": "https://example.com", "event_types": ["Call Ended"]}, "`call.ended`"),
        ({"url": "https://example.com", "event_types": "*"}, "Give a list."),
        ({"url": "https://example.com", "description": "a\x00b"}, "Leave out control characters."),
        ({"url": "https://example.com", "enabled": "yes"}, "Give true or false."),
        ({"url": ""}, "This field must not be empty."),
        ({"url": 5}, "Give a text."),
        ({"url": "https://user:pw@example.com/"}, "Leave out user name and password."),
        ({"url": "not a url"}, "Write an address like https://example.com/path."),
        ({"url": "example.com"}, "Write an address like https://example.com/path."),
    ],
)
def test_a_field_is_refused_in_plain_words(api, body, words):
    """No regular expression, and no word of the validator's own."""
    answer = api.post("/v1/webhooks", body, scope=Scope.ADMIN)
    assert answer.status == 400
    assert words in _detail(answer)


def test_http_is_refused_before_its_host_is_looked_up(api, system):
    """Nothing in the deployment may be reached by it."""
    asked = []
    system.resolve = lambda host: asked.append(host) or ()
    answer = api.post("/v1/webhooks", {"url": "http://example.com"}, scope=Scope.ADMIN)
    assert _detail(answer).startswith("Use https")
    assert asked == []
