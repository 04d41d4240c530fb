"""The OpenAPI document says of every route what the route does."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

import app as application
from chalicelib.entrypoints.middleware import ROUTES
from chalicelib.entrypoints.openapi import build_document
from chalicelib.entrypoints.openapi.groups import group_of
from chalicelib.entrypoints.openapi.links import links_of
from chalicelib.entrypoints.openapi.names import names_in, operation_id
from infra import contract

assert application.app.app_name  # importing it is what fills the registry
DOCUMENT = build_document(ROUTES)
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
EVERY = [pytest.param(route, id=f"{route.method} {route.path}") for route in ROUTES]
WITH_BODY = [param for param in EVERY if param.values[0].body]


def operation_of(route: Any) -> dict[str, Any]:
    """Give what the document says of a route."""
    found: dict[str, Any] = OPERATIONS[route.method, route.path]
    return found


def names(operation: dict[str, Any], place: str) -> set[str]:
    """Give the names of the parameters in one place."""
    every = [_resolved(each) for each in operation["parameters"]]
    return {each["name"] for each in every if each["in"] == place}


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    name = parameter.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["parameters"][name] if name else parameter


def test_the_document_is_valid() -> None:
    """The official schema of OpenAPI 3.1 accepts it, and the kept file is the same."""
    validate(DOCUMENT)
    assert json.loads(contract.CURRENT.read_text(encoding="utf-8")) == json.loads(json.dumps(DOCUMENT))


def test_every_route_is_there_once() -> None:
    """No route without an operation, no operation without a route, and names that are unique."""
    assert sorted(OPERATIONS) == sorted((route.method, route.path) for route in ROUTES)
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(?:[A-Z][a-z0-9]*)*", each) for each in ids)


@pytest.mark.parametrize("route", EVERY)
def test_the_least_scope_is_told(route: Any) -> None:
    """A token's scope stands with the operation; an open route says that it needs none."""
    needed = [{"bearer": [route.scope.value]}] if route.scope else []
    words = f"Needs a token of scope `{route.scope}`." if route.scope else "Needs no token."
    assert words in operation_of(route)["description"]
    assert operation_of(route)["security"] == needed


@pytest.mark.parametrize("route", EVERY)
def test_every_refusal_is_told(route: Any) -> None:
    """Each code that the route declares stands under its status, in a problem."""
    answers = operation_of(route)["responses"]
    for code, status in route.errors.items():
        media = answers[str(status)]["content"]["application/problem+json"]
        assert code in media["schema"]["properties"]["code"]["enum"]
    assert str(route.status) in answers
    assert ("401" in answers) == bool(route.scope)
    assert ("304" in answers) == (route.method == "GET")


@pytest.mark.parametrize("route", EVERY)
def test_every_parameter_is_told(route: Any) -> None:
    """Path, query and the headers that the middleware reads, and nothing else."""
    operation = operation_of(route)
    assert names(operation, "path") == set(names_in(route.path))
    fields = route.query.model_fields
    assert names(operation, "query") == {field.alias or name for name, field in fields.items()}
    headers = {
        "Idempotency-Key": route.idempotent,
        "If-Match": route.guarded or route.heeds_version,
        "If-None-Match": route.method == "GET",
    }
    assert names(operation, "header") == {name for name, applies in headers.items() if applies}


@pytest.mark.parametrize("route", EVERY)
def test_every_parameter_says_what_it_is(route: Any) -> None:
    """On the parameter itself, for some pages show nothing else of it."""
    every = [_resolved(each) for each in operation_of(route)["parameters"]]
    assert [each["name"] for each in every if not each.get("description")] == []
    assert [each["name"] for each in every if "description" in each["schema"]] == []


@pytest.mark.parametrize("route", WITH_BODY)
def test_every_example_is_valid(route: Any) -> None:
    """A route with a body shows one that it takes."""
    assert route.example is not None
    assert route.body.model_validate_json(json.dumps(route.example), strict=True)
    media = operation_of(route)["requestBody"]["content"]["application/json"]
    assert media["example"] == route.example


@pytest.mark.parametrize("route", EVERY)
def test_every_answer_is_shown(route: Any) -> None:
    """An example stands with each answer that has fields, and is one that the schema accepts."""
    answers = operation_of(route)["responses"]
    for media in answers[str(route.status)].get("content", {}).values():
        if "$ref" in media["schema"]:
            _validator(media["schema"]).validate(media["example"])


@pytest.mark.parametrize("route", EVERY)
def test_every_refusal_is_shown_whole(route: Any) -> None:
    """Each code has a problem with all of its fields."""
    for code, status in route.errors.items():
        media = operation_of(route)["responses"][str(status)]["content"]["application/problem+json"]
        name = media["examples"][code]["$ref"].rpartition("/")[2]
        shown = DOCUMENT["components"]["examples"][name]["value"]
        _validator(media["schema"]).validate(shown)
        assert (shown["status"], shown["code"]) == (status, code)


def test_examples_show_what_was_sent() -> None:
    """Who creates a contact sees that contact, with an id like ours."""
    operation = OPERATIONS["POST", "/v1/crm/contacts"]
    sent = operation["requestBody"]["content"]["application/json"]["example"]
    for key in (("POST", "/v1/crm/contacts", "201"), ("GET", "/v1/crm/contacts/{contact_id}", "200")):
        shown = OPERATIONS[key[:2]]["responses"][key[2]]["content"]["application/json"]["example"]
        assert sent == {name: shown[name] for name in sent}
        assert re.fullmatch(r"contact_[0-9a-f]{32}", shown["id"])


@pytest.mark.parametrize(("path", "secret"), [("/v1/tokens", "aics_..."), ("/v1/webhooks", "whsec_...")])
def test_examples_show_secrets_where_they_are_told(path: str, secret: str) -> None:
    """Only the answer of a creation has one."""
    answer = OPERATIONS["POST", path]["responses"]["201"]
    assert answer["content"]["application/json"]["example"]["secret"] == secret


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


@pytest.mark.parametrize("route", EVERY)
def test_every_operation_says_what_it_does(route: Any) -> None:
    """A plain summary in one sentence, a group that is described."""
    operation = operation_of(route)
    assert operation["summary"]
    assert not operation["summary"].endswith(".")
    assert "`" not in operation["summary"]
    described = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}
    assert all(described[tag] for tag in operation["tags"])


@pytest.mark.parametrize(
    ("operation", "group"),
    [
        ("POST /v1/crm/contacts/bulk", "contacts"),
        ("GET /v1/crm/contacts/{contact_id}/notes/{note_id}", "notes and tasks"),
        ("GET /v1/crm/tasks", "notes and tasks"),
        ("POST /v1/crm/contacts/import", "imports and export"),
        ("GET /v1/crm/contacts/{contact_id}/calls", "calls"),
        ("POST /v1/crm/contacts/{contact_id}/erase", "personal data"),
        ("POST /v1/calls/suppressions/import", "suppressions"),
        ("GET /health/ready", "health"),
    ],
)
def test_operations_are_grouped_by_what_they_are_about(operation: str, group: str) -> None:
    """The longest beginning of the path decides, and no group is too long to look through."""
    method, path = operation.split()
    assert OPERATIONS[method, path]["tags"] == [group]
    sizes = Counter(tag for each in OPERATIONS.values() for tag in each["tags"])
    assert max(sizes.values()) <= 15


def test_a_path_without_a_group_is_noticed() -> None:
    """Nothing is put in a group that nobody has described."""
    with pytest.raises(LookupError, match="/v1/moods"):
        group_of(replace(ROUTES[0], path="/v1/moods/{mood_id}"))


def test_what_is_sent_is_strict_and_what_is_given_is_whole() -> None:
    """Unknown fields of bodies are refused, and every field of an answer is there."""
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["ContactIn"]["additionalProperties"] is False
    view = schemas["ContactView"]
    assert set(view["required"]) == set(view["properties"])


def test_names_of_schemas_are_plain() -> None:
    """No module's name, nor pydantic's suffixes, gets into generated clients."""
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) for name in DOCUMENT["components"]["schemas"])


def test_what_is_created_can_be_followed() -> None:
    """A creation links to reading what it made and to what belongs to it, through its parents too."""
    contact = OPERATIONS["POST", "/v1/crm/contacts"]["responses"]["201"]["links"]
    assert contact["getContact"]["parameters"] == {"contact_id": "$response.body#/id"}
    assert {"addNote", "listNotes"} <= set(contact)
    call = OPERATIONS["POST", "/v1/calls/initiate"]["responses"]["202"]["links"]
    assert call["getCall"]["parameters"] == {"call_id": "$response.body#/id"}
    note = OPERATIONS["POST", "/v1/crm/contacts/{contact_id}/notes"]["responses"]["201"]["links"]
    given = {"contact_id": "$request.path.contact_id", "note_id": "$response.body#/id"}
    assert note["getNote"]["parameters"] == given
    begun = OPERATIONS["POST", "/v1/crm/contacts/import"]["responses"]["201"]["links"]
    assert set(begun) == {"getImport", "startImport", "cancelImport", "rejectedRows"}
    assert begun["startImport"]["parameters"] == {"import_id": "$response.body#/id"}
    erasing = OPERATIONS["POST", "/v1/crm/contacts/{contact_id}/erase"]["responses"]["202"]["links"]
    assert erasing["getJob"]["parameters"] == {"job_id": "$response.body#/id"}


def test_nothing_is_linked_whose_parents_are_not_known() -> None:
    """A note that is made elsewhere than below its contact does not tell where the contact's id is."""
    path = "/v1/crm/contacts/{contact_id}/notes"
    added = next(each for each in ROUTES if (each.method, each.path) == ("POST", path))
    example = {"id": f"note_{'0' * 32}"}
    assert "getNote" in links_of(added, example, ROUTES)
    assert links_of(replace(added, path="/v1/crm/tasks"), example, ROUTES) == {}


@pytest.mark.parametrize("route", EVERY)
def test_links_give_ids_of_the_right_kind(route: Any) -> None:
    """The id that an answer shows is one that the linked operation takes; those of paths keep their kind."""
    by_id = {operation_id(each): each for each in ROUTES}
    for answer in operation_of(route)["responses"].values():
        for link in answer.get("links", {}).values():
            taken = _patterns(by_id[link["operationId"]])
            shown = answer["content"]["application/json"]["example"]["id"]
            for name, source in link["parameters"].items():
                if source == "$response.body#/id":
                    assert re.fullmatch(taken[name], shown)
                else:
                    own = source.removeprefix("$request.path.")
                    assert taken[name] == _patterns(route)[own]


@pytest.mark.parametrize("route", EVERY)
def test_examples_have_ids_that_a_path_takes(route: Any) -> None:
    """No example shows an id with which nothing can be read."""
    taken = {pattern for each in ROUTES for pattern in _patterns(each).values()}
    media = operation_of(route)["responses"][str(route.status)].get("content", {})
    shown = media.get("application/json", {}).get("example")
    if isinstance(shown, dict) and "id" in shown:
        assert any(re.fullmatch(pattern, shown["id"]) for pattern in taken if "{32}" in pattern)


def _patterns(route: Any) -> dict[str, str]:
    every = [_resolved(each) for each in operation_of(route)["parameters"]]
    return {each["name"]: each["schema"]["pattern"] for each in every if each["in"] == "path"}


def test_links_lead_to_operations() -> None:
    """Every link names an operation, and gives all of its path's parameters."""
    by_id = {operation_id(route): route for route in ROUTES}
    for operation in OPERATIONS.values():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                assert set(link["parameters"]) == set(names_in(by_id[link["operationId"]].path))


def test_headers_of_answers_are_told() -> None:
    """Versions, limits and repeated answers have their headers."""
    created = OPERATIONS["POST", "/v1/crm/contacts"]["responses"]
    assert {"ETag", "X-Request-Id", "RateLimit", "Idempotent-Replayed"} <= set(created["201"]["headers"])
    assert "Retry-After" in created["429"]["headers"]
    assert "WWW-Authenticate" in created["401"]["headers"]
