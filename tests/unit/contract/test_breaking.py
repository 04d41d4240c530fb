"""What breaks clients is named, on the side of the wire where it breaks them; what does not is not."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from infra.breaking import breaking_changes

OPERATION = {
    "operationId": "createThing",
    "security": [{"bearer": ["viewer"]}],
    "parameters": [
        {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}},
        {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
    ],
    "requestBody": {
        "required": False,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}},
    },
    "responses": {
        "201": {
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/View"}}},
        },
        "404": {
            "content": {
                "application/problem+json": {
                    "schema": {
                        "$ref": "#/components/schemas/Problem",
                        "properties": {"code": {"enum": ["a_lost", "b_lost"]}},
                    }
                }
            }
        },
    },
}
SCHEMAS = {
    "In": {
        "type": "object",
        "additionalProperties": False,
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "maxLength": 10},
            "kind": {"enum": ["x", "y"]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "amount": {"type": "number"},
        },
    },
    "View": {
        "type": "object",
        "required": ["id", "at"],
        "properties": {
            "id": {"type": "string"},
            "at": {"type": "string", "format": "date-time"},
            "kind": {"enum": ["x", "y"]},
            "parts": {"type": "array", "items": {"$ref": "#/components/schemas/View"}},
            "other": {
                "anyOf": [{"$ref": "#/components/schemas/View"}, {"$ref": "#/components/schemas/Else"}]
            },
            "count": {"type": "integer"},
        },
    },
    "Else": {"type": "object", "properties": {"why": {"type": "string"}}},
    "Problem": {"type": "object"},
}
DOCUMENT = {"paths": {"/things/{thing_id}": {"post": OPERATION}}, "components": {"schemas": SCHEMAS}}
NAME = "POST /things/{thing_id}"


YES = True
CODES = "op responses 404 content application/problem+json schema properties code"


def changed(place: str, value: Any = None, remove: str | None = None) -> dict[str, Any]:
    """Give the document with one value set or removed; `op` and `schemas` begin a place."""
    document = copy.deepcopy(DOCUMENT)
    roots = {
        "op": document["paths"]["/things/{thing_id}"]["post"],
        "schemas": document["components"]["schemas"],
        "paths": document["paths"],
    }
    first, *steps = place.split(" ")
    found: Any = roots[first]
    last = remove or steps.pop()
    for step in steps:
        found = found[int(step) if isinstance(found, list) else step]
    if remove:
        del found[remove]
    else:
        found[last] = value
    return document


BREAKS = [
    (changed("paths", remove="/things/{thing_id}"), "removed"),
    (changed("op operationId", "makeThing"), "operationId is makeThing, was createThing"),
    (changed("op security", [{"bearer": ["admin"]}]), "needs scope admin, was viewer"),
    (changed("op parameters", OPERATION["parameters"][:1]), "query parameter size: removed"),
    (changed("op parameters 1 required", YES), "query parameter size: now required"),
    (
        changed(
            "op parameters",
            [*OPERATION["parameters"], {"name": "If-Match", "in": "header", "required": True, "schema": {}}],
        ),
        "header parameter If-Match: now required",
    ),
    (
        changed("op parameters 1 schema maximum", 50),
        "query parameter size value: maximum is 50, was 100",
    ),
    (changed("op parameters 1 schema minimum", 2), "query parameter size value: minimum is 2, was 1"),
    (changed("op requestBody required", YES), "body: now required"),
    (changed("op requestBody content", {}), "body: no longer takes application/json"),
    (changed("op responses", {"201": OPERATION["responses"]["201"]}), "answer 404: removed"),
    (changed("op responses 201 headers", {}), "answer 201 header ETag: removed"),
    (changed("op responses 201 content", {}), "answer 201 application/json: removed"),
    (
        changed("op responses 404 content application/problem+json schema properties code enum", ["b_lost"]),
        "answer 404 code a_lost: removed",
    ),
    (changed("schemas In required", ["name", "kind"]), "body /kind: now required"),
    (changed("schemas In properties", remove="kind"), "body /kind: removed"),
    (changed("schemas In properties kind enum", ["x"]), "body /kind: no longer takes y"),
    (changed("schemas In properties name maxLength", 5), "body /name: maxLength is 5, was 10"),
    (changed("schemas In properties name pattern", "^a$"), "body /name: pattern is ^a$, was free"),
    (changed("schemas In properties name type", "integer"), "body /name: no longer takes string"),
    (changed("schemas In properties note", {"type": "string"}), "body /note: no longer takes null"),
    (changed("schemas In properties amount type", "integer"), "body /amount: no longer takes number"),
    (changed("schemas View properties", remove="kind"), "answer 201 /kind: removed"),
    (changed("schemas View required", ["at"]), "answer 201 /id: may now be missing"),
    (changed("schemas View properties kind enum", ["x", "y", "z"]), "answer 201 /kind: may now be z"),
    (
        changed("schemas View properties id", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "answer 201 /id: may now be null",
    ),
    (changed("schemas View properties count type", "number"), "answer 201 /count: may now be number"),
    (
        changed("schemas View properties at", {"type": "string"}),
        "answer 201 /at: format is free, was date-time",
    ),
    (changed("schemas Else properties", remove="why"), "answer 201 /other/why: removed"),
]


@pytest.mark.parametrize(("document", "line"), BREAKS, ids=[line for _, line in BREAKS])
def test_each_break_is_named(document: dict[str, Any], line: str) -> None:
    """One change gives a line with the operation, the place and what is no longer so."""
    assert f"{NAME}: {line}" in breaking_changes(DOCUMENT, document)


HARMLESS = [
    changed("paths /new", {"get": OPERATION}),
    changed("op security", []),
    changed("op summary", "Other words."),
    changed("op parameters 0 name", "id"),
    changed("op parameters 1 schema maximum", 200),
    changed("op parameters", [*OPERATION["parameters"], {"name": "q", "in": "query", "schema": {}}]),
    changed("op responses 429", {"content": {}}),
    changed(
        "op responses 404 content application/problem+json schema properties code enum",
        ["a_lost", "b_lost", "c"],
    ),
    changed("schemas In required", []),
    changed("schemas In properties extra", {"type": "string"}),
    changed("schemas In properties kind enum", ["x", "y", "z"]),
    changed("schemas In properties name maxLength", 20),
    changed("schemas In properties name", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    changed("schemas View properties extra", {"type": "string"}),
    changed("schemas View properties kind enum", ["x"]),
    changed("schemas View required", ["id", "at", "kind"]),
    changed("schemas View properties count maximum", 3),
]


@pytest.mark.parametrize("document", HARMLESS)
def test_what_only_adds_breaks_nothing(document: dict[str, Any]) -> None:
    """More operations, wider input, fuller answers and other words are no breaks."""
    assert breaking_changes(DOCUMENT, document) == []


def test_a_document_does_not_break_itself() -> None:
    """Schemas that refer to themselves are followed once."""
    assert breaking_changes(DOCUMENT, copy.deepcopy(DOCUMENT)) == []
