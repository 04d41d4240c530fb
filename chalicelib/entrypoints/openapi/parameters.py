"""Parameters of the operations: those of the path, of the query, and the headers of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.entrypoints.openapi.names import kind_of, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.entrypoints.middleware import Route

_NUMBER = {"type": "string", "pattern": r"^\+[1-9][0-9]{6,14}$", "examples": ["+14155550112"]}
_SID = {"type": "string", "pattern": "^RE[0-9a-f]{32}$", "examples": [f"RE{'0' * 32}"]}
_CONVERSATION = {
    "type": "string",
    "pattern": "^(call|chat)_[0-9a-f]{32}$",
    "examples": [f"chat_{'0' * 32}"],
}
_KEY = {"type": "string", "pattern": "^[a-z][a-z0-9_.-]{0,99}$"}

PARAMETERS: dict[str, Any] = {
    "Idempotency-Key": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes repeating safe: for 24 hours the same key gives the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    },
    "If-Match": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The `ETag` of the version that the change is meant for, or `*` for any.",
        "schema": {"type": "string", "pattern": r'^(\*|"[1-9][0-9]{0,15}")$', "examples": ["*"]},
    },
    "If-Match-to-replace": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version to replace, or `*`; none where nothing is there yet.",
        "schema": {"type": "string", "pattern": r'^(\*|"[1-9][0-9]{0,15}")$', "examples": ["*"]},
    },
    "If-Match-as-seen": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version that was seen: 412 when it has changed. None, or `*`: any.",
        "schema": {"type": "string", "pattern": r'^(\*|"[1-9][0-9]{0,15}")$', "examples": ["*"]},
    },
    "If-None-Match": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an earlier answer: 304 without content when it still holds.",
        "schema": {"type": "string"},
    },
}


def parameters_of(route: Route, query: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe everything that a request of the route can carry beside its body."""
    headers = [{"$ref": f"#/components/parameters/{name}"} for name in _headers(route)]
    return [*_of_path(route.path), *_of_query(query), *headers]


def _headers(route: Route) -> Iterator[str]:
    if route.idempotent:
        yield "Idempotency-Key"
    if route.guarded:
        yield "If-Match-to-replace" if route.creates else "If-Match"
    if route.heeds_version:
        yield "If-Match-as-seen"
    if route.method == "GET":
        yield "If-None-Match"


def _of_path(path: str) -> Iterator[dict[str, Any]]:
    for name in names_in(path):
        described, schema = _in_path(path, name)
        yield {"name": name, "in": "path", "required": True, "description": described, "schema": schema}


def _in_path(path: str, name: str) -> tuple[str, dict[str, Any]]:
    if name == "number":
        return "A phone number as E.164 writes it: a plus and digits only.", _NUMBER
    if name == "sid":
        return "The carrier's id of the recording.", _SID
    if name == "conversation_id":
        return "The id of a call or of a chat.", _CONVERSATION
    kind = kind_of(path, name)
    if kind is None:
        return f"The {name} with which it was made.", _KEY
    shape = {"type": "string", "pattern": f"^{kind}_[0-9a-f]{{32}}$", "examples": [f"{kind}_{'0' * 32}"]}
    return f"The id: `{kind}_` and 32 digits, hexadecimal.", shape


def _of_query(query: dict[str, Any]) -> Iterator[dict[str, Any]]:
    required = set(query.get("required", ()))
    for name, schema in query.get("properties", {}).items():
        shape = _written(schema)
        told = {"description": shape.pop("description")} if "description" in shape else {}
        yield {"name": name, "in": "query", "required": name in required, **told, "schema": shape}


def _written(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave null out: a parameter is there or not."""
    is_null = schema.get("default", "") is None
    schema = {key: value for key, value in schema.items() if not (is_null and key == "default")}
    some = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(some) != 1:
        return schema
    return {**some[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
