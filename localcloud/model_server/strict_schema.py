"""OpenAI's extra rules for schemas sent with `strict: true`; building values from a schema is elsewhere."""

from __future__ import annotations

from typing import Any

from localcloud.model_server.errors import ApiError

DEEPEST = 40


def check_strict(schema: Any, name: str, param: str, context: tuple[str, ...] = ()) -> None:
    """Refuse what OpenAI refuses: objects must close `additionalProperties` and require every property.

    Raises ApiError 400 (`invalid_json_schema` in OpenAI's wording).
    """
    if len(context) > DEEPEST:
        raise _refused(name, context, "the schema is nested too deeply", param)
    if not isinstance(schema, dict):
        raise _refused(name, context, "a schema must be an object", param)
    if schema.get("type") == "object" or "properties" in schema:
        _check_object(schema, name, param, context)
    for path, inner in _inner_schemas(schema):
        check_strict(inner, name, param, (*context, *path))


def _check_object(schema: dict[str, Any], name: str, param: str, context: tuple[str, ...]) -> None:
    if schema.get("additionalProperties") is not False:
        raise _refused(
            name, context, "'additionalProperties' is required to be supplied and to be false", param
        )
    properties, required = schema.get("properties", {}), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list):
        raise _refused(name, context, "'properties' must be an object and 'required' a list", param)
    missing = [key for key in properties if key not in required]
    if missing:
        problem = "'required' must be an array including every key in properties. Missing " + repr(missing[0])
        raise _refused(name, context, problem, param)


def _inner_schemas(schema: dict[str, Any]) -> list[tuple[tuple[str, ...], Any]]:
    found: list[tuple[tuple[str, ...], Any]] = []
    for group in ("properties", "$defs", "definitions"):
        inner = schema.get(group)
        if isinstance(inner, dict):
            found += [((group, str(key)), value) for key, value in inner.items()]
    branches = schema.get("anyOf")
    if isinstance(branches, list):
        found += [(("anyOf", str(index)), branch) for index, branch in enumerate(branches)]
    if "items" in schema:
        found.append((("items",), schema["items"]))
    return found


def _refused(name: str, context: tuple[str, ...], problem: str, param: str) -> ApiError:
    where = "(" + ", ".join(repr(part) for part in context) + ")"
    return ApiError(
        f"Invalid schema for '{name}': In context={where}, {problem}.",
        param=param,
        code="invalid_json_schema",
    )
